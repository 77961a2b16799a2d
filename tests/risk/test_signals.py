"""Signals one by one: what speaks, what does not, and what would be unjust."""

from collections.abc import Callable

import pytest

from nlp_service.risk.events import distinct
from nlp_service.risk.orders import fold
from nlp_service.risk.policy import default_risk_policy
from nlp_service.risk.signals import SIGNALS
from nlp_service.risk.signals.finding import Finding
from tests.risk.buyers import DAY, START, Story, latest

POLICY = default_risk_policy()


def find(code: str, story: Story, *, later: float = 0) -> Finding:
    as_of = latest(story) + later * DAY
    return SIGNALS[code](fold(distinct(story.events), as_of=as_of), POLICY)


def points(code: str, story: Story, *, later: float = 0) -> float:
    return find(code, story, later=later).points


def refunder(count: int, *, of: int = 14, type: str = "refund_only", after: float = 4) -> Story:
    story = Story().buy_many(of)
    for number in range(of - count, of):
        story.refund(number * 5 + after, f"o-{number}", type)
    return story


def test_codes_are_those_of_the_guideline_and_rulings() -> None:
    assert set(SIGNALS) == {
        "refund_only", "returns", "order_cancel_burst", "address", "not_received", "coupon",
        "bad_reviews", "malicious_review", "rulings",
    }  # fmt: skip


def test_buyer_without_events_has_no_findings() -> None:
    state = fold([], as_of=START)
    assert all(signal(state, POLICY).points == 0 for signal in SIGNALS.values())


@pytest.mark.parametrize("count", [0, 1, 2])
def test_one_or_two_refunds_without_return_are_ordinary(count: int) -> None:
    assert points("refund_only", refunder(count)) < POLICY.support


def test_refund_only_speaks_by_share_and_by_count() -> None:
    found = find("refund_only", refunder(10))
    assert {family for family, given in found.parts if given > POLICY.support} == {
        "claims_share",
        "claims_count",
    }
    assert found.value > 0.4 > found.baseline
    assert "14单中10单签收后只退款" in found.reason
    assert "约45天后减半" in found.reason


def test_share_counts_from_eight_orders_on() -> None:
    seven, eight = find("refund_only", refunder(6, of=7)), find("refund_only", refunder(6, of=8))
    assert dict(seven.parts)["claims_share"] == 0 < dict(eight.parts)["claims_share"]
    assert "不足8单,比例不计" in seven.reason


@pytest.mark.parametrize(
    ("after", "why"), [(2, "before the parcel came"), (-1, "before the order was placed")]
)
def test_refund_before_delivery_is_no_abuse(after: float, why: str) -> None:
    assert points("refund_only", refunder(10, after=after)) == 0, why


@pytest.mark.parametrize("ruling", ["complaint_upheld", "review_confirmed_genuine"])
def test_confirmed_refunds_weigh_nothing(ruling: str) -> None:
    story = refunder(10)
    for number in range(4, 14):
        story.say(ruling, number * 5 + 30, f"o-{number}")
    assert points("refund_only", story) == 0


def test_unanswered_refunds_weigh_half_and_after_thirty_days_nothing() -> None:
    story = Story().buy_many(14, every=1)
    for number in range(4, 14):
        story.refund(17, f"o-{number}", outcome=None)
    decided = Story().buy_many(14, every=1)
    for number in range(4, 14):
        decided.refund(17, f"o-{number}")
    assert 0 < find("refund_only", story).value < find("refund_only", decided).value
    assert points("refund_only", story, later=29.9) > 0
    assert find("refund_only", story, later=30) == Finding("refund_only")


def test_clothes_may_come_back() -> None:
    def returner(category: str) -> Story:
        story = Story().buy_many(20, every=4, category=category)
        for number in range(13):
            story.refund(number * 4 + 15, f"o-{number}", "return_refund")
        return story

    assert points("returns", returner("apparel")) == 0
    assert points("returns", returner("digital")) > 10


