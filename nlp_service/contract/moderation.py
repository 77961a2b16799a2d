"""The published contract of moderation: reports of buyers in, items of the queue out.

    JSON -> parsing.validate -> ReportRequest, ClaimRequest, DecideRequest … -> moderation.desk
    storage.queue_values.QueueEntry -> moderation.cases -> ItemAnswer -> JSON

Moderators are named by ids that the caller vouches for; only keyed hashes of them are kept.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from nlp_service.contract.answers import SpanPair
from nlp_service.contract.requests import ChatRequest, Id, Title

ItemKind = Literal["review", "chat_report", "risk_appeal"]
ItemState = Literal["open", "claimed", "decided", "appealed"]
Listed = Literal["waiting", "claimed", "decided"]
Decision = Literal["genuine", "malicious", "unclear", "upheld", "dismissed"]

# What a person may decide. A review: is it an honest account? The others: is the complaint right?
DECISIONS: Mapping[str, tuple[str, ...]] = {
    "review": ("genuine", "malicious", "unclear"),
    "chat_report": ("upheld", "dismissed"),
    "risk_appeal": ("upheld", "dismissed"),
}


def _says_why(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("contract_blank", "is empty; say why, for whoever reads it later")
    return text


Reason = Annotated[Title, AfterValidator(_says_why)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReportRequest(_Request):
    """A buyer complains about a merchant's message; the ids of both make it idempotent.

    `message` is the body of the chat check, with as much of the talk as a person needs to judge.
    """

    report_id: Id
    buyer_id: Id
    reason: Reason
    message: ChatRequest

    @model_validator(mode="after")
    def _comes_from_the_talk(self) -> Self:
        context = self.message.context
        if context and context.buyer_id not in (None, self.buyer_id):
            words = "is not the buyer of message.context; mend one"
            problem = PydanticCustomError("contract_reporter", words)
            where = InitErrorDetails(type=problem, loc=("buyer_id",), input=None)
            raise ValidationError.from_exception_data("report", [where])
        return self


class ClaimRequest(_Request):
    """Who takes an item, gives it back, or takes the own decision back."""

    moderator: Id


class ClaimNextRequest(_Request):
    """Who takes the most urgent item, of one kind or of any."""

    moderator: Id
    kind: ItemKind | None = None


class DecideRequest(_Request):
    """What is decided and why; which decisions there are depends on the kind of the item."""

    moderator: Id
    decision: Decision
    reason: Reason


class ItemAppealRequest(_Request):
    """Who asks for a second look at a decision, and why."""

    by: Id
    reason: Reason


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReportAnswer(_Answer):
    """A report waits for a moderator; `new` is false where it was there already."""

    report_id: str
    item: str
    new: bool


class EvidenceAnswer(_Answer):
    """One piece of evidence; `spans` are half-open code points of `text` of the item.

    `weight`: log-odds of a review's signal, probability of a message's label, points of a
    profile's signal; null for what protects a buyer.
    """

    code: str
    weight: float | None
    reason: str
    spans: list[SpanPair]


class EvidenceSides(_Answer):
    """What speaks against whoever is judged, and what in their favour."""

    against: list[EvidenceAnswer]
    in_favour: list[EvidenceAnswer]


class StepAnswer(_Answer):
    """One entry of the decision log about an item; `actor` is a keyed hash."""

    sequence: int
    at: datetime
    kind: str
    actor: str
    decision: str | None


class ItemSummary(_Answer):
    """One line of the queue; `item` names it in addresses, `excerpt` is null once purged."""

    item: str
    kind: ItemKind
    state: ItemState
    hazard: bool
    suspicion: Annotated[float, Field(ge=0, le=1)]
    harm: Annotated[float, Field(ge=0, le=1)]
    created_at: datetime
    version: int
    claim_expires_at: datetime | None
    decision: str | None
    appealed_decision: str | None
    excerpt: str | None


class QueueAnswer(_Answer):
    """Items, the most urgent first; decided ones by the time of their decision, latest first."""

    items: list[ItemSummary]


class ItemAnswer(ItemSummary):
    """All that a person needs to decide; texts are null once retention has run.

    `content` of a review is `{"review", "score"}`, of a reported message
    `{"message", "reason", "verdict"}`, of an appeal against a profile `{"reason", "profile"}`.
    `reason` is the moderator's, `appeal` the appellant's, `appealed_reason` that of the decision
    appealed.
    """

    text: str | None
    evidence: EvidenceSides
    content: dict[str, Any] | None
    decisions: list[str]
    reason: str | None
    appeal: str | None
    appealed_reason: str | None
    decided_at: datetime | None
    history: list[StepAnswer]
