"""Accounts that take their time: the same items of two shops. Honest crowds first."""

from collections.abc import Mapping, Sequence

import pytest

from nlp_service.domain import Review, Signal
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.view import ReviewView
from tests.reviews.together.cases import beside, told

Case = tuple[Review, ReviewView]
WEIGHT = default_suspicion_policy().weights["behaviour.synchrony"]
HARD = default_suspicion_policy().hard_facts["behaviour.synchrony"]


def _rated(
    stars: Mapping[str, Sequence[int]], *, gap: float = 60.0, shops: str = "xyz"
) -> list[Case]:
    """By buyer the stars of the first item of each shop, `gap` hours apart; 0 is no review."""
    return [
        told(
            f"{buyer}{n}",
            f"第{n}件{buyer}",
            buyer_id=buyer,
            merchant_id=shops[n],
            item_id=f"i{n}",
            rating=rating,
            hours=n * gap + at,
        )
        for at, (buyer, ratings) in enumerate(stars.items())
        for n, rating in enumerate(ratings)
        if rating
    ]


def _signal(cases: Sequence[Case]) -> Signal:
    return beside("behaviour.synchrony", *cases)


@pytest.mark.parametrize(
    "cases",
    [
        # two friends of one livestream, let down by both things
        _rated({"甲": [1, 1], "乙": [2, 1]}),
        # a livestream of which three are let down and others are not
        _rated(
            {"甲": [1, 1], "乙": [1, 2], "丙": [2, 1], "丁": [5, 5], "戊": [1, 5], "己": [5, 1]}
        ),
        # room mates, who like some of what they share
        _rated({"甲": [1, 1, 5], "乙": [1, 1, 5], "丙": [2, 1, 4]}),
        # a bad batch: one thing
        _rated({"甲": [1, 0], "乙": [1, 0], "丙": [1, 0], "丁": [1, 0]}),
        # two things of one shop, bought together
        _rated({"甲": [1, 1], "乙": [1, 1], "丙": [1, 1]}, shops="xx"),
        # the same weeks apart
        _rated({"甲": [1, 1], "乙": [1, 1], "丙": [1, 1]}, gap=24 * 20),
    ],
)
def test_honest_crowds_keep_no_step(cases: list[Case]) -> None:
    assert _signal(cases).weight == 0.0


def test_gang_on_the_same_items_is_a_hard_fact() -> None:
    three = _signal(_rated({"甲": [1, 1], "乙": [1, 2], "丙": [2, 1]}))
    assert HARD <= three.weight < WEIGHT
    assert "与另外2个账号在14天内给同样的2家店" in three.reason
    four = _signal(_rated({"甲": [1, 1], "乙": [1, 2], "丙": [2, 1], "丁": [1, 1]}))
    assert four.weight == WEIGHT


def test_one_content_buyer_of_both_does_not_hide_a_gang() -> None:
    gang = {"甲": [1, 1], "乙": [1, 2], "丙": [2, 1], "丁": [1, 1]}
    assert _signal(_rated({**gang, "戊": [5, 5]})).weight == WEIGHT


def test_without_items_only_three_shops_in_three_days_count() -> None:
    bare = [
        told(f"{b}{s}", f"{b}{s}店", buyer_id=b, merchant_id=s, hours=n * 60)
        for b in "甲乙丙"
        for n, s in enumerate("xy")
    ]
    assert _signal(bare).weight == 0.0