def test_lawful_returns_weigh_only_beside_others() -> None:
    lawful, late = (refunder(12, type="return_refund", after=day) for day in (6, 15))
    found = find("returns", lawful)
    assert found.points > 0
    assert found.alone is not None
    assert found.alone.points == 0
    assert (find("returns", late).alone or Finding("")).points > 0


def test_goods_sent_back_for_their_quality_are_the_shops_affair() -> None:
    story = Story().buy_many(14)
    for number in range(14):
        story.refund(number * 5 + 15, f"o-{number}", "return_refund", reason="质量问题")
    assert points("returns", story) == 0


def test_exchange_is_no_refund() -> None:
    story = refunder(12, type="exchange", after=15)
    assert points("returns", story) == points("refund_only", story) == 0


BURSTS: list[tuple[str, Callable[[], Story], float, float]] = [
    ("three", lambda: Story().buy_many(12).cancel_at_once(58, 3), 0, 0),
    ("twelve unpaid", lambda: Story().cancel_at_once(0, 12, paid=False), 0, 0),
    ("twelve, once", lambda: Story().cancel_at_once(0, 12), 37, 37),
    ("twelve over ten days", lambda: Story().cancel_at_once(0, 12, over=10 * DAY), 0, 0),
    ("forty over a day", lambda: Story().cancel_at_once(0, 40, over=0.9 * DAY), 37, 37),
    (
        "twice in a week",
        lambda: Story().cancel_at_once(0, 12).cancel_at_once(4, 12),
        60,
        75,
    ),
]


@pytest.mark.parametrize(("name", "story", "least", "most"), BURSTS, ids=lambda x: str(x)[:20])
def test_bursts(name: str, story: Callable[[], Story], least: float, most: float) -> None:
    assert least <= points("order_cancel_burst", story()) <= most, name


def test_burst_among_many_orders_is_ordinary() -> None:
    story = Story().cancel_at_once(58, 6)
    for number in range(40):
        story.buy(57, f"o-{number}")
    assert points("order_cancel_burst", story) == 0


def address_story(days: int, *, cancel: bool = True, each: float = 4) -> Story:
    story = Story()
    for number in range(days):
        order, day = f"o-{number}", number * each
        story.say("order_placed", day, order).say("order_paid", day, order)
        story.say("address_changed", day + 0.1, order, data={"city": f"城{number}"})
        if cancel:
            story.say("order_cancelled", day + 0.2, order)
    return story


@pytest.mark.parametrize(
    ("story", "speaks"),
    [
        (address_story(7), True),
        (address_story(7, cancel=False), False),
        (address_story(2), False),
        (address_story(12, each=0.05), False),
    ],
    ids=["again and again", "alone", "twice", "all on one day"],
)
def test_address_counts_only_with_cancels_on_many_days(story: Story, speaks: bool) -> None:
    assert (points("address", story) > 0) == speaks


def test_loose_address_changes_need_a_harm_each() -> None:
    story = Story().cancel_at_once(7, 1)
    for number in range(6):
        story.say("address_changed", number * 1.1, data={"city": "成都"})
    assert points("address", story) == 0
    for number in range(6):
        story.cancel_at_once(number * 1.1 + 0.5, 1)
    assert points("address", story) > 0


def test_not_received_needs_a_delivery_that_contradicts() -> None:
    def claimer(after: float, count: int = 9) -> Story:
        story = Story().buy_many(14)
        for number in range(14 - count, 14):
            story.refund(number * 5 + after, f"o-{number}", "refund_only", reason="一直没收到货")
        return story

    assert points("not_received", claimer(2)) == 0
    assert points("not_received", claimer(5)) > 45
    assert points("not_received", claimer(5, count=1)) == 0
    reason = find("not_received", claimer(5)).reason
    assert "单物流已签收却称未收到,折算占" in reason
    assert "平均约" in reason
    assert "平均约" not in find("refund_only", refunder(10)).reason
    assert points("refund_only", claimer(5)) == 0


