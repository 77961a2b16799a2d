"""Profiles: independent of order, fair to those who look guilty, explained to the last point."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.contract.risk import ProfileAnswer
from nlp_service.errors import ClientError, ConflictError
from nlp_service.risk.events import KINDS, RiskEvent, event_of
from nlp_service.risk.policy import default_risk_policy
from nlp_service.risk.profile import Profile, profile_of
from tests.risk.buyers import ABUSERS, DAY, EVERYBODY, HONEST, START, Story, latest

NINE_MONTHS = 270 * DAY
TIERS = ("normal", "watch", "caution", "high")
Make = Callable[[], Story]


def profile(story: Story, *, later: float = 0) -> Profile:
    return profile_of(story.buyer_id, story.events, as_of=latest(story) + later * DAY)


def everything() -> Story:
    """All kinds of events, contradictions included."""
    story = Story()
    for make in EVERYBODY.values():
        for number, event in enumerate(make().events):
            place = f"{make.__name__}-{number}"
            story.events.append(replace(event, event_id=place))
    return story.say("complaint_upheld", 50, "o-3").say("order_delivered", -5, "o-4")


def disturbed(events: list[RiskEvent], dice: random.Random) -> list[RiskEvent]:
    """The same events: shuffled, some twice, in other offsets."""
    twice = events + dice.sample(events, k=dice.randint(0, len(events)))
    dice.shuffle(twice)
    return [moved(event, dice) if dice.random() < 0.5 else event for event in twice]


def moved(event: RiskEvent, dice: random.Random) -> RiskEvent:
    offset = timezone(timedelta(minutes=dice.randint(-14 * 60, 14 * 60)))
    return replace(event, at=event.at.astimezone(offset))


def test_profile_does_not_depend_on_order_repetition_or_offset() -> None:
    story = everything()
    whole = profile(story)
    assert whole.tier == "high"
    dice = random.Random(19)
    seen = {
        ProfileAnswer.of(
            profile_of("b-1", disturbed(story.events, dice), as_of=latest(story))
        ).model_dump_json()
        for _ in range(25)
    }
    assert seen == {ProfileAnswer.of(whole).model_dump_json()}


@pytest.mark.parametrize("make", EVERYBODY.values(), ids=list(EVERYBODY))
def test_a_thousand_orders_of_arrival_give_one_profile(make: Make) -> None:
    story, dice = make(), random.Random(7)
    whole = profile(story)
    for _ in range(1_000 // len(EVERYBODY) + 1):
        assert profile_of("b-1", disturbed(story.events, dice), as_of=whole.as_of) == whole


@pytest.mark.parametrize("later", [0, 7, 30])
@pytest.mark.parametrize("make", HONEST.values(), ids=list(HONEST))
def test_those_who_look_guilty_are_at_most_watched(make: Make, later: float) -> None:
    shown = profile(make(), later=later)
    assert shown.tier in ("normal", "watch")
    assert shown.advice in ("ship", "ship_keep_evidence")


@pytest.mark.parametrize("make", ABUSERS.values(), ids=list(ABUSERS))
def test_abusers_reach_caution(make: Make) -> None:
    shown = profile(make())
    assert shown.tier in ("caution", "high")
    assert shown.advice in ("confirm_then_ship", "manual_review")


@pytest.mark.parametrize("make", [*EVERYBODY.values(), everything])
def test_after_nine_months_nobody_is_high(make: Make) -> None:
    assert profile(make(), later=270).tier in ("normal", "watch")


def test_many_confirmed_reviews_fade_too() -> None:
    story = Story().buy_many(40)
    for number in range(40):
        story.say("review_confirmed_malicious", 200 + number * 0.1, f"o-{number}")
        story.say("complaint_dismissed", 200 + number * 0.1, f"o-{number}")
    assert profile(story).tier == "high"
    assert profile(story, later=270).tier != "high"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        ("mover", "mover"),
        ("clothing_returner", "lawful_returns"),
        ("coupon_lover", "coupon_keeper"),
        ("new_buyer", "new_buyer"),
        ("angry_only_writer", "honest_critic"),
    ],
)
def test_protection_is_named_with_its_reason(make: str, code: str) -> None:
    named = {one.code: one.reason for one in profile(HONEST[make]()).protections}
    assert code in named
    assert "不计" in named[code]


def test_high_needs_a_confirmed_event() -> None:
    story = ABUSERS["refund_only_abuser"]()
    for number in range(4, 14):
        story.say("coupon_used", number * 5, f"o-{number}", data={"amount": 5.0})
    story.cancel_at_once(66, 12).cancel_at_once(69, 12)
    shown = profile(story)
    assert (shown.tier, shown.score) == ("caution", 69.9)
    assert sum(round(signal.points * 10) for signal in shown.signals) == 699
    story.say("complaint_dismissed", 70, "o-9")
    assert profile(story).tier == "high"


def test_one_family_stays_below_caution() -> None:
    """Cancelled once, sent back and late: all of it weak, or of one kind."""
    shown = profile(Story().buy_many(12).cancel_at_once(58, 14))
    assert shown.tier == "watch"
    assert shown.score < default_risk_policy().tiers.caution


def test_one_confirmed_review_reaches_caution_and_a_reversal_deletes_it() -> None:
    story = Story().buy_many(10).say("review_confirmed_malicious", 50, "o-9")
    assert profile(story).tier == "caution"
    assert profile(story.say("review_confirmed_genuine", 51, "o-9")).score == 0


def test_lawful_returns_count_only_beside_another_family() -> None:
    story = Story().buy_many(14)
    for number in range(14):
        story.refund(number * 5 + 6, f"o-{number}", "return_refund")
    assert profile(story).signals == ()
    shown = profile(story.cancel_at_once(73, 12))
    assert {signal.code for signal in shown.signals} == {"order_cancel_burst", "returns"}


def test_appeal_clears_what_came_before_it() -> None:
    story = ABUSERS["convicted_refunder"]()
    assert profile(story).tier == "high"
    story.say("appeal_upheld", 90)
    shown = profile(story)
    assert (shown.score, shown.tier, shown.signals) == (0, "normal", ())
    assert "appeal" in {one.code for one in shown.protections}


def test_upheld_complaints_lower_the_points() -> None:
    story = Story().buy_many(10).say("review_confirmed_malicious", 50, "o-9")
    before = profile(story, later=1).score
    story.say("complaint_upheld", 51, "o-2")
    shown = profile(story)
    assert shown.score == pytest.approx(before * 0.9, abs=0.1)
    assert "complaint_upheld" in {one.code for one in shown.protections}


def test_suspicion_of_a_model_is_never_weighed() -> None:
    def writer(suspicion: float | None) -> Story:
        story = Story().buy_many(10)
        data = {"rating": 1, "suspicion": suspicion}
        return story.say("review_posted", 50, "o-9", data=data)

    assert profile(writer(1.0)) == profile(writer(0.0)) == profile(writer(None))


@pytest.mark.parametrize("make", [EVERYBODY["mover"], EVERYBODY["student"]])
def test_where_a_buyer_lives_changes_nothing(make: Make) -> None:
    story = make()
    elsewhere = [relocated(event) for event in story.events]
    assert profile_of("b-1", elsewhere, as_of=latest(story)) == profile(story)


def relocated(event: RiskEvent) -> RiskEvent:
    if event.kind != "address_changed":
        return event
    return replace(event, data=type(event.data)("河南", event.event_id))  # type: ignore[call-arg, misc, arg-type]


def test_advice_never_refuses() -> None:
    advices = {profile(make()).advice for make in EVERYBODY.values()}
    assert advices <= {"ship", "ship_keep_evidence", "confirm_then_ship", "manual_review"}


def test_nothing_known_is_normal() -> None:
    shown = profile_of("b-1", [], as_of=START)
    assert (shown.score, shown.tier, shown.advice, shown.policy) == (
        0,
        "normal",
        "ship",
        "default@1",
    )


def test_what_cannot_be_profiled_is_refused() -> None:
    story = Story().buy(0, "o-1")
    with pytest.raises(ClientError, match="as_of: has no offset"):
        profile_of("b-1", story.events, as_of=datetime(2026, 3, 1))
    with pytest.raises(ClientError, match="buyer_id: an event is of another buyer"):
        profile_of("b-2", story.events, as_of=START)
    changed = replace(story.events[0], amount=5.0)
    with pytest.raises(ConflictError, match=r"events\[3\]\.event_id"):
        profile_of("b-1", [*story.events, changed], as_of=START)


def data_of(kind: str, dice: random.Random) -> dict[str, Any] | None:
    reasons = (None, "未收到货", "质量问题", "不想要了")
    types = ("refund_only", "refund_only", "return_refund", "exchange")
    data: dict[str, dict[str, Any]] = {
        "refund_requested": {"type": dice.choice(types), "reason": dice.choice(reasons)},
        "review_posted": {"rating": dice.randint(1, 5)},
        "coupon_used": {"amount": 5.0},
    }
    return data.get(kind)


def random_events(seed: int, count: int) -> list[RiskEvent]:
    """Any kinds at any time; an appeal would end the story, and so is rare."""
    dice = random.Random(seed)
    kinds = [kind for kind in KINDS if kind != "appeal_upheld"]
    return [
        event_of(
            {
                "event_id": f"e-{number}",
                "buyer_id": "b-1",
                "kind": (kind := dice.choice(kinds) if dice.random() > 0.01 else "appeal_upheld"),
                "at": START + timedelta(hours=dice.randint(0, 24 * 60)),
                "merchant_id": f"s-{dice.randint(0, 3)}",
                "order_id": f"o-{dice.randint(0, count // 5)}",
                "category": dice.choice((None, "apparel", "food", "digital")),
                "data": data_of(kind, dice),
            }
        )
        for number in range(count)
    ]


STORIES = st.builds(random_events, st.integers(0, 2**32), st.integers(0, 150))


@settings(max_examples=50, deadline=None)
@given(STORIES, st.integers(0, 400))
def test_points_add_up_and_tiers_fit(events: list[RiskEvent], days: int) -> None:
    shown = profile_of("b-1", events, as_of=START + days * DAY)
    assert 0 <= shown.score <= 100
    tenths = [signal.points * 10 for signal in shown.signals]
    assert all(
        points == round(points) > 0 or abs(points - round(points)) < 1e-9 for points in tenths
    )
    assert round(sum(tenths)) == round(shown.score * 10)
    cuts = default_risk_policy().tiers
    reached = sum(shown.score >= cut for cut in (cuts.watch, cuts.caution, cuts.high))
    assert shown.tier == TIERS[reached]
    assert all(signal.reason and signal.families for signal in shown.signals)


@settings(max_examples=50, deadline=None)
@given(STORIES, st.integers(0, 2**32))
def test_any_story_gives_one_profile(events: list[RiskEvent], seed: int) -> None:
    dice, as_of = random.Random(seed), START + dice_days(seed)
    whole = profile_of("b-1", events, as_of=as_of)
    assert profile_of("b-1", disturbed(events, dice), as_of=as_of) == whole
    seen = [event for event in events if event.at <= as_of]
    assert profile_of("b-1", seen, as_of=as_of.astimezone(UTC)) == whole


def dice_days(seed: int) -> timedelta:
    return (seed % 80) * DAY


@settings(max_examples=50, deadline=None)
@given(STORIES)
def test_without_new_events_the_score_never_rises(events: list[RiskEvent]) -> None:
    end = START + 60 * DAY
    scores = [
        profile_of("b-1", events, as_of=end + days * DAY).score
        for days in (31, 36, 45, 58, 77, 100, 140, 200, 270, 400)
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] == 0


@settings(max_examples=50, deadline=None)
@given(STORIES)
def test_nobody_stays_high(events: list[RiskEvent]) -> None:
    assert profile_of("b-1", events, as_of=START + 60 * DAY + NINE_MONTHS).tier != "high"
