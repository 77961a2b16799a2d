"""The published contract: what a caller may send and what it gets back, as pydantic models.

    JSON -> parsing.validate -> *Request -> to_*() -> domain value
    domain value -> *Answer.of() -> JSON

Owns names, limits and codes that callers see. Decides nothing: a request that passes here is
well-formed, not well-meant. Offsets are half-open code points of the text as it was sent.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from nlp_service import domain

Category = Literal[
    "apparel", "shoes_bags", "beauty", "food", "fresh", "maternal_baby", "health", "digital",
    "appliance", "furniture", "sports", "books", "toys", "pets", "virtual", "auto", "jewelry",
    "secondhand", "custom", "other",
]  # fmt: skip
Stage = Literal["presale", "ordered", "shipped", "delivered", "aftersale"]
Channel = Literal["im", "order_note", "sms", "call_transcript", "review_reply"]
RoleCode = Literal["buyer", "merchant", "bot", "system"]
Flag = Literal["cross_border", "real_name", "custom_made"]
RefundStatus = Literal["none", "requested", "completed", "rejected"]

CATEGORIES: tuple[str, ...] = get_args(Category)
STAGES: tuple[str, ...] = get_args(Stage)
CHANNELS: tuple[str, ...] = get_args(Channel)
FLAGS: tuple[str, ...] = get_args(Flag)

MESSAGE_CHARS = 4_000
REVIEW_CHARS = 8_000
BATCH_ITEMS = 256
ID_CHARS = 256
TITLE_CHARS = 2_000
# Counts and amounts beyond this are typing errors and would overflow the arithmetic behind.
LARGEST = 2**31 - 1


def _storable(text: str) -> str:
    """Refuse what is no text: NUL, and halves of characters that UTF-8 cannot carry."""
    if "\x00" in text:
        raise PydanticCustomError("contract_nul", "contains a NUL character; remove it")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise PydanticCustomError("contract_surrogate", _SURROGATE_REMEDY) from None
    return text


_SURROGATE_REMEDY = "contains a lone surrogate; send valid Unicode"


def _speaks(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("contract_blank", "is empty or only whitespace; send the words")
    return text


def _read_time(value: object) -> datetime:
    """ISO 8601 with offset, and nothing else: no epoch numbers, no local times."""
    if not isinstance(value, str):
        raise PydanticCustomError("contract_time", "must be a string in ISO 8601 with offset")
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("contract_time", _TIME_REMEDY) from error
    if at.tzinfo is None:
        raise PydanticCustomError("contract_naive_time", "has no offset; add one, e.g. +08:00")
    return _comparable(at)


_TIME_REMEDY = "is not ISO 8601 with offset; write it like 2026-03-01T10:00:05+08:00"


def _comparable(at: datetime) -> datetime:
    """Refuse the two edge years, where turning into UTC overflows."""
    try:
        at.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("contract_time", "is out of range; send a real date") from error
    return at


# The length stands first: pydantic then counts before our own checks look at the text.
Id = Annotated[str, Field(min_length=1, max_length=ID_CHARS), AfterValidator(_storable)]
Title = Annotated[str, Field(max_length=TITLE_CHARS), AfterValidator(_storable)]
TurnText = Annotated[str, Field(max_length=MESSAGE_CHARS), AfterValidator(_storable)]
MessageText = Annotated[TurnText, AfterValidator(_speaks)]
ReviewText = Annotated[
    str, Field(max_length=REVIEW_CHARS), AfterValidator(_storable), AfterValidator(_speaks)
]
Time = Annotated[
    datetime, BeforeValidator(_read_time, json_schema_input_type=str), Field(description="ISO 8601")
]
Count = Annotated[int, Field(ge=0, le=LARGEST)]
Amount = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TurnRequest(_Request):
    """One earlier message. Its text may be empty: a picture is a turn without words."""

    role: RoleCode
    text: TurnText
    at: Time | None = None

    def to_turn(self) -> domain.Turn:
        """The same as a domain value."""
        return domain.Turn(domain.Role(self.role), self.text, self.at)


def _in_order(turns: list[TurnRequest]) -> list[TurnRequest]:
    latest: datetime | None = None
    for place, turn in enumerate(turns):
        if turn.at and latest and turn.at < latest:
            raise PydanticCustomError(
                "contract_order",
                "entry {place} is earlier than an entry before it; sort by at, oldest first",
                {"place": place},
            )
        latest = turn.at or latest
    return turns


class ChatOrderRequest(_Request):
    """The order that a conversation is about."""

    order_id: Id | None = None
    flags: list[Flag] | None = None
    tracking_numbers: list[Id] | None = None

    def to_order(self) -> domain.Order:
        """The same as a domain value."""
        numbers = tuple(self.tracking_numbers or ())
        return domain.Order(self.order_id, frozenset(self.flags or ()), numbers)


class FactsRequest(_Request):
    """Checkable facts that the caller vouches for."""

    stock: Count | None = None
    campaign_ends_at: Time | None = None
    lowest_price_days: Count | None = None

    def to_facts(self) -> domain.SuppliedFacts:
        """The same as a domain value."""
        return domain.SuppliedFacts(self.stock, self.campaign_ends_at, self.lowest_price_days)


class ContextRequest(_Request):
    """All that is known around a message."""

    merchant_id: Id | None = None
    buyer_id: Id | None = None
    conversation_id: Id | None = None
    sent_at: Time | None = None
    channel: Channel | None = None
    stage: Stage | None = None
    category: Category | None = None
    item_title: Title | None = None
    order: ChatOrderRequest | None = None
    facts: FactsRequest | None = None
    history: Annotated[list[TurnRequest], AfterValidator(_in_order)] | None = None

    def to_context(self) -> domain.ChatContext:
        """The same as a domain value."""
        return domain.ChatContext(
            merchant_id=self.merchant_id,
            buyer_id=self.buyer_id,
            conversation_id=self.conversation_id,
            sent_at=self.sent_at,
            channel=self.channel or "im",
            stage=self.stage,
            category=self.category,
            item_title=self.item_title,
            order=self.order.to_order() if self.order else domain.Order(),
            facts=self.facts.to_facts() if self.facts else domain.SuppliedFacts(),
            history=tuple(turn.to_turn() for turn in self.history or ()),
        )


class ChatRequest(_Request):
    """The merchant's next message; only `text` is required."""

    id: Id | None = None
    text: MessageText
    context: ContextRequest | None = None

    def to_message(self, made_up_id: str) -> domain.Message:
        """The same as a domain value; `made_up_id` is used when the caller sent none."""
        context = self.context.to_context() if self.context else domain.ChatContext()
        return domain.Message(self.id or made_up_id, self.text, context)


