"""What happened to a buyer's orders, as frozen values; the order of arrival means nothing.

    events, late, twice, shuffled --distinct--> one event an id, sorted by (instant, event_id)

Places and free reasons stay out of `repr`. A place is carried for the record and never weighed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nlp_service.errors import ClientError, ConflictError

KINDS = (
    "order_placed",
    "order_paid",
    "order_cancelled",
    "order_delivered",
    "refund_requested",
    "refund_completed",
    "refund_rejected",
    "address_changed",
    "coupon_used",
    "review_posted",
    "review_confirmed_malicious",
    "review_confirmed_genuine",
    "complaint_upheld",
    "complaint_dismissed",
    "appeal_upheld",
)


@dataclass(frozen=True, slots=True)
class RefundTerms:
    """What a refund request asks for: return_refund, refund_only or exchange, and why."""

    type: str | None = None
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order now goes."""

    province: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Coupon:
    """What a coupon took off the price, in yuan."""

    amount: float | None = None


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """1 to 5 stars, and the suspicion in [0, 1] of a model, which is never weighed here."""

    rating: int | None = None
    suspicion: float | None = None


EventData = RefundTerms | Place | Coupon | ReviewMark
DATA_TYPES: Mapping[str, type[EventData]] = {
    "refund_requested": RefundTerms,
    "address_changed": Place,
    "coupon_used": Coupon,
    "review_posted": ReviewMark,
}


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """One event of one buyer; `at` is kept in UTC, `amount` is in yuan.

    Raises ClientError for an unknown kind, a time without offset and data of another kind.
    """

    event_id: str
    buyer_id: str
    kind: str
    at: datetime
    merchant_id: str | None = None
    order_id: str | None = None
    category: str | None = None
    amount: float | None = None
    data: EventData | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ClientError("kind: unknown code; use one of the contract", field="kind")
        object.__setattr__(self, "at", in_utc(self.at, field="at"))
        wanted = DATA_TYPES.get(self.kind)
        if self.data is not None and type(self.data) is not wanted:
            raise ClientError("data: belongs to another kind of event; leave it out", field="data")
        if self.data is None and wanted is not None:
            # Saying nothing and sending an empty object are the same.
            object.__setattr__(self, "data", wanted())


def in_utc(at: datetime, *, field: str) -> datetime:
    """The same instant in UTC; raises ClientError for a time without offset."""
    if at.utcoffset() is None:
        raise ClientError(f"{field}: has no offset; add one, e.g. +08:00", field=field)
    return at.astimezone(UTC)


def event_of(fields: Mapping[str, Any]) -> RiskEvent:
    """An event from the checked fields of a request; `data` is a mapping or missing."""
    data, wanted = fields.get("data"), DATA_TYPES.get(fields["kind"])
    if not data or wanted is None:
        return RiskEvent(**{**fields, "data": None})
    return RiskEvent(**{**fields, "data": wanted(**data)})


def distinct(events: Iterable[RiskEvent]) -> list[RiskEvent]:
    """One event an id, oldest first; raises ConflictError naming the place of a second content."""
    kept: dict[str, RiskEvent] = {}
    for place, event in enumerate(events):
        if kept.setdefault(event.event_id, event) != event:
            raise conflict(f"events[{place}].event_id")
    return sorted(kept.values(), key=lambda event: (event.at, event.event_id))


def conflict(field: str) -> ConflictError:
    """Two contents under one id; neither is told."""
    remedy = "was sent before with other content; give every event an id of its own"
    return ConflictError(f"{field}: {remedy}", field=field)
