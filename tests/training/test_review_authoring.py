"""Drafts of reviews: what is read from the markup, and what is refused with its line."""

from pathlib import Path

import pytest

from nlp_service.errors import MalformedError, StorageError
from nlp_service.training.review_authoring import read_review_draft
from nlp_service.training.review_corpus import read_reviews, split_reviews
from tests.training.review_records import records_of


def _draft(folder: Path, text: str) -> Path:
    path = folder / "r91.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_markup_becomes_spans_of_the_bare_text(tmp_path: Path) -> None:
    earphones, *_ = records_of(tmp_path)
    assert earphones.text == "音质挺好,就是盒子压扁了,充电烫得不敢摸"
    assert earphones.opinions == {
        ("function", "positive"),
        ("packaging", "negative"),
        ("safety", "negative"),
    }
    assert [earphones.text[a:b] for _, _, a, b in earphones.aspects] == [
        "音质挺好",
        "盒子压扁了",
        "充电烫得不敢摸",
    ]
    assert earphones.claims == (("hazard:battery", 13, 20),)
    assert (earphones.severity, earphones.hazard) == ("hazard", "battery")
    assert earphones.kinds == ("mixed",)


def test_acts_are_kept_with_their_words(tmp_path: Path) -> None:
    demand_line = "> 鞋开胶了,[extorts|加我微信退我两百],[extorts|不然]挂着\n= negative none\n"
    draft = demand_line + "> 好\n= positive none\n"
    demand, plain = records_of(tmp_path, draft)
    assert [(act, demand.text[a:b]) for act, a, b in demand.acts] == [
        ("extorts", "加我微信退我两百"),
        ("extorts", "不然"),
    ]
    assert plain.acts == ()


def test_context_stays_until_the_next_at_line(tmp_path: Path) -> None:
    earphones, late, *_ = records_of(tmp_path)
    assert earphones.context == {"category": "digital", "item_title": "蓝牙耳机", "rating": 2}
    assert late.context == {}
    assert "\n" in late.text


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("> 好\n= positive", "the verdict is a sentiment and a severity"),
        ("> 好\n= fine none", "the verdict is a sentiment and a severity"),
        ("> 好\n= positive none | odd", "unknown kind"),
        ("> [colour+|红]\n= positive none", "unknown tag 'colour+'"),
        ("> [safety- hazard:love|疼]\n= negative hazard:injury", "unknown tag 'hazard:love'"),
        ("> 坏了\n= negative major", "without words marked for it"),
        ("> 好]\n= positive none", "square bracket"),
        ("@ colour=red", "unknown context key"),
        ("= positive none", "not an '@', '>' or '=' line in its place"),
    ],
)
def test_every_problem_names_its_line(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(MalformedError, match=r"line \d") as raised:
        read_review_draft(_draft(tmp_path, line))
    assert problem in str(raised.value)


def test_parts_follow_the_split_file(tmp_path: Path) -> None:
    other = "> 书页印歪了\n= negative none\n> [logistics+|发货快]\n= positive none\n"
    records = [*records_of(tmp_path), *records_of(tmp_path, other, author="r91")]
    corpus = tmp_path / "corpus"
    (corpus / "split.json").write_text('{"dev": [], "test": ["r91"]}', encoding="utf-8")
    parts = split_reviews(read_reviews(corpus), corpus)
    assert {r.author for r in parts.train} == {"r90"}
    assert {r.author for r in parts.test} == {"r91"}
    assert len(parts.train) == len(records) - 3  # one of r90 stands in r91 too


def test_a_missing_split_is_named(tmp_path: Path) -> None:
    records = records_of(tmp_path)
    with pytest.raises(StorageError, match=r"split\.json"):
        split_reviews(records, tmp_path)
