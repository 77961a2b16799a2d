"""What a decision means: which decisions there are, and what they say of a buyer.

    review malicious | genuine -> review_confirmed_malicious | review_confirmed_genuine
    risk_appeal upheld         -> appeal_upheld
    anything else              -> nothing

A report that was dismissed says nothing against who reported. The event stands exactly as long as
the decision: undoing or appealing the decision takes it back.
"""

from datetime import datetime

from nlp_service.contract.moderation import DECISIONS
from nlp_service.errors import ClientError
from nlp_service.moderation.items import REVIEW, RISK_APPEAL
from nlp_service.risk.events import RiskEvent
from nlp_service.storage.queue_values import QueueEntry

_KINDS = {
    (REVIEW, "malicious"): "review_confirmed_malicious",
    (REVIEW, "genuine"): "review_confirmed_genuine",
    (RISK_APPEAL, "upheld"): "appeal_upheld",
}


def require_decision(kind: str, decision: str) -> None:
    """Raise ClientError where items of the kind are not decided so."""
    if decision not in DECISIONS[kind]:
        choices = ", ".join(DECISIONS[kind])
        raise ClientError(f"decision: a {kind} is decided as {choices}; send one", field="decision")


def ruling_id(item_key: str) -> str:
    """The id of the one event that an item's standing decision may have."""
    return f"queue:{item_key}"


def ruling(entry: QueueEntry, decision: str, now: datetime) -> RiskEvent | None:
    """What the decision says of the buyer; None where it says nothing, or of nobody known."""
    kind = _KINDS.get((entry.kind, decision))
    if kind is None or entry.buyer_id is None:
        return None
    review = (entry.body or {}).get("review", {})
    return RiskEvent(
        ruling_id(entry.item_key),
        entry.buyer_id,
        kind,
        now,
        merchant_id=review.get("merchant_id"),
        order_id=review.get("order", {}).get("order_id"),
        category=review.get("category"),
    )
