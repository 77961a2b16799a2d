"""Folds a buyer's events into the states of the orders, whatever the order of arrival.

    distinct events --known by as_of--> --after the last appeal--> by order --> OrderState ...

Times that contradict each other make the fact unknown, and what is unknown is never suspicious.
Events without order are held together by shop, so that a reversal without order still finds them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nlp_service.risk.events import Coupon, RefundTerms, ReviewMark, RiskEvent

# An upheld appeal clears everything but these: they say that there was an order, and no more.
_NEUTRAL = frozenset({"order_placed", "order_paid", "order_delivered", "coupon_used"})
_OUTCOMES = {"refund_completed": "completed", "refund_rejected": "rejected"}


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund request and its last outcome: completed, rejected, or None while unanswered."""

    at: datetime
    terms: RefundTerms
    outcome: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderState:
    """What is known of one order. `order_id` is None for what came without one.

    `upheld_at` and `dismissed_at` are of the buyer's complaint, `malicious_at` and `genuine_at` of
    the buyer's review; of two rulings that contradict each other only the later one is here.
    """

    key: str
    order_id: str | None
    merchant_id: str | None
    category: str | None
    placed_at: datetime | None
    paid_at: datetime | None
    cancelled_at: datetime | None
    delivered_at: datetime | None
    refunds: tuple[Refund, ...]
    address_changes: tuple[datetime, ...]
    has_coupon: bool
    rating: int | None
    rated_at: datetime | None
    upheld_at: datetime | None
    dismissed_at: datetime | None
    malicious_at: datetime | None
    genuine_at: datetime | None

    @property
    def is_fulfilled(self) -> bool:
        """Paid for or delivered, and not cancelled: an order that rates are counted over."""
        went = self.paid_at or self.delivered_at or self.refunds
        return self.order_id is not None and self.cancelled_at is None and bool(went)

    @property
    def is_cleared(self) -> bool:
        """A ruling says that the buyer was right about this order."""
        return self.upheld_at is not None or self.genuine_at is not None

    @property
    def started_at(self) -> datetime | None:
        """The first that is known of it."""
        known = (self.placed_at, self.paid_at, self.delivered_at, *(r.at for r in self.refunds))
        return min((at for at in known if at is not None), default=None)


@dataclass(frozen=True, slots=True)
class BuyerState:
    """All orders of a buyer as of an instant; `appealed_at` is the last upheld appeal."""

    orders: tuple[OrderState, ...]
    as_of: datetime
    appealed_at: datetime | None = None


def fold(events: Iterable[RiskEvent], *, as_of: datetime) -> BuyerState:
    """State from distinct events of one buyer; later events than `as_of` do not exist yet."""
    known = [event for event in events if event.at <= as_of]
    appeals = [event.at for event in known if event.kind == "appeal_upheld"]
    appealed_at = max(appeals, default=None)
    groups: dict[str, list[RiskEvent]] = defaultdict(list)
    for event in known:
        if appealed_at is None or event.at > appealed_at or event.kind in _NEUTRAL:
            groups[_key(event)].append(event)
    orders = tuple(_order(key, groups[key]) for key in sorted(groups))
    return BuyerState(orders, as_of, appealed_at)


def _key(event: RiskEvent) -> str:
    if event.order_id is not None:
        return f"order:{event.order_id}"
    return f"shop:{event.merchant_id or ''}"


def _order(key: str, events: Sequence[RiskEvent]) -> OrderState:
    times = _times_by_kind(events)
    placed = min(times["order_placed"], default=None)
    paid = _first_from(placed, times["order_paid"])
    delivered = _first_from(placed, times["order_delivered"])
    cancelled = _first_from(placed, times["order_cancelled"])
    if cancelled and delivered:
        cancelled = None  # one of both is wrong, and only the cancellation could harm the buyer
    if cancelled and paid and paid > cancelled:
        paid = None
    upheld, dismissed = _later(times["complaint_upheld"], times["complaint_dismissed"])
    genuine, malicious = _later(
        times["review_confirmed_genuine"], times["review_confirmed_malicious"]
    )
    rating, rated_at = _last_rating(events)
    return OrderState(
        key=key,
        order_id=events[0].order_id,
        merchant_id=_first_known(event.merchant_id for event in events),
        category=_first_known(event.category for event in events),
        placed_at=placed,
        paid_at=paid,
        cancelled_at=cancelled,
        delivered_at=delivered,
        refunds=_refunds(events, placed),
        address_changes=tuple(times["address_changed"]),
        has_coupon=any(isinstance(e.data, Coupon) and e.data.amount != 0 for e in events),
        rating=rating,
        rated_at=rated_at,
        upheld_at=upheld,
        dismissed_at=dismissed,
        malicious_at=malicious,
        genuine_at=genuine,
    )


def _times_by_kind(events: Sequence[RiskEvent]) -> defaultdict[str, list[datetime]]:
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    for event in events:
        times[event.kind].append(event.at)
    return times


def _first_from(start: datetime | None, times: Sequence[datetime]) -> datetime | None:
    """The first that does not come before the order was placed."""
    return min((at for at in times if start is None or at >= start), default=None)


def _later(
    good: Sequence[datetime], bad: Sequence[datetime]
) -> tuple[datetime | None, datetime | None]:
    """The later of two rulings that contradict each other; at the same instant the good one."""
    for_buyer, against = max(good, default=None), max(bad, default=None)
    if for_buyer is None or against is None:
        return for_buyer, against
    return (for_buyer, None) if for_buyer >= against else (None, against)


def _first_known(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)


def _last_rating(events: Sequence[RiskEvent]) -> tuple[int | None, datetime | None]:
    rated = [(e.data.rating, e.at) for e in events if isinstance(e.data, ReviewMark)]
    return next(((r, at) for r, at in reversed(rated) if r is not None), (None, None))


def _refunds(events: Sequence[RiskEvent], placed: datetime | None) -> tuple[Refund, ...]:
    """Requests with their outcomes; what happened before the order was placed did not happen."""
    refunds = [
        Refund(event.at, event.data)
        for event in events
        if isinstance(event.data, RefundTerms) and (placed is None or event.at >= placed)
    ]
    for event in events:
        if event.kind in _OUTCOMES and (place := _asked(refunds, event.at)) is not None:
            asked = refunds[place]
            refunds[place] = Refund(asked.at, asked.terms, _OUTCOMES[event.kind], event.at)
    return tuple(refunds)


def _asked(refunds: Sequence[Refund], at: datetime) -> int | None:
    """Which request an outcome answers: the last open one before it, else the last one."""
    before = [place for place, refund in enumerate(refunds) if refund.at <= at]
    still_open = [place for place in before if refunds[place].outcome is None]
    return max(still_open or before, default=None)
