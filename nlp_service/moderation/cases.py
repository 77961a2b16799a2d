"""Items as people see them: the text, and the evidence for and against side by side.

QueueEntry + log entries --> ItemAnswer        QueueEntry --> ItemSummary

A claim that ran out is shown as what it counts as: given back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from nlp_service.contract.moderation import (
    DECISIONS,
    EvidenceAnswer,
    EvidenceSides,
    ItemAnswer,
    ItemSummary,
    StepAnswer,
)
from nlp_service.moderation.items import REPORT, REVIEW
from nlp_service.storage.decisions import Decision
from nlp_service.storage.queue_values import QueueEntry, QueueState

# Enough to recognise an item in a list.
_EXCERPT_CHARS = 80


def summary_of(entry: QueueEntry, *, now: datetime) -> ItemSummary:
    """One line of the queue."""
    return ItemSummary.model_validate(_summary(entry, now))


def case_of(entry: QueueEntry, log: Sequence[Decision], *, now: datetime) -> ItemAnswer:
    """The whole item."""
    words = {name: entry.words.get(name) for name in ("reason", "appeal", "appealed_reason")}
    body = None if entry.body is None else dict(entry.body)
    return ItemAnswer.model_validate(
        {
            **_summary(entry, now),
            **words,
            "text": _text(entry),
            "evidence": _evidence(entry.kind, entry.body or {}),
            "content": body,
            "decisions": list(DECISIONS[entry.kind]),
            "decided_at": entry.decided_at,
            "history": [_step(one) for one in log],
        }
    )


def _summary(entry: QueueEntry, now: datetime) -> dict[str, Any]:
    text = _text(entry)
    expires = entry.claim_expires_at
    ran_out = expires is not None and expires <= now
    return {
        "item": entry.item_key,
        "kind": entry.kind,
        "state": _given_back(entry) if ran_out else entry.state.value,
        "hazard": entry.is_hazard,
        "suspicion": round(entry.suspicion, 4),
        "harm": entry.harm,
        "created_at": entry.created_at,
        "version": entry.version,
        "claim_expires_at": None if ran_out else expires,
        "decision": entry.decision,
        "appealed_decision": entry.appealed_decision,
        "excerpt": None if text is None else text[:_EXCERPT_CHARS],
    }


def _given_back(entry: QueueEntry) -> str:
    return (QueueState.OPEN if entry.appealed_by is None else QueueState.APPEALED).value


def _text(entry: QueueEntry) -> str | None:
    """What is judged: the review, the message, or the words of the appeal."""
    if entry.body is None:
        return None
    text: str = {
        REVIEW: lambda body: body["review"]["text"],
        REPORT: lambda body: body["message"]["text"],
    }.get(entry.kind, lambda body: body["reason"])(entry.body)
    return text


def _evidence(kind: str, body: Mapping[str, Any]) -> EvidenceSides:
    if kind == REVIEW:
        found = [
            _piece(s, s["weight"]) for s in body.get("score", _NO_SCORE)["suspicion"]["signals"]
        ]
        against = [one for one in found if (one.weight or 0) > 0]
        return EvidenceSides(against=against, in_favour=[x for x in found if x not in against])
    if kind == REPORT:
        labels = (body.get("verdict") or {}).get("labels", [])
        return EvidenceSides(against=[_piece(x, x["score"]) for x in labels], in_favour=[])
    profile = body.get("profile", {})
    return EvidenceSides(
        against=[_piece(signal, signal["points"]) for signal in profile.get("signals", [])],
        in_favour=[_piece(one, None) for one in profile.get("protections", [])],
    )


_NO_SCORE: Mapping[str, Any] = {"suspicion": {"signals": []}}


def _piece(stored: Mapping[str, Any], weight: float | None) -> EvidenceAnswer:
    return EvidenceAnswer(
        code=stored["code"],
        weight=weight,
        reason=stored["reason"],
        spans=[(start, end) for start, end in stored.get("spans", [])],
    )


def _step(entry: Decision) -> StepAnswer:
    decision = entry.values().get("decision")
    return StepAnswer(
        sequence=entry.sequence,
        at=datetime.fromisoformat(entry.at),
        kind=entry.kind,
        actor=entry.actor_key,
        decision=decision,
    )
