"""Numbers, times and amounts are read as the least they can mean; dates must agree."""

from datetime import UTC, datetime, timedelta

import pytest
import re2

from nlp_service.domain import ReviewOrder
from nlp_service.reviews.signals import SIGNALS, claim_context, fact_time
from nlp_service.reviews.signals.claims import (
    AMOUNT,
    DURATION,
    above,
    dates_agree,
    days_between,
    duration_claims,
    read_amount,
)
from tests.reviews.cases import POSTED, ordered, say, view_of


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("十来天", 10),
        ("一个多礼拜", 7),
        ("一周多", 7),
        ("小半个月", 12),
        ("大半个月", 15),
        ("快一个月", 24),
        ("一个半月", 45),
        ("两年半", 912.5),
        ("不到三个月", 30),
        ("三个月不到", 30),
        ("俩月", 60),
    ],
)
def test_times_are_read(text: str, days: float) -> None:
    (claim,) = duration_claims(text, re2.compile(DURATION))
    assert claim.value == pytest.approx(days)


@pytest.mark.parametrize(
    "text", ["3月", "三月", "2024年", "八百年", "一年保修", "两年前", "三年的旧货", "一个月饼"]
)
def test_dates_ages_and_terms_are_no_times(text: str) -> None:
    assert not list(duration_claims(text, re2.compile(DURATION)))


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("599", 599),
        ("五百九十九", 599),
        ("小一千", 800),
        ("六百来", 600),
        ("1.2万", 12000),
        ("2千", 2000),
        ("块", 0),
    ],
)
def test_amounts_are_read(text: str, yuan: float) -> None:
    match = re2.compile(AMOUNT).search(text)
    assert match is not None
    assert read_amount(match) == pytest.approx(yuan)


def test_days_between_dates_that_cannot_be_compared_are_not_known() -> None:
    day = timedelta(days=1)
    assert days_between(POSTED, POSTED + day) == 1
    assert days_between(POSTED + day, POSTED) is None
    assert days_between(None, POSTED) is None
    assert days_between(datetime(2026, 3, 1), POSTED) is None
    assert days_between(datetime.max.replace(tzinfo=UTC), POSTED) is None


def test_dates_agree_where_they_follow_each_other() -> None:
    assert dates_agree(say("坏了", order=ordered(days_ago=5)))
    assert dates_agree(say("坏了", order=ordered(days_ago=5, shipped_at=None)))
    assert not dates_agree(say("坏了", order=ordered(days_ago=-1)))
    assert not dates_agree(say("坏了", order=ordered(days_ago=5, ordered_at=POSTED)))
    assert not dates_agree(say("坏了", order=ordered(days_ago=5, shipped_at=datetime(2026, 2, 1))))


@pytest.mark.parametrize(
    ("delivered", "ordered_before"),
    [(timedelta(days=1), 15), (timedelta(days=-5), 1)],
)
def test_dates_that_contradict_each_other_prove_nothing(
    delivered: timedelta, ordered_before: int
) -> None:
    order = ReviewOrder(
        ordered_at=POSTED - timedelta(days=ordered_before), delivered_at=POSTED + delivered
    )
    for text in ("用了半年就坏了", "双十一买的,质量差", "等了三十天才到"):
        review = say(text, order=order)
        for code in ("fact.time", "fact.logistics"):
            signal = SIGNALS[code](review, view_of(review))
            assert (signal.weight, bool(signal.missing)) == (0, True)


@pytest.mark.parametrize("posted", [POSTED, datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize(
    "date",
    [datetime(2026, 3, 1), datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)],
)
def test_dates_at_the_edge_or_without_a_zone_do_not_raise(date: datetime, posted: datetime) -> None:
    order = ReviewOrder(ordered_at=date)
    review = say("双十一买的,大热天在路上化了", order=order, posted_at=posted)
    for code in ("fact.time", "fact.logistics", "fact.order"):
        signal = SIGNALS[code](review, view_of(review))
        assert signal.weight == 0


def test_the_context_of_a_claim_does_not_grow_with_the_text() -> None:
    view = view_of(say("用了三天" * 500))
    before, after = claim_context.sides(view, 1000, 1004)
    assert len(before) == len(after) == claim_context.NEAR
    near, far = claim_context.sentence(view, 1000, 1004)
    assert len(near) == len(far) == 2 * claim_context.NEAR


def test_a_flood_of_claims_is_read_around_no_oftener_than_a_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claims = list(duration_claims("用了三年坏了。" * 500, re2.compile(DURATION)))
    assert len(claims) == 500
    assert len(list(above(iter(claims), 30.0))) == 16
    assert not list(above(iter(claims), 2000.0))
    read: list[int] = []
    monkeypatch.setattr(fact_time, "is_lived", lambda _view, start, _end: read.append(start))
    review = say("用了三年坏了。" * 500, order=ordered(days_ago=5))
    SIGNALS["fact.time"](review, view_of(review))
    assert 0 < len(read) <= 3 * 16