class RefundRequest(_Request):
    """What became of a refund request."""

    status: RefundStatus | None = None
    requested_at: Time | None = None
    reason: Title | None = None
    amount: Amount | None = None

    def to_refund(self) -> domain.Refund:
        """The same as a domain value."""
        return domain.Refund(self.status or "none", self.requested_at, self.reason, self.amount)


class ReviewOrderRequest(_Request):
    """The order under a review."""

    order_id: Id | None = None
    ordered_at: Time | None = None
    shipped_at: Time | None = None
    delivered_at: Time | None = None
    refund: RefundRequest | None = None
    paid: Amount | None = None
    coupon: Amount | None = None

    def to_order(self) -> domain.ReviewOrder:
        """The same as a domain value."""
        refund = self.refund.to_refund() if self.refund else None
        return domain.ReviewOrder(**{**dict(self), "refund": refund})


class HistoryRequest(_Request):
    """Counts over the last `window_days` days, this review not included."""

    reviews: Count | None = None
    bad_reviews: Count | None = None
    orders: Count | None = None
    refunds: Count | None = None
    window_days: Annotated[int, Field(gt=0, le=LARGEST)] | None = None

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        if self.reviews is not None and (self.bad_reviews or 0) > self.reviews:
            raise PydanticCustomError("contract_counts", "bad_reviews exceeds reviews; mend one")
        return self

    def to_history(self) -> domain.BuyerHistory:
        """The same as a domain value."""
        return domain.BuyerHistory(**dict(self))


class ReviewRequest(_Request):
    """One review; only `id` and `text` are required."""

    id: Id
    text: ReviewText
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    posted_at: Time | None = None
    buyer_id: Id | None = None
    merchant_id: Id | None = None
    item_id: Id | None = None
    category: Category | None = None
    item_title: Title | None = None
    images: Count | None = None
    append_of: Id | None = None
    order: ReviewOrderRequest | None = None
    history: HistoryRequest | None = None

    def to_review(self) -> domain.Review:
        """The same as a domain value."""
        order = self.order.to_order() if self.order else None
        history = self.history.to_history() if self.history else None
        return domain.Review(**{**dict(self), "order": order, "history": history})
