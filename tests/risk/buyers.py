"""Buyers as lists of events: those who look guilty and are not, and those who abuse."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from nlp_service.risk.events import RiskEvent, event_of

START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Story:
    """Writes the events of one buyer; days count from START."""

    def __init__(self, buyer_id: str = "b-1") -> None:
        self.buyer_id = buyer_id
        self.events: list[RiskEvent] = []

    def say(self, kind: str, day: float, order: str | None = None, **more: Any) -> "Story":
        fields = {
            "event_id": f"e-{len(self.events):05d}",
            "buyer_id": self.buyer_id,
            "kind": kind,
            "at": START + day * DAY,
            "merchant_id": "s-1",
            "order_id": order,
            **more,
        }
        self.events.append(event_of(fields))
        return self

    def buy(self, day: float, order: str, *, category: str = "digital", **more: Any) -> "Story":
        """Placed, paid, and there after three days."""
        for kind, after in (("placed", 0.0), ("paid", 0.01), ("delivered", 3.0)):
            self.say(f"order_{kind}", day + after, order, category=category, **more)
        return self

    def buy_many(self, count: int, *, every: float = 5, **more: Any) -> "Story":
        for number in range(count):
            self.buy(number * every, f"o-{number}", **more)
        return self

    def refund(
        self,
        day: float,
        order: str,
        type: str = "refund_only",
        *,
        reason: str | None = None,
        outcome: str | None = "completed",
    ) -> "Story":
        data = {"type": type, "reason": reason}
        self.say("refund_requested", day, order, data=data)
        return self.say(f"refund_{outcome}", day + 1, order) if outcome else self

    def cancel_at_once(
        self, day: float, count: int, *, paid: bool = True, over: timedelta = HOUR
    ) -> "Story":
        """Orders placed, paid and cancelled within a stretch of time."""
        for number in range(count):
            order, at = f"c-{day}-{number}", day + number * (over / count) / DAY
            self.say("order_placed", at, order)
            if paid:
                self.say("order_paid", at + 0.0001, order)
            self.say("order_cancelled", at + 0.001, order)
        return self


def mover() -> Story:
    story = Story().buy_many(14)
    for number in range(6):
        data = {"province": "四川", "city": "成都"}
        story.say("address_changed", 64 + number * 0.01, f"o-{number + 8}", data=data)
    story.say("address_changed", 65, data={"province": "四川", "city": "成都"})
    for number in range(3):
        story.say("order_placed", 65, f"m-{number}").say("order_paid", 65, f"m-{number}")
        story.say("order_cancelled", 66 + number, f"m-{number}")
    return story


def clothing_returner() -> Story:
    story = Story().buy_many(20, every=4, category="apparel")
    for number in range(12):
        story.refund(number * 4 + 6, f"o-{number}", "return_refund", reason="尺码不合适")
    return story


def eager_returner() -> Story:
    """Nine of ten clothes go back, all within the seven days."""
    story = Story().buy_many(20, every=4, category="apparel")
    for number in range(18):
        story.refund(number * 4 + 6, f"o-{number}", "return_refund")
    return story


def coupon_lover() -> Story:
    story = Story().buy_many(30, every=1, category="beauty")
    for number in range(30):
        story.say("coupon_used", number, f"o-{number}", data={"amount": 20.0})
    return story.refund(20, "o-3", "return_refund")


def student() -> Story:
    story = Story().buy_many(12, every=6)
    for number in range(12):
        story.say("address_changed", number * 6 + 1, f"o-{number}", data={"city": "武汉"})
    return story.refund(40, "o-2", reason="没收到货")


def new_buyer() -> Story:
    return Story().buy_many(3).refund(4, "o-0", reason="不喜欢").refund(9, "o-1")


def batch_victim() -> Story:
    """A bad batch of food: three refunds without return, paid by the shop."""
    story = Story().buy_many(14, category="food")
    for number in range(9, 12):
        story.refund(number * 5 + 4, f"o-{number}", reason="变质发霉")
    return story


def angry_only_writer() -> Story:
    story = Story().buy_many(30, every=3)
    for number in range(0, 30, 5):
        story.say("review_posted", number * 3 + 4, f"o-{number}", data={"rating": 1})
    return story


def cart_mender() -> Story:
    """Orders a cart once more to get a coupon: one burst of six."""
    return Story().buy_many(12).cancel_at_once(58, 6)


HONEST: dict[str, Callable[[], Story]] = {
    "mover": mover,
    "clothing_returner": clothing_returner,
    "eager_returner": eager_returner,
    "coupon_lover": coupon_lover,
    "student": student,
    "new_buyer": new_buyer,
    "batch_victim": batch_victim,
    "angry_only_writer": angry_only_writer,
    "cart_mender": cart_mender,
}


def refund_only_abuser() -> Story:
    """Ten of fourteen, all paid, over ten weeks."""
    story = Story().buy_many(14)
    for number in range(4, 14):
        story.refund(number * 5 + 4, f"o-{number}")
    return story


def quality_claimer() -> Story:
    """The same with the reason that everybody gives, never confirmed."""
    story = Story().buy_many(14)
    for number in range(4, 14):
        story.refund(number * 5 + 4, f"o-{number}", reason="质量问题")
    return story


def not_received_claimer() -> Story:
    story = Story().buy_many(14)
    for number in range(4, 14):
        story.refund(number * 5 + 4, f"o-{number}", reason="未收到货")
    return story


def order_canceller() -> Story:
    return Story().buy_many(4).cancel_at_once(20, 12).cancel_at_once(24, 12)


def malicious_reviewer() -> Story:
    story = Story().buy_many(10)
    for number in (7, 9):
        story.say("review_posted", number * 5 + 4, f"o-{number}", data={"rating": 1})
        story.say("review_confirmed_malicious", number * 5 + 6, f"o-{number}")
    return story


def convicted_refunder() -> Story:
    story = refund_only_abuser()
    for number in range(8, 14):
        story.say("complaint_dismissed", number * 5 + 6, f"o-{number}")
    return story


ABUSERS: dict[str, Callable[[], Story]] = {
    "refund_only_abuser": refund_only_abuser,
    "quality_claimer": quality_claimer,
    "not_received_claimer": not_received_claimer,
    "order_canceller": order_canceller,
    "malicious_reviewer": malicious_reviewer,
    "convicted_refunder": convicted_refunder,
}
EVERYBODY = {**HONEST, **ABUSERS}


def latest(story: Story) -> datetime:
    return max(event.at for event in story.events)
