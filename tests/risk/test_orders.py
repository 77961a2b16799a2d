"""The fold: states of orders, contradictions, rulings that replace each other, appeals."""

from datetime import datetime, timedelta

import pytest

from nlp_service.risk.events import distinct
from nlp_service.risk.orders import BuyerState, OrderState, fold
from tests.risk.buyers import DAY, START, Story


def state_of(story: Story, *, day: float = 100) -> BuyerState:
    return fold(distinct(story.events), as_of=START + day * DAY)


def order_of(story: Story, *, day: float = 100) -> OrderState:
    (order,) = state_of(story, day=day).orders
    return order


def at(day: float) -> datetime:
    return START + day * DAY


def test_order_is_folded() -> None:
    story = Story().buy(0, "o-1", category="food").refund(4, "o-1", reason="坏了")
    order = order_of(story.say("coupon_used", 0, "o-1", data={"amount": 3.0}))
    assert (order.placed_at, order.delivered_at) == (at(0), at(3))
    assert (order.category, order.has_coupon, order.is_fulfilled) == ("food", True, True)
    assert [(r.at, r.outcome, r.terms.type) for r in order.refunds] == [
        (at(4), "completed", "refund_only")
    ]


def test_what_comes_after_as_of_is_not_there_yet() -> None:
    story = Story().buy(0, "o-1").refund(4, "o-1")
    assert order_of(story, day=3.5).refunds == ()
    assert order_of(story, day=4).refunds[0].outcome is None
    assert state_of(story, day=-1).orders == ()


def test_coupon_of_nothing_is_no_coupon() -> None:
    assert not order_of(Story().say("coupon_used", 0, "o-1", data={"amount": 0.0})).has_coupon


@pytest.mark.parametrize(
    ("earlier", "later", "unknown"),
    [
        ("order_delivered", "order_placed", "delivered_at"),
        ("order_cancelled", "order_placed", "cancelled_at"),
        ("order_paid", "order_placed", "paid_at"),
        ("order_cancelled", "order_paid", "paid_at"),
        ("order_delivered", "order_cancelled", "cancelled_at"),
        ("order_cancelled", "order_delivered", "cancelled_at"),
    ],
)
def test_times_that_contradict_make_the_fact_unknown(
    earlier: str, later: str, unknown: str
) -> None:
    order = order_of(Story().say(earlier, 1, "o-1").say(later, 2, "o-1"))
    assert getattr(order, unknown) is None


def test_refund_before_the_order_did_not_happen() -> None:
    story = Story().refund(1, "o-1").buy(3, "o-1")
    assert order_of(story).refunds == ()


def test_outcomes_answer_the_last_open_request() -> None:
    story = Story().buy(0, "o-1").refund(4, "o-1", outcome="rejected").refund(8, "o-1")
    assert [refund.outcome for refund in order_of(story).refunds] == ["rejected", "completed"]


def test_outcome_may_be_replaced_and_needs_a_request() -> None:
    story = Story().buy(0, "o-1").refund(4, "o-1", outcome="rejected")
    story.say("refund_completed", 9, "o-1").say("refund_completed", 2, "o-1")
    assert [refund.outcome for refund in order_of(story).refunds] == ["completed"]


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        ("review_confirmed_malicious", "review_confirmed_genuine", "genuine_at"),
        ("review_confirmed_genuine", "review_confirmed_malicious", "malicious_at"),
        ("complaint_dismissed", "complaint_upheld", "upheld_at"),
        ("complaint_upheld", "complaint_dismissed", "dismissed_at"),
    ],
)
def test_of_two_rulings_the_later_stands(first: str, second: str, stands: str) -> None:
    names = {"genuine_at", "malicious_at", "upheld_at", "dismissed_at"}
    order = order_of(Story().say(first, 1, "o-1").say(second, 2, "o-1"))
    assert {name for name in names if getattr(order, name)} == {stands}


def test_at_the_same_instant_the_ruling_for_the_buyer_stands() -> None:
    story = Story().say("review_confirmed_genuine", 1, "o-1")
    order = order_of(story.say("review_confirmed_malicious", 1, "o-1"))
    assert order.malicious_at is None


def test_reversal_without_order_finds_the_ruling_of_that_shop() -> None:
    story = Story().say("review_confirmed_malicious", 1).say("review_confirmed_genuine", 2)
    assert order_of(story).malicious_at is None
    other = Story().say("review_confirmed_malicious", 1)
    other.say("review_confirmed_genuine", 2, merchant_id="s-2")
    assert [order.malicious_at for order in state_of(other).orders] == [at(1), None]


def test_appeal_leaves_only_that_there_were_orders() -> None:
    story = Story().buy(0, "o-1").refund(4, "o-1").say("complaint_dismissed", 6, "o-1")
    story.cancel_at_once(6, 1).say("appeal_upheld", 7).say("review_confirmed_malicious", 7, "o-1")
    state = state_of(story)
    assert state.appealed_at == at(7)
    for order in state.orders:
        assert order.placed_at
        harm = (order.dismissed_at, order.malicious_at, order.cancelled_at, *order.refunds)
        assert not any(harm)


def test_what_follows_an_appeal_counts_again() -> None:
    story = Story().buy(0, "o-1").say("appeal_upheld", 2)
    story.refund(4, "o-1").say("review_confirmed_malicious", 9, "o-1")
    order = order_of(story)
    assert order.refunds
    assert order.malicious_at == at(9)
    assert order.delivered_at == START + timedelta(days=3)
