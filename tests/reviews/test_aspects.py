"""Aspects: which, how judged, where; the boundaries of the contract."""

import pytest

from nlp_service.domain import ASPECTS, AspectOpinion
from nlp_service.reviews.aspects import find_aspects
from nlp_service.reviews.clauses import clauses
from nlp_service.reviews.lexicon import aspect_lexicon
from nlp_service.text.normalize import normalize
from tests.reviews.cases import fake_sentiment


def _opinions(text: str) -> dict[str, AspectOpinion]:
    normalized = normalize(text)
    found = clauses(normalized.text)
    return {o.aspect: o for o in find_aspects(normalized, found, fake_sentiment)}


@pytest.mark.parametrize(
    ("text", "aspect", "polarity"),
    [
        ("用了两天就坏了", "quality", "negative"),
        ("没坏过", "quality", "positive"),
        ("反应迟钝,老是卡顿", "function", "negative"),
        ("发错货了", "description_match", "negative"),
        ("没有色差", "appearance_color", "positive"),
        ("色差严重", "appearance_color", "negative"),
        ("面料很舒服,手感好", "material", "positive"),
        ("尺码偏小", "size_fit", "negative"),
        ("正合适", "size_fit", "positive"),
        ("去屑没效果", "effect", "negative"),
        ("很好吃", "taste_freshness", "positive"),
        ("一点也不好吃", "taste_freshness", "negative"),
        ("买到假货", "authenticity", "negative"),
        ("是正品", "authenticity", "positive"),
        ("性价比高", "price_value", "positive"),
        ("不值这个价", "price_value", "negative"),
        ("包装破损", "packaging", "negative"),
        ("物流,慢死了", "logistics", "negative"),
        ("快递很快", "logistics", "positive"),
        ("客服态度差", "service", "negative"),
        ("售后服务太差", "aftersales", "negative"),
        ("不给退款", "aftersales", "negative"),
        ("安装师傅很好", "installation", "positive"),
        ("插座漏电", "safety", "negative"),
        ("没漏电", "safety", "positive"),
        ("会不会漏电", "safety", "neutral"),
    ],
)
def test_aspect_and_polarity(text: str, aspect: str, polarity: str) -> None:
    opinions = _opinions(text)
    assert aspect in opinions, opinions
    assert opinions[aspect].polarity == polarity


def test_two_opinions_in_one_sentence_stay_apart() -> None:
    opinions = _opinions("质量不错但是物流太慢")
    assert opinions["quality"].polarity == "positive"
    assert opinions["logistics"].polarity == "negative"


def test_spans_point_into_the_raw_text() -> None:
    text = "ＯＫ,質量很差!物流慢"
    opinions = _opinions(text)
    start, end = opinions["quality"].spans[0]
    assert text[start:end] == "質量很差"


def test_longest_phrase_wins() -> None:
    assert "service" not in _opinions("售后服务好")


def test_nothing_said_gives_no_aspect() -> None:
    assert _opinions("呵呵") == {}


def test_lexicon_holds_every_aspect_with_phrases_of_both_kinds() -> None:
    words = aspect_lexicon().aspects
    assert set(words) == set(ASPECTS)
    assert all(entry.positive and entry.negative for entry in words.values())


def test_a_phrase_stands_once() -> None:
    phrases = [
        phrase
        for entry in aspect_lexicon().aspects.values()
        for phrase in (*entry.cues, *entry.positive, *entry.negative)
    ]
    assert len(phrases) == len(set(phrases))