def test_coupons_on_kept_goods_are_nothing() -> None:
    kept, undone = Story().buy_many(14, every=2), Story().buy_many(14, every=2)
    for story in (kept, undone):
        for number in range(14):
            story.say("coupon_used", number * 2, f"o-{number}", data={"amount": 9.0})
    for number in range(3, 14):
        undone.refund(number * 2 + 4, f"o-{number}", "return_refund")
    assert points("coupon", kept) == 0
    assert 12 < points("coupon", undone) <= 20
    assert points("coupon", refunder(10, type="return_refund")) == 0


def critic(bad: int, *, ruling: str | None = None) -> Story:
    story = Story().buy_many(14)
    for number in range(bad):
        order, day = f"o-{number}", number * 5 + 4
        data = {"rating": 1, "suspicion": 0.99}
        story.say("review_posted", day, order, data=data)
        if ruling:
            story.say(ruling, day + 1, order)
    return story


def test_bad_reviews_are_weak_and_genuine_ones_nothing() -> None:
    assert points("bad_reviews", critic(2)) == 0
    assert 0 < points("bad_reviews", critic(13)) <= 8
    assert points("bad_reviews", critic(13, ruling="review_confirmed_genuine")) == 0


def test_malicious_only_when_confirmed_and_not_reversed() -> None:
    assert points("malicious_review", critic(13)) == 0
    confirmed = Story().buy_many(10).say("review_confirmed_malicious", 50, "o-0")
    assert 45 < points("malicious_review", confirmed) <= 56
    confirmed.say("review_confirmed_genuine", 90, "o-0")
    assert points("malicious_review", confirmed) == 0


def test_rulings_are_slight_and_a_shop_counts_once() -> None:
    story = Story().buy_many(14)
    for number in range(10):
        story.refund(number * 5 + 4, f"o-{number}", "return_refund", outcome="rejected")
    assert 0 < points("rulings", story) < 2
    assert points("rulings", Story().say("complaint_dismissed", 1, "o-1")) == 5
    story.say("complaint_dismissed", 60, "o-1").say("complaint_upheld", 70, "o-1")
    assert points("rulings", story) < 2


def test_refusal_that_ended_in_a_refund_is_none() -> None:
    story = Story().buy(0, "o-1").refund(5, "o-1", outcome="rejected").refund(9, "o-1")
    assert points("rulings", story) == 0


HALF_LIVES = [
    ("refund_only", refunder(10), 45),
    ("order_cancel_burst", Story().cancel_at_once(0, 12), 7),
    ("malicious_review", Story().say("review_confirmed_malicious", 0, "o-1"), 120),
    ("rulings", Story().say("complaint_dismissed", 0, "o-1"), 60),
    ("address", address_story(8, each=1.5), 30),
]


@pytest.mark.parametrize(("code", "story", "days"), HALF_LIVES, ids=[row[0] for row in HALF_LIVES])
def test_points_fade_by_half_life(code: str, story: Story, days: float) -> None:
    """A tenth of the way: nothing leaves the window meanwhile, and only the age differs."""
    now, later = points(code, story), points(code, story, later=days / 10)
    assert later == pytest.approx(now * 2**-0.1)


@pytest.mark.parametrize("code", sorted(SIGNALS))
def test_reasons_say_what_lowers_them(code: str) -> None:
    stories = [refunder(10), refunder(13, type="return_refund", after=15), critic(13)]
    stories += [critic(2, ruling="review_confirmed_malicious"), address_story(8, each=1.5)]
    stories += [Story().cancel_at_once(0, 12), Story().say("complaint_dismissed", 0, "o-1")]
    reasons = [found.reason for story in stories if (found := find(code, story)).points > 0]
    assert all("天后减半" in reason and any(c.isdigit() for c in reason) for reason in reasons)
    assert reasons or code in ("coupon", "not_received")


def test_evidence_after_as_of_says_nothing() -> None:
    assert points("refund_only", refunder(10), later=-80) == 0
