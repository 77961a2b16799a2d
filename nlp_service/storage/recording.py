"""Turns answers into rows of the store: keyed hashes, facts and codes, no texts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from nlp_service.domain import Message, Review, ReviewScore, Verdict
from nlp_service.storage.keys import message_key
from nlp_service.storage.repositories import ChatFact, StoredScore


class FactsLike(Protocol):
    """What was stated about a message, free of personal data."""

    def to_json(self) -> Mapping[str, Any]:
        """Plain values for storage."""
        ...


def chat_fact(message: Message, verdict: Verdict, facts: FactsLike, secret: bytes) -> ChatFact:
    """The row of one checked message; its time is `sent_at`, or now where it is missing."""
    context = message.context
    return ChatFact(
        message_key=message_key(secret, context.merchant_id, context.conversation_id, message.id),
        at=context.sent_at or datetime.now(UTC),
        policy=verdict.policy,
        model=verdict.model,
        action=verdict.action.value,
        codes=[label.code for label in verdict.labels],
        facts=facts.to_json(),
    )


def stored_score(review: Review, score: ReviewScore, secret: bytes) -> StoredScore:
    """The row of one scored review; its time is `posted_at`, or now where it is missing."""
    return StoredScore(
        review_key=message_key(secret, review.merchant_id, review.id),
        at=review.posted_at or datetime.now(UTC),
        policy=score.policy,
        model=score.model,
        sentiment=score.sentiment.label,
        severity=score.severity.level,
        suspicion=round(float(score.suspicion.score), 4),
        level=score.suspicion.level,
        signals={s.code: round(float(s.weight), 4) for s in score.suspicion.signals},
    )
