"""What an account's own other reviews tell: honest look-alikes first, then series and habits."""

from dataclasses import replace

import pytest

from nlp_service.domain import BuyerHistory, Refund, Review, ReviewOrder, Signal
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.signals import TOGETHER
from nlp_service.reviews.together.accounts import account_of
from nlp_service.reviews.together.making import seen_of
from nlp_service.reviews.together.others import Others
from nlp_service.reviews.view import ReviewView
from tests.reviews.together.cases import at, beside, told

Case = tuple[Review, ReviewView]
WEIGHTS = default_suspicion_policy().weights
DAY = 24.0


def _own(count: int, *, rating: int = 1, gap: float = 2 * DAY, **facts: object) -> list[Case]:
    """Reviews of one account at as many shops."""
    return [
        told(f"{rating}-{n}", buyer_id="甲", rating=rating, hours=(n + 1) * gap, **facts)  # type: ignore[arg-type]
        for n in range(count)
    ]


def _me(key: str = "me", **facts: object) -> Case:
    given: dict[str, object] = {"buyer_id": "甲", "merchant_id": "店", "item_id": "物", **facts}
    return told(key, **given)  # type: ignore[arg-type]


# behaviour.account.series


def _series(*others: Case) -> Signal:
    return beside("behaviour.account", _me(), *others)


@pytest.mark.parametrize(
    "others",
    [
        [],
        _own(2) + _own(7, rating=5),
        _own(7, rating=5),
        _own(7, gap=40 * DAY),
        _own(7, append_of="me"),
        [told(str(n), hours=n) for n in range(9)],
    ],
)
def test_few_low_ratings_or_many_good_ones_are_no_series(others: list[Case]) -> None:
    assert _series(*others).weight == 0.0


def test_series_of_low_ratings_grows_to_its_whole_weight() -> None:
    busy = BuyerHistory(bad_reviews=9, orders=10)
    two, few, many = (
        beside("behaviour.account", _me(history=busy), *_own(count)) for count in (1, 3, 9)
    )
    assert (few.code, few.value) == ("behaviour.account.series", 4)
    assert two.weight == pytest.approx(WEIGHTS[two.code] / 4)
    assert few.weight == pytest.approx(WEIGHTS[few.code] * 3 / 4)
    assert many.weight == WEIGHTS[many.code]
    assert "评价10次,其中10次一两星" in many.reason


def test_series_of_who_writes_only_when_angry_or_praises_too_weighs_less() -> None:
    angry = BuyerHistory(reviews=9, bad_reviews=9, orders=200)
    assert beside("behaviour.account", _me(history=angry), *_own(9)).weight == 0.0
    unknown, mixed = _series(*_own(9)), _series(*_own(9), *_own(5, rating=5, gap=DAY))
    assert 0.0 < mixed.weight < unknown.weight == pytest.approx(WEIGHTS[unknown.code] / 2)


def test_account_counts_orders_once_and_unknown_ones_not() -> None:
    same = told("same", buyer_id="甲", order=ReviewOrder("o"), rating=1)
    again = told("again", buyer_id="甲", order=ReviewOrder("o"), rating=1, hours=1)
    known = Others(seen_of(*one) for one in (_me(), same, again, *_own(2, rating=4)))
    account = account_of(known.around(seen_of(*_me())), 30)
    assert (account.low, account.cases, account.share) == (2, 4, 0.5)
    assert account_of(known.around(seen_of(*_me(buyer_id=None))), 30) == (0, 0)


# behaviour.again


def _order(hours: float, number: str = "o-2") -> ReviewOrder:
    return ReviewOrder(number, ordered_at=at(hours))


def _again(subject: Case, *others: Case) -> float:
    return beside("behaviour.again", subject, *others).weight


@pytest.mark.parametrize(
    ("subject", "first"),
    [
        (_me(hours=100, order=_order(50)), _me("1", hours=60)),
        (_me(hours=100, order=_order(50)), _me("1", rating=4)),
        (_me(hours=100, order=_order(50)), _me("1", item_id="另一件")),
        (_me(hours=100, order=_order(50)), _me("1", merchant_id="另一家")),
        (_me(hours=100, order=_order(50)), _me("1", buyer_id="乙")),
        (_me(hours=100, rating=5, order=_order(50)), _me("1")),
        (_me(hours=100, order=ReviewOrder("o-2")), _me("1")),
    ],
)
def test_one_letdown_or_an_order_placed_before_it_says_nothing(subject: Case, first: Case) -> None:
    assert _again(subject, first) == 0.0


def test_follow_up_is_no_second_purchase() -> None:
    follow_up = _me(hours=100, order=_order(50), append_of="x")
    assert _again(follow_up, _me("1", append_of="x")) == 0.0


def test_buying_again_what_was_bad_weighs_more_as_a_habit() -> None:
    subject = _me(hours=100, order=_order(50))
    assert _again(subject, _me("1")) == pytest.approx(WEIGHTS["behaviour.again"] / 2)
    assert _again(subject, _me("1"), *_own(2)) == WEIGHTS["behaviour.again"]
    assert _again(subject, _me("1"), _me("2", hours=1)) == WEIGHTS["behaviour.again"]


def test_without_time_of_order_the_input_is_missing() -> None:
    signal = beside("behaviour.again", _me(order=ReviewOrder("o-2")), _me("1", hours=-100))
    assert signal.missing == "order.ordered_at"


# behaviour.bait_refund, by the account's other reviews


def _bait(
    *, claimed: float = 1.0, delivered: float = 30.0, paid: float = 60.0, status: str = "requested"
) -> Case:
    """Delivered so many hours ago, and so many hours later the claim."""
    claim = at(-delivered + claimed)
    order = ReviewOrder(
        "o", delivered_at=at(-delivered), refund=Refund(status, claim, "质量问题", paid), paid=paid
    )
    return _me(order=order)


@pytest.mark.parametrize(
    ("subject", "others"),
    [
        (_bait(), []),
        (_bait(), _own(1)),
        (_bait(), _own(2) + _own(6, rating=5)),
        (_bait(paid=500.0), _own(4)),
        (_bait(status="none"), _own(4)),
        (_bait(delivered=200.0, claimed=50.0), _own(4)),
    ],
)
def test_one_claim_or_a_dear_order_is_no_bait(subject: Case, others: list[Case]) -> None:
    assert beside("behaviour.bait_refund", subject, *others).weight == 0.0


def test_claim_right_after_delivery_in_a_series_is_a_bait() -> None:
    instant = beside("behaviour.bait_refund", _bait(), *_own(3))
    assert instant.weight == WEIGHTS["behaviour.bait_refund"]
    assert "签收后随即申请退款" in instant.reason
    later = beside("behaviour.bait_refund", _bait(claimed=20.0), *_own(3))
    assert later.weight == pytest.approx(instant.weight / 2)
    hard = default_suspicion_policy().hard_facts["behaviour.bait_refund"]
    assert later.weight < hard <= instant.weight


def test_bait_shows_in_the_history_without_other_reviews() -> None:
    review, view = _bait(paid=9.9)
    habit = BuyerHistory(reviews=20, bad_reviews=18, orders=20, refunds=15, window_days=60)
    habitual = replace(review, history=habit)
    assert TOGETHER["behaviour.bait_refund"](habitual, view, None).weight > 0
    assert TOGETHER["behaviour.bait_refund"](review, view, None).missing == "history.refunds"
