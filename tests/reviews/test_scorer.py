"""The whole review pipeline with the shipped weights."""

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.domain import BuyerHistory, Refund, Review, ReviewOrder, Signal
from nlp_service.reviews.loading import SHIPPED
from nlp_service.reviews.scorer import ReviewScorer
from tests.reviews.cases import DAMNING, POSTED, ordered, say

MODEL_DIR = Path(__file__).parents[2] / "models" / SHIPPED


@lru_cache(maxsize=1)
def _scorer() -> ReviewScorer:
    return ReviewScorer.load(MODEL_DIR)


CONTRACT = Review(
    id="r-1",
    text="垃圾,加我微信退我200就改好评",
    rating=1,
    posted_at=POSTED,
    buyer_id="b-7",
    category="digital",
    item_title="蓝牙耳机",
    images=0,
    order=ReviewOrder("o-1", refund=Refund(), paid=199.0, coupon=0.0),
    history=DAMNING,
)


def test_example_of_the_contract() -> None:
    score = _scorer().score(CONTRACT)
    assert score.sentiment.label == "negative"
    assert (score.suspicion.level, score.suspicion.advice) == ("high", "review")
    assert score.suspicion.score == pytest.approx(0.97, abs=0.02)
    assert score.severity.level == "none"
    assert score.model == "review-sentiment@13"
    (extortion,) = [s for s in score.suspicion.signals if s.code == "text.extortion"]
    assert extortion.spans == ((3, 16),)
    first = score.aspects[0]
    assert (first.aspect, first.polarity, first.spans) == (
        "quality",
        "negative",
        ((0, 2),),
    )


def test_the_same_demand_without_a_history_is_medium() -> None:
    score = _scorer().score(replace(CONTRACT, history=None, order=None))
    assert score.suspicion.level == "medium"


@pytest.mark.parametrize(
    "text",
    [
        "什么破玩意,气死我了,奸商,骗子,祝你们早日倒闭",
        "用了两天就坏了,要求退款,不退就找12315投诉",
        "少发一件,补发了我就改评价",
        "客服打电话说给我50让我删差评,我不删",
        "差评",
        "难吃得要死,老板你自己吃过吗",
        "按三包规定必须给我换新,否则工商局见",
    ],
)
def test_harsh_or_lawful_honest_review_stays_low(text: str) -> None:
    for history in (None, DAMNING, BuyerHistory(reviews=20, bad_reviews=2, orders=60)):
        suspicion = _scorer().score(say(text, history=history)).suspicion
        assert suspicion.level == "low", suspicion
        assert suspicion.advice == "none"


@pytest.mark.parametrize(
    "text", ["插上电就冒烟了,差点起火", "吃完拉肚子进医院了", "充电宝鼓包了,退我200我就改好评"]
)
def test_hazard_is_reviewed_first(text: str) -> None:
    score = _scorer().score(say(text, history=DAMNING))
    assert score.severity.level == "hazard"
    assert score.suspicion.advice == "review_first"


def test_good_review_is_never_judged() -> None:
    score = _scorer().score(say("质量很好,很满意,物流也快", rating=5, history=DAMNING))
    assert (score.suspicion.level, score.suspicion.signals) == ("none", ())


def test_missing_inputs_are_never_suspicious() -> None:
    text = "太差了,用了一天就坏,客服也不理人"
    bare = _scorer().score(Review("r", text))
    known = _scorer().score(say(text, images=0, order=ordered(days_ago=3)))
    assert bare.suspicion.score <= known.suspicion.score
    assert all(signal.weight < 0 for signal in bare.suspicion.signals)


def test_counter_evidence_lowers_the_contract_example() -> None:
    refund = Refund("completed", POSTED - timedelta(days=1), "质量问题", 199.0)
    eased = replace(CONTRACT, images=3, order=ReviewOrder("o-1", refund=refund, paid=199.0))
    assert _scorer().score(eased).suspicion.score < _scorer().score(CONTRACT).suspicion.score


def test_copies_come_in_as_extra_signals() -> None:
    review = say("用了一天就坏了,垃圾")
    copied = Signal("text.offsite", 4.0, "与其他账号雷同")
    assert _scorer().score(review, extra=[copied]).suspicion.signals[0] == copied


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet="垃圾坏了加我微信退20就改好评漏电没有,。!薇❤ \n𠮷㎏", max_size=80))
def test_every_span_maps_into_the_raw_text(text: str) -> None:
    score = _scorer().score(say(text))
    spans = [*score.severity.spans]
    spans += [span for opinion in score.aspects for span in opinion.spans]
    spans += [span for signal in score.suspicion.signals for span in signal.spans]
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_batch_equals_single() -> None:
    reviews = [CONTRACT, say("很好"), say(""), say("没收到货", order=ordered(days_ago=5))]
    assert _scorer().score_batch(reviews) == [_scorer().score(review) for review in reviews]
