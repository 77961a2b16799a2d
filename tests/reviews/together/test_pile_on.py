"""Low ratings of one item at one time: promotions, bad batches and few of them first."""

from dataclasses import replace

import pytest

from nlp_service.domain import Review, Signal
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.view import ReviewView
from tests.reviews.together.cases import beside, told

Case = tuple[Review, ReviewView]
CODE = "behaviour.pile_on"
POLICY = default_suspicion_policy()
WEIGHT = POLICY.weights[CODE]
DAY = 24.0
# Words that nobody shares, so that nobody is linked.
WORDS = ["锅底糊了", "拉链卡住", "灯泡频闪", "轮子掉漆", "杯盖漏水", "绳子断开", "按键失灵"]


def _of_item(key: str, text: str = "很好用", **facts: object) -> Case:
    given: dict[str, object] = {"merchant_id": "店", "item_id": "物", **facts}
    return told(key, text, **given)  # type: ignore[arg-type]


def _low(
    count: int, *, gap: float = DAY, aspects: tuple[str, ...] = (), images: int = 0
) -> list[Case]:
    return [
        _of_item(f"low{n}", WORDS[n], hours=gap * (n + 1), rating=1, aspects=aspects, images=images)
        for n in range(count)
    ]


def _good(count: int, *, start: float) -> list[Case]:
    return [_of_item(f"good{start}-{n}", rating=5, hours=start + n) for n in range(count)]


def _told(*others: Case, aspects: tuple[str, ...] = ()) -> Signal:
    return beside(CODE, _of_item("me", "难用极了", rating=1, aspects=aspects), *others)


QUIET = _good(12, start=-60 * DAY)


@pytest.mark.parametrize(
    "others",
    [
        [],
        _low(5, gap=20 * DAY),
        [*_low(3), *_good(30, start=0.0)],
        [_of_item(f"a{n}", rating=1, append_of="me") for n in range(6)],
        [_of_item(f"m{n}", rating=1, buyer_id="b-me") for n in range(6)],
        [_of_item(f"u{n}", rating=1, buyer_id=None) for n in range(6)],
    ],
)
def test_few_old_own_or_promoted_ratings_are_no_pile(others: list[Case]) -> None:
    assert _told(*QUIET, *others).weight == 0.0


@pytest.mark.parametrize(
    "others", [_low(1), [_of_item(f"s{n}", rating=1, buyer_id="同一人") for n in range(6)]]
)
def test_one_other_account_is_no_more_than_a_hint(others: list[Case]) -> None:
    assert 0.0 < _told(*QUIET, *others).weight < POLICY.support


def test_item_always_rated_low_is_no_pile() -> None:
    before = [_of_item(f"old{n}", rating=1, hours=-(20 + n) * DAY) for n in range(12)]
    assert _told(*before, *_low(5)).weight == 0.0


def test_pile_grows_with_its_rarity() -> None:
    few, many = _told(*QUIET, *_low(2)), _told(*QUIET, *_low(7))
    assert 0.0 < few.weight < many.weight == pytest.approx(WEIGHT)
    assert (many.value, many.code) == (8, CODE)
    assert "8个账号中8个打低分" in many.reason


def test_one_fault_shown_by_most_is_a_bad_batch() -> None:
    batch = _low(7, aspects=("quality",), images=1)
    assert _told(*QUIET, *batch, aspects=("quality",)).weight == 0.0
    assert _told(*QUIET, *batch).weight == 0.0
    assert _told(*QUIET, *batch, aspects=("service",)).weight > 0.0
    claimed = _low(7, aspects=("quality",))
    assert _told(*QUIET, *claimed, aspects=("quality",)).weight > 0.0


def test_half_of_a_batch_leaves_a_part() -> None:
    shown = [
        _of_item(f"q{n}", WORDS[n + 4], rating=1, aspects=("quality",), images=1) for n in range(2)
    ]
    mixed = [*_low(4), *shown]
    named = _told(*QUIET, *mixed, aspects=("quality",)).weight
    assert 0.0 < named < _told(*QUIET, *mixed, aspects=("service",)).weight


@pytest.mark.parametrize("field", ["buyer_id", "item_id", "posted_at", "rating"])
def test_what_is_not_known_is_missing(field: str) -> None:
    review, view = _of_item("me", rating=1)
    unknown: dict[str, None] = {field: None}
    bare = beside(CODE, (replace(review, **unknown), view), *_low(7))  # type: ignore[arg-type]
    assert (bare.weight, bare.missing) == (0.0, "buyer_id, item_id, posted_at, rating")


@pytest.mark.parametrize("known", [0, 1, 7])
def test_what_an_item_usually_gets_must_be_known(known: int) -> None:
    signal = _told(*_good(known, start=60 * DAY), *_low(6))
    assert (signal.weight, signal.missing) == (0.0, "the item's reviews of other times")
    assert _told(*_good(8, start=60 * DAY), *_low(6)).weight > 0.0
