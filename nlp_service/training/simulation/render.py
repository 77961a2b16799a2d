"""Lives -> the contract's JSON: reviews as known when they were posted, events, truth.

A review's body never looks ahead: a refund asked for later, a scan that comes later and counts of
later orders are absent from it. Events carry the whole story, each at its own time.
"""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from nlp_service.training.simulation import clock
from nlp_service.training.simulation.records import Life, Order, Posted, Refund

Record = dict[str, Any]
_WINDOW = clock.HISTORY_DAYS * clock.DAY


def reviews_of(life: Life) -> Iterator[tuple[float, Record, Record]]:
    """(time, body, truth) of each review in the window, oldest first."""
    past = _Past(life)
    for review in sorted(life.reviews, key=lambda r: r.at):
        if review.at >= clock.WARM_UP:
            yield review.at, _body(review, life, past), _truth(review, life)


def _truth(review: Posted, life: Life) -> Record:
    return {
        "id": review.id,
        "buyer_id": life.buyer_id,
        "is_malicious": review.family is not None,
        "family": review.family,
        "population": review.population,
    }


def _body(review: Posted, life: Life, past: "_Past") -> Record:
    item, shop = review.order.item, review.order.item.merchant
    body: Record = {
        "id": review.id,
        "text": review.text,
        "rating": review.rating,
        "posted_at": clock.stamp(review.at),
        "buyer_id": life.buyer_id,
        "merchant_id": shop.id,
        "item_id": item.id,
        "category": shop.trade.category,
        "item_title": item.title,
        "images": review.images,
        "append_of": review.append_of,
    }
    if shop.knows_order:
        body["order"] = _order_at(review.order, review.at)
    if shop.knows_history:
        body["history"] = past.counts(review.at)
    return body


def _order_at(order: Order, now: float) -> Record:
    return {
        "order_id": order.id,
        "ordered_at": clock.stamp(order.at),
        "shipped_at": _past_stamp(order.shipped_at, now),
        "delivered_at": _past_stamp(order.delivered_at, now),
        "refund": _refund_at(order.refund, now),
        "paid": order.paid,
        "coupon": order.coupon,
    }


def _past_stamp(at: float | None, now: float) -> str | None:
    return clock.stamp(at) if at is not None and at <= now else None


def _refund_at(refund: Refund | None, now: float) -> Record:
    if refund is None or refund.requested_at > now:
        return {"status": "none", "requested_at": None, "reason": None, "amount": None}
    ended = "completed" if refund.granted else "rejected"
    return {
        "status": ended if refund.decided_at <= now else "requested",
        "requested_at": clock.stamp(refund.requested_at),
        "reason": refund.reason,
        "amount": refund.amount,
    }


class _Past:
    """Sorted times of one life, to count what lay in the window before a moment."""

    def __init__(self, life: Life) -> None:
        kept = [order for order in life.orders if order.cancelled_at is None]
        granted = [o.refund.decided_at for o in kept if o.refund and o.refund.granted]
        self._orders = sorted(order.at for order in kept)
        self._refunds = sorted(granted)
        self._reviews = sorted(review.at for review in life.reviews)
        self._bad = sorted(review.at for review in life.reviews if review.rating <= 2)

    def counts(self, now: float) -> Record:
        """The contract's history; the review at `now` itself is not counted."""
        return {
            "reviews": _within(self._reviews, now),
            "bad_reviews": _within(self._bad, now),
            "orders": _within(self._orders, now),
            "refunds": _within(self._refunds, now),
            "window_days": clock.HISTORY_DAYS,
        }


def _within(times: list[float], now: float) -> int:
    return bisect_left(times, now) - bisect_left(times, now - _WINDOW)


Event = tuple[float, str, Record]


def events_of(life: Life) -> Iterator[Event]:
    """(time, kind, record without id) of all events before the end of the world."""
    for order in life.orders:
        yield from _order_events(order, life)
    for review in life.reviews:
        yield _event("review_posted", review.at, life, review.order, {"rating": review.rating})
    for happening in life.happenings:
        yield _event(happening.kind, happening.at, life, happening.order, dict(happening.data))


def _order_events(order: Order, life: Life) -> Iterator[Event]:
    yield _event("order_placed", order.at, life, order, {})
    if order.coupon:
        yield _event("coupon_used", order.at, life, order, {"amount": order.coupon})
    steps = (
        ("order_paid", order.paid_at),
        ("order_cancelled", order.cancelled_at),
        ("order_delivered", order.delivered_at),
    )
    for kind, at in steps:
        if at is not None:
            yield _event(kind, at, life, order, {})
    if order.refund:
        yield from _refund_events(order, order.refund, life)


def _refund_events(order: Order, refund: Refund, life: Life) -> Iterator[Event]:
    asked = {"reason": refund.reason, "type": refund.kind}
    yield _event("refund_requested", refund.requested_at, life, order, asked, refund.amount)
    kind = "refund_completed" if refund.granted else "refund_rejected"
    yield _event(kind, refund.decided_at, life, order, {}, refund.amount)


def _event(
    kind: str, at: float, life: Life, order: Order | None, extra: Record,
    amount: float | None = None,
) -> Event:  # fmt: skip
    record: Record = {"buyer_id": life.buyer_id, "kind": kind}
    if order is not None:
        record["merchant_id"] = order.item.merchant.id
        record["order_id"] = order.id
        record["category"] = order.item.merchant.trade.category
        record["amount"] = order.paid if amount is None else amount
    record["data"] = extra
    return at, kind, record
