"""What happened in the world, before it is turned into the contract's JSON.

Times are seconds since the world's start (clock.py); money is yuan.
"""

from dataclasses import dataclass, field
from typing import Literal

from nlp_service.training.simulation.catalog import Item
from nlp_service.training.simulation.trades import Flaw

RefundType = Literal["return_refund", "refund_only", "exchange"]


@dataclass(slots=True)
class Refund:
    """A request and its end; `decided_at` is infinite while nobody answers."""

    kind: RefundType
    reason: str
    requested_at: float
    decided_at: float
    granted: bool
    amount: float


@dataclass(slots=True)
class Order:
    """`delivered_at` is the courier's scan, `received_at` the truth; they may differ."""

    id: str
    item: Item
    at: float
    paid: float
    coupon: float
    paid_at: float | None = None
    cancelled_at: float | None = None
    shipped_at: float | None = None
    delivered_at: float | None = None
    received_at: float | None = None
    refund: Refund | None = None
    troubles: list[str] = field(default_factory=list)
    flaw: Flaw | None = None
    from_bad_batch: bool = False


@dataclass(slots=True)
class Posted:
    """A review; `append_of` is the id of the review that it follows."""

    id: str
    order: Order
    at: float
    rating: int
    text: str
    images: int
    population: str
    family: str | None = None
    append_of: str | None = None


@dataclass(slots=True)
class Happening:
    """An event that is neither order nor review: an address, a complaint, a moderator's word."""

    kind: str
    at: float
    order: Order | None = None
    data: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Life:
    """All that one account did."""

    buyer_id: str
    orders: list[Order] = field(default_factory=list)
    reviews: list[Posted] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
