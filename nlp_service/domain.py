"""Frozen values that every room shares: what was sent, what was found, what was decided.

Offsets are half-open code-point offsets into the text as it was sent. A `score` lies in [0, 1];
what is missing is `None`, never -1. Raw values of personal data live only inside one request:
`Entity.value` is left out of `repr` and of every answer.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open stretch of code points of the raw text."""

    start: int
    end: int


class Action(StrEnum):
    """What happens to the message, mildest first."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        """0 for allow, 1 for warn, 2 for block."""
        return _ACTION_RANK[self.value]


_ACTION_RANK = {"allow": 0, "warn": 1, "block": 2}


class Severity(StrEnum):
    """How bad a label is, mildest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Role(StrEnum):
    """Who wrote a turn."""

    BUYER = "buyer"
    MERCHANT = "merchant"
    BOT = "bot"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Role
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """The order a conversation is about."""

    order_id: str | None = None
    flags: frozenset[str] = frozenset()
    tracking_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuppliedFacts:
    """Checkable facts that the caller vouches for."""

    stock: int | None = None
    campaign_ends_at: datetime | None = None
    lowest_price_days: int | None = None


@dataclass(frozen=True, slots=True)
class ChatContext:
    """All that is known around a message; every part may be missing."""

    merchant_id: str | None = None
    buyer_id: str | None = None
    conversation_id: str | None = None
    sent_at: datetime | None = None
    channel: str = "im"
    stage: str | None = None
    category: str | None = None
    item_title: str | None = None
    order: Order = Order()
    facts: SuppliedFacts = SuppliedFacts()
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """The merchant's next message to a buyer."""

    id: str
    text: str = field(repr=False)
    context: ChatContext = ChatContext()


@dataclass(frozen=True, slots=True)
class Entity:
    """A recognised number, account, address or name.

    `value` is the normalised raw value (digits only for numbers); it never leaves the process.
    `verified` says that a checksum, a closed list or a fixed structure confirmed it.
    """

    kind: str
    start: int
    end: int
    masked: str
    verified: bool
    value: str = field(repr=False, compare=False, default="")
    score: float = 1.0

    @property
    def span(self) -> Span:
        """The place in the raw text."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Act:
    """What the message does, as stated by the language layer; `score` is a calibrated prob."""

    act: str
    attribute: str | None
    score: float
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """One violation found in a message."""

    code: str
    name: str
    score: float
    severity: Severity
    action: Action
    spans: tuple[Span, ...]
    reason: str
    basis: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one message."""

    id: str
    action: Action
    labels: tuple[Label, ...]
    acts: tuple[Act, ...]
    entities: tuple[Entity, ...]
    suggestion: str | None
    policy: str
    model: str
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Refund:
    """What became of a refund request."""

    status: str = "none"
    requested_at: datetime | None = None
    reason: str | None = None
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class ReviewOrder:
    """The order under a review."""

    order_id: str | None = None
    ordered_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    refund: Refund | None = None
    paid: float | None = None
    coupon: float | None = None


@dataclass(frozen=True, slots=True)
class BuyerHistory:
    """Counts over the last `window_days` days, this review not included."""

    reviews: int | None = None
    bad_reviews: int | None = None
    orders: int | None = None
    refunds: int | None = None
    window_days: int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """One review with what is known around it."""

    id: str
    text: str = field(repr=False)
    rating: int | None = None
    posted_at: datetime | None = None
    buyer_id: str | None = None
    merchant_id: str | None = None
    item_id: str | None = None
    category: str | None = None
    item_title: str | None = None
    images: int | None = None
    append_of: str | None = None
    order: ReviewOrder | None = None
    history: BuyerHistory | None = None


SENTIMENTS = ("positive", "neutral", "negative")
# What a review may judge, in the order of the contract.
ASPECTS = (
    "quality",
    "material",
    "size_fit",
    "appearance_color",
    "function",
    "effect",
    "taste_freshness",
    "authenticity",
    "description_match",
    "price_value",
    "packaging",
    "logistics",
    "service",
    "aftersales",
    "installation",
    "safety",
)
# Kinds of danger that a review may claim.
HAZARDS = (
    "spoiled_food",
    "electric_shock",
    "fire",
    "battery",
    "injury",
    "allergy",
    "illness",
    "child",
)


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Calibrated probabilities; they add up to 1."""

    label: str
    positive: float
    neutral: float
    negative: float


@dataclass(frozen=True, slots=True)
class AspectOpinion:
    """What a review says of one aspect."""

    aspect: str
    polarity: str
    score: float
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewSeverity:
    """How grave the claim of a review is, malicious or not."""

    level: str
    hazard: str | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of evidence; `weight` in log-odds, negative where it speaks for the buyer.

    `missing` names the input that a signal would have needed; such a signal weighs nothing.
    """

    code: str
    weight: float
    reason: str
    spans: tuple[Span, ...] = ()
    value: float | None = None
    threshold: float | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Calibrated probability that a bad review is not an honest account."""

    score: float
    level: str
    advice: str
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewScore:
    """The answer about one review."""

    id: str
    sentiment: Sentiment
    aspects: tuple[AspectOpinion, ...]
    severity: ReviewSeverity
    suspicion: Suspicion
    policy: str
    model: str
