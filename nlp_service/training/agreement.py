"""The policy applied to an author's own facts: held against the verdict, or as the verdict.

A disagreement is a slip of the author, a gap in the policy, or a bug of the engine; each is worth
reading. No model takes part.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlp_service.chat.checker import ChatChecker
from nlp_service.chat.reader import (
    BuyerReading,
    MerchantReading,
    TalkReading,
    TurnReading,
    own_numbers,
)
from nlp_service.domain import Act, ChatContext, Role, Span, Turn
from nlp_service.errors import StorageError
from nlp_service.policy.engine import judge
from nlp_service.policy.schema import PolicyData
from nlp_service.recognizers import recognize
from nlp_service.text.normalize import normalize
from nlp_service.training.chat_corpus import BY_POLICY, Record, buyer_labels, full_attribute
from nlp_service.training.chat_report import to_message


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Codes with actions, the author's and the policy's."""

    record: Record
    author: tuple[str, ...]
    policy: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnnotatedReader:
    """Reads the turns of a record's talk off its annotation."""

    record: Record
    label: str = "annotation"

    def read(self, text: str, context: ChatContext) -> TalkReading:
        """Marked facts of the message, tags and facts of the turns before it, all certain."""
        told = self.record.context.get("history", ())[-len(context.history) :]
        turns = tuple(map(_turn, context.history, told))
        normalized = normalize(text)
        entities = recognize(normalized, own_numbers=own_numbers(context))
        acts = tuple(_act(*fact) for fact in self.record.facts)
        purposes = dict.fromkeys(self.record.purposes, 1.0)
        return TalkReading(MerchantReading(normalized, entities, acts, purposes), turns)


def _turn(turn: Turn, told: dict[str, Any]) -> TurnReading:
    normalized = normalize(turn.text)
    if turn.role == Role.BUYER:
        tags = buyer_labels(told.get("tags", ()))
        return BuyerReading(tags, normalized.text, recognize(normalized))
    if turn.role == Role.SYSTEM:
        return None
    acts = tuple(_act(fact["fact"], *fact["span"]) for fact in told.get("facts", ()))
    return MerchantReading(normalized, recognize(normalized), acts, {})


def disagreements(records: Sequence[Record], policy: PolicyData) -> Iterator[Disagreement]:
    """Records whose author and policy differ in a code or an action.

    A verdict that was left to the policy is nobody's opinion and is passed over.
    """
    records = [record for record in records if BY_POLICY not in record.kinds]
    for record, found in zip(records, _verdicts(records, policy), strict=True):
        given = tuple(sorted(_with_action(label, policy) for label in record.labels))
        if given != found:
            yield Disagreement(record, given, found)


def judged(records: Iterable[Record], policy: PolicyData) -> list[Record]:
    """The records with what the policy says of their marked facts as their verdict.

    An action stands beside a code only where it is not the code's own.
    """
    known = list(records)
    return [
        replace(record, labels=tuple(_where_other(label, policy) for label in found))
        for record, found in zip(known, _verdicts(known, policy), strict=True)
    ]


def _verdicts(records: Sequence[Record], policy: PolicyData) -> Iterator[tuple[str, ...]]:
    """Codes with actions by the policy, sorted, for each record."""
    checker: ChatChecker | None = None
    for record in records:
        reader = AnnotatedReader(record)
        checker = checker.reading_by(reader) if checker else ChatChecker(reader, policy)
        labels = judge(policy, checker.facts(to_message(record))).labels
        yield tuple(sorted(f"{label.code}:{label.action}" for label in labels))


def _where_other(label: str, policy: PolicyData) -> str:
    code, _, action = label.partition(":")
    return code if action == policy.labels[code].action else label


def _act(fact: str, start: int, end: int) -> Act:
    head, _, attribute = fact.partition(":")
    return Act(head, full_attribute(attribute) or None, 1.0, (Span(start, end),))


def _with_action(label: str, policy: PolicyData) -> str:
    code, _, action = label.partition(":")
    return f"{code}:{action or policy.labels[code].action}"


def family_kappas(records: Sequence[Record], second: Path) -> dict[str, float]:
    """Cohen's kappa by family between authors and a second annotation, and `same`, the share of
    messages with the same labels.

    `second` has one `id<TAB>codes` a line, `allow` for none; raises StorageError on an unknown id.
    """
    from sklearn.metrics import cohen_kappa_score

    by_id = {record.id: _codes(record.labels) for record in records}
    pairs = [_both(line, by_id) for line in second.read_text(encoding="utf-8").splitlines()]
    families = sorted({code.partition(".")[0] for one, two in pairs for code in one | two})
    kappas = {
        family: float(
            cohen_kappa_score(
                [any(code.startswith(f"{family}.") for code in one) for one, _ in pairs],
                [any(code.startswith(f"{family}.") for code in two) for _, two in pairs],
            )
        )
        for family in families
    }
    return {"same": sum(one == two for one, two in pairs) / len(pairs), **kappas}


def _both(line: str, by_id: dict[str, frozenset[str]]) -> tuple[frozenset[str], frozenset[str]]:
    record_id, _, codes = line.partition("\t")
    if record_id not in by_id:
        raise StorageError(f"second annotation names {record_id}, which the corpus does not have")
    return by_id[record_id], _codes(codes.split())


def _codes(labels: Sequence[str]) -> frozenset[str]:
    return frozenset(label.partition(":")[0] for label in labels) - {"allow"}
