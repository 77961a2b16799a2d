"""The published contract of buyer risk: events as callers send them, profiles as they read them.

JSON -> parsing.validate -> EventRequest -> to_fields() -> risk.events.event_of
risk.profile.Profile -> ProfileAnswer.of() -> JSON
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from nlp_service.contract.requests import Amount, Category, Id, Time, Title

EventKind = Literal[
    "order_placed", "order_paid", "order_cancelled", "order_delivered", "refund_requested",
    "refund_completed", "refund_rejected", "address_changed", "coupon_used", "review_posted",
    "review_confirmed_malicious", "review_confirmed_genuine", "complaint_upheld",
    "complaint_dismissed", "appeal_upheld",
]  # fmt: skip
RefundType = Literal["return_refund", "refund_only", "exchange"]
Tier = Literal["normal", "watch", "caution", "high"]
Advice = Literal["ship", "ship_keep_evidence", "confirm_then_ship", "manual_review"]

# What is said of an order means nothing without the order.
_OF_AN_ORDER = ("order_", "refund_")


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class RefundTermsRequest(_Request):
    """`data` of refund_requested."""

    type: RefundType | None = None
    reason: Title | None = None


class PlaceRequest(_Request):
    """`data` of address_changed; kept, and never weighed."""

    province: Id | None = None
    city: Id | None = None


class CouponRequest(_Request):
    """`data` of coupon_used, in yuan."""

    amount: Amount | None = None


class ReviewMarkRequest(_Request):
    """`data` of review_posted; `suspicion` is accepted and never weighed."""

    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    suspicion: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None


class NoDataRequest(_Request):
    """`data` of all other kinds: nothing, or an empty object."""


EventData = RefundTermsRequest | PlaceRequest | CouponRequest | ReviewMarkRequest | NoDataRequest
_DATA: Mapping[str, type[EventData]] = {
    "refund_requested": RefundTermsRequest,
    "address_changed": PlaceRequest,
    "coupon_used": CouponRequest,
    "review_posted": ReviewMarkRequest,
}


class EventRequest(_Request):
    """One event. Required: event_id, buyer_id, kind, at; order_id where the kind is of an order."""

    event_id: Id
    buyer_id: Id
    kind: EventKind
    at: Time
    merchant_id: Id | None = None
    order_id: Id | None = None
    category: Category | None = None
    amount: Amount | None = None
    data: EventData | None = None

    @field_validator("data", mode="before")
    @classmethod
    def _of_its_kind(cls, value: object, info: ValidationInfo) -> object:
        kind = info.data.get("kind")
        if value is None or kind is None:
            return None
        _refuse_data_of_other_kinds(kind, value)
        return _DATA.get(kind, NoDataRequest).model_validate(value)

    @model_validator(mode="after")
    def _names_its_order(self) -> Self:
        if self.order_id is None and self.kind.startswith(_OF_AN_ORDER):
            raise _at("order_id", "is required for {kind}; send it", kind=self.kind)
        return self

    def to_fields(self) -> dict[str, Any]:
        """The arguments of `risk.events.event_of`."""
        data = self.data.model_dump() if self.data else None
        return {**dict(self), "data": data}


def _refuse_data_of_other_kinds(kind: str, value: object) -> None:
    """A key of another kind is told so, which helps more than "unknown field"."""
    if not isinstance(value, Mapping):
        return
    own = _DATA.get(kind, NoDataRequest).model_fields
    for key in value:
        owners = [name for name, model in _DATA.items() if key in model.model_fields]
        if key not in own and owners:
            remedy = "belongs to {owner}, not to {kind}; remove it or correct kind"
            raise _at(key, remedy, owner=owners[0], kind=kind)


def _at(field: str, remedy: str, **words: str) -> ValidationError:
    """An error that stands at a field below the one being checked."""
    problem = PydanticCustomError("contract_event", remedy, dict(words))
    return ValidationError.from_exception_data(
        "event", [InitErrorDetails(type=problem, loc=(field,), input=None)]
    )


class AppealRequest(_Request):
    """What a buyer, or a person for the buyer, appeals with; the id makes it idempotent."""

    appeal_id: Id
    reason: Title


class AsOfRequest(_Request):
    """The instant that a profile is asked for."""

    as_of: Time


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class RiskSignalAnswer(_Answer):
    """One signal; `value` against the ordinary `baseline`; all points add up to the score."""

    code: str
    value: float
    baseline: float
    points: float
    reason: str


class ProtectionAnswer(_Answer):
    """What speaks for the buyer."""

    code: str
    reason: str


class ProfileAnswer(_Answer):
    """The profile of one buyer; advice, never a refusal."""

    buyer_id: str
    score: Annotated[float, Field(ge=0, le=100)]
    tier: Tier
    advice: Advice
    signals: list[RiskSignalAnswer]
    protections: list[ProtectionAnswer]
    as_of: datetime
    policy: str

    @classmethod
    def of(cls, profile: object) -> "ProfileAnswer":
        """From the value `risk.profile.Profile`, read by the names of its fields."""
        return cls.model_validate(profile)
