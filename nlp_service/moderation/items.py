"""What enters the queue, and how urgent it is.

    review + score      -- advice calls for a person --> QueueItem "review"
    report (+ verdict)  --------------------------------> QueueItem "chat_report"
    appeal + profile    --------------------------------> QueueItem "risk_appeal"

Urgency is suspicion x harm x age, hazards before all else (`storage/queue_rows.py`). Age counts
from the arrival here, so that old reviews scored today do not overtake what waits.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python

from nlp_service.contract.answers import ChatAnswer, ReviewAnswer
from nlp_service.contract.moderation import ReportRequest
from nlp_service.contract.risk import ProfileAnswer
from nlp_service.domain import Review, ReviewScore, Severity, Verdict
from nlp_service.storage.queue_values import QueueItem

REVIEW, REPORT, RISK_APPEAL = "review", "chat_report", "risk_appeal"

# Harm in [0, 1] by rank only: four levels, evenly spaced, none of them zero, because a weight of
# zero would keep an item at the end of the queue for ever.
_HARM_OF_SEVERITY = {"none": 0.25, "minor": 0.5, "major": 0.75, "hazard": 1.0}
_HARM_OF_LABEL = {
    Severity.LOW: 0.25,
    Severity.MEDIUM: 0.5,
    Severity.HIGH: 0.75,
    Severity.CRITICAL: 1.0,
}
# Whoever is squeezed or threatened is harmed by the review itself, whatever it claims.
_HARM_OF_SIGNAL = {"text.extortion": 0.75, "text.threat": 1.0}
# A report is evidence by itself: with nothing found, or nothing to find with, the odds are even.
_SUSPICION_OF_A_REPORT = 0.5
_HARM_OF_A_REPORT = 0.5
_DIGEST_CHARS = 16


def calls_for_a_person(score: ReviewScore) -> bool:
    """Whether the advice is to have the review looked at."""
    return score.suspicion.advice != "none"


def review_item(review: Review, score: ReviewScore, *, now: datetime) -> QueueItem:
    """A scored review; the same shop, id and text are the same item, a new text is a new one."""
    return QueueItem(
        item_id(review.merchant_id or "", review.id, _digest(review.text)),
        REVIEW,
        now,
        {"review": _plain(review), "score": ReviewAnswer.of(score).model_dump(mode="json")},
        review.buyer_id,
        is_hazard=score.severity.level == "hazard",
        suspicion=float(score.suspicion.score),
        harm=_harm_of_review(score),
    )


def report_item(report: ReportRequest, verdict: Verdict | None, *, now: datetime) -> QueueItem:
    """A reported message with the verdict on it, or without one where none could be had."""
    labels = verdict.labels if verdict else ()
    body = {
        "message": report.message.model_dump(mode="json", exclude_none=True),
        "reason": report.reason,
        "verdict": ChatAnswer.of(verdict).model_dump(mode="json") if verdict else None,
    }
    return QueueItem(
        item_id(report.buyer_id, report.report_id),
        REPORT,
        now,
        body,
        report.buyer_id,
        suspicion=max([_SUSPICION_OF_A_REPORT, *(float(label.score) for label in labels)]),
        harm=max((_HARM_OF_LABEL[x.severity] for x in labels), default=_HARM_OF_A_REPORT),
    )


def appeal_item(profile: ProfileAnswer, appeal_id: str, reason: str, *, now: datetime) -> QueueItem:
    """An appeal against a profile, the more urgent the worse the profile."""
    return QueueItem(
        item_id(profile.buyer_id, appeal_id),
        RISK_APPEAL,
        now,
        {"reason": reason, "profile": profile.model_dump(mode="json")},
        profile.buyer_id,
        suspicion=profile.score / 100,
        harm=1.0,
    )


def item_id(*parts: str) -> str:
    """One id of several, which no other parts can spell: ids are unique within a shop or buyer."""
    return json.dumps(parts, ensure_ascii=False)


def _harm_of_review(score: ReviewScore) -> float:
    signals = (s.code for s in score.suspicion.signals if s.weight > 0)
    graver = [_HARM_OF_SIGNAL.get(code, 0.0) for code in signals]
    return max([_HARM_OF_SEVERITY[score.severity.level], *graver])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARS]


def _plain(review: Review) -> Mapping[str, Any]:
    """The review as its caller could have sent it: JSON, and nothing that is missing."""
    plain: Mapping[str, Any] = _known(to_jsonable_python(asdict(review)))
    return plain


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _known(part) for name, part in value.items() if part is not None}
    return value
