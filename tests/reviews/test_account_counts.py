"""Signals out of an account's counts: new, angry-only and busy buyers first."""

from itertools import pairwise

import pytest

from nlp_service.domain import BuyerHistory, Signal
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.signals import SIGNALS
from nlp_service.reviews.signals.history import trust_of
from tests.reviews.cases import say, view_of

POLICY = default_suspicion_policy()
WEIGHTS = POLICY.weights


def _fire(code: str, history: BuyerHistory | None) -> Signal:
    review = say("坏了", history=history)
    return SIGNALS[code](review, view_of(review))


def test_thin_account_fades_with_orders_and_never_speaks_alone() -> None:
    weights = [_fire("behaviour.thin", BuyerHistory(orders=n)).weight for n in range(7)]
    assert weights[0] == WEIGHTS["behaviour.thin"]
    assert "behaviour.thin" in POLICY.whispers
    assert weights[:5] == sorted(weights[:5], reverse=True)
    assert weights[4] > 0.0 == weights[5]


@pytest.mark.parametrize("history", [None, BuyerHistory(reviews=0)])
def test_unknown_orders_are_not_few(history: BuyerHistory | None) -> None:
    assert _fire("behaviour.thin", history).missing == "history.orders"


def test_share_of_bad_reviews_grows_without_a_step() -> None:
    histories = [BuyerHistory(reviews=20, bad_reviews=bad, orders=20) for bad in range(4, 21)]
    weights = [_fire("behaviour.bad_ratio", history).weight for history in histories]
    steps = [after - before for before, after in pairwise(weights)]
    assert weights[0] == 0.0
    assert weights[-1] == WEIGHTS["behaviour.bad_ratio"]
    share = (10 + 0.12 * 8) / (20 + 8)
    whole = WEIGHTS["behaviour.bad_ratio"]
    assert weights[6] == pytest.approx(whole * ((share - 0.2) / 0.5) ** 1.5, abs=1e-3)
    assert 0.0 <= min(steps) <= max(steps) < 0.3 * WEIGHTS["behaviour.bad_ratio"]


def _habit(history: BuyerHistory, category: str | None = None) -> float:
    review = say("坏了", history=history, category=category)
    return SIGNALS["behaviour.refund_habit"](review, view_of(review)).weight


@pytest.mark.parametrize(
    ("counts", "is_hard"),
    [
        ((50, 45, 52, 47), True),
        ((30, 28, 31, 20), True),
        ((14, 12, 20, 11), False),
        ((12, 12, 12, 8), False),
        ((100, 66, 100, 45), False),
        ((20, 19, 200, 110), False),
    ],
)
def test_only_a_trade_in_refunds_is_a_hard_fact(
    counts: tuple[int, int, int, int], is_hard: bool
) -> None:
    weight = _habit(BuyerHistory(*counts))
    assert (weight >= POLICY.hard_facts["behaviour.refund_habit"]) is is_hard


def test_refunds_alone_bad_reviews_alone_and_few_are_no_habit() -> None:
    angry_only = BuyerHistory(reviews=50, bad_reviews=45, orders=300, refunds=20)
    returner = BuyerHistory(reviews=50, bad_reviews=5, orders=90, refunds=60)
    few = BuyerHistory(reviews=9, bad_reviews=9, orders=9, refunds=9)
    assert [_habit(one) for one in (angry_only, returner, few)] == [0.0, 0.0, 0.0]


def test_clothes_sent_back_are_usual() -> None:
    returner = BuyerHistory(reviews=40, bad_reviews=36, orders=60, refunds=36)
    assert _habit(returner, "digital") > _habit(returner, "shoes_bags") > 0.0
    assert _habit(returner, "apparel") == 0.0


@pytest.mark.parametrize(
    ("history", "needs"),
    [
        (None, "history.bad_reviews"),
        (BuyerHistory(reviews=50, bad_reviews=45, orders=52), "history.orders, history.refunds"),
        (BuyerHistory(reviews=50, bad_reviews=45, refunds=47), "history.orders, history.refunds"),
    ],
)
def test_unknown_refunds_are_no_habit(history: BuyerHistory | None, needs: str) -> None:
    signal = _fire("behaviour.refund_habit", history)
    assert (signal.weight, signal.missing) == (0.0, needs)


def test_who_writes_only_when_angry_is_trusted() -> None:
    shares = [trust_of(BuyerHistory(bad_reviews=bad, orders=100), 0.2) for bad in (0, 10, 15, 20)]
    assert shares == pytest.approx([0.0, 0.0, 0.5, 1.0])
    assert trust_of(None, 0.2) == trust_of(BuyerHistory(bad_reviews=9), 0.2) == 0.5


@pytest.mark.parametrize(
    ("history", "share"),
    [
        (BuyerHistory(reviews=20, bad_reviews=2, orders=30), 1.0),
        (BuyerHistory(reviews=3, bad_reviews=0, orders=3), 0.5),
        (BuyerHistory(reviews=8, bad_reviews=4, orders=8), 0.0),
        (BuyerHistory(reviews=3, bad_reviews=3, orders=60), 0.7 * 0.75),
        (BuyerHistory(reviews=3, bad_reviews=3, orders=5), 0.0),
        (BuyerHistory(reviews=0, bad_reviews=0, orders=0), 0.0),
    ],
)
def test_good_reviews_or_quiet_orders_speak_for_the_buyer(
    history: BuyerHistory, share: float
) -> None:
    code = "counter.balanced_history"
    assert _fire(code, history).weight == pytest.approx(WEIGHTS[code] * share, abs=1e-3)
