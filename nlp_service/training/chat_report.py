"""How well verdicts agree with the authors' own: per label, per family, pairs, evasions, calm."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from nlp_service.contract.requests import ChatRequest
from nlp_service.domain import Action, Label, Message, Verdict
from nlp_service.policy.schema import PolicyData
from nlp_service.training.calibration import calibration_error
from nlp_service.training.chat_corpus import Record


class Answer(Protocol):
    """What is counted: a verdict, or a judgement without the suggestion."""

    @property
    def action(self) -> Action:
        """The strongest action of the labels."""

    @property
    def labels(self) -> tuple[Label, ...]:
        """What was found."""


class UnderPolicy(Protocol):
    """Whatever answers under a policy; the author's labels take their actions from it too."""

    @property
    def policy(self) -> PolicyData:
        """Gives labels their default actions."""


class Checker(UnderPolicy, Protocol):
    """Whatever gives a verdict on one message."""

    def check(self, message: Message) -> Verdict:
        """The verdict on one message."""


@dataclass
class Counts:
    """True and false positives and misses; ratios are None without support."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def count(self, *, expected: bool, given: bool) -> None:
        """Count one label of one message."""
        self.tp += expected and given
        self.fp += given and not expected
        self.fn += expected and not given

    def to_json(self) -> dict[str, float | int | None]:
        """Precision, recall, F1 in [0, 1], support in messages."""
        precision = ratio(self.tp, self.tp + self.fp)
        recall = ratio(self.tp, self.tp + self.fn)
        f1 = ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)
        return {"precision": precision, "recall": recall, "f1": f1, "support": self.tp + self.fn}


@dataclass
class Scores:
    """Agreement over a set of messages."""

    labels: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    families: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    micro: Counts = field(default_factory=Counts)
    authors: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    messages: int = 0
    compliant: int = 0
    false_alarms: int = 0
    wrong_blocks: int = 0
    actions_right: int = 0
    evasions: int = 0
    evasions_caught: int = 0
    pairs: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    calibration: list[tuple[float, bool]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Everything that metrics.json holds."""
        whole = [all(sides) for sides in self.pairs.values() if len(sides) > 1]
        return {
            "messages": self.messages,
            "micro": self.micro.to_json(),
            "families": {name: counts.to_json() for name, counts in sorted(self.families.items())},
            "labels": {name: counts.to_json() for name, counts in sorted(self.labels.items())},
            "authors": {name: counts.to_json() for name, counts in sorted(self.authors.items())},
            "action_accuracy": ratio(self.actions_right, self.messages),
            "compliant": self.compliant,
            "false_alarm_share": ratio(self.false_alarms, self.compliant),
            "wrong_block_share": ratio(self.wrong_blocks, self.compliant),
            "evasion_recall": ratio(self.evasions_caught, self.evasions),
            "evasions": self.evasions,
            "pairs": len(whole),
            "pairs_both_right": ratio(sum(whole), len(whole)),
            "expected_calibration_error": calibration_error(self.calibration),
        }

    def summary(self) -> str:
        """A few lines for the terminal."""
        figures = self.to_json()
        names = [
            "messages",
            "action_accuracy",
            "false_alarm_share",
            "wrong_block_share",
            "evasion_recall",
            "pairs",
            "pairs_both_right",
            "expected_calibration_error",
        ]
        rows = [f"{name:28} {figures[name]}" for name in names]
        for name, counts in [("micro", figures["micro"]), *figures["families"].items()]:
            rows.append(f"{name:28} {_row(counts)}")
        rows += [f"{name:28} {_row(counts)}" for name, counts in figures["labels"].items()]
        rows += [f"{name:28} {_row(counts)}" for name, counts in figures["authors"].items()]
        return "\n".join(rows)


def to_message(record: Record) -> Message:
    """The record as a request would bring it, annotation left out."""
    context = dict(record.context)
    history = [
        {key: value for key, value in turn.items() if key not in {"tags", "facts"}}
        for turn in context.pop("history", ())
    ]
    if history:
        context["history"] = history
    request = ChatRequest.model_validate(
        {"id": record.id, "text": record.text, **({"context": context} if context else {})}
    )
    return request.to_message(record.id)


def measure(judged: Iterable[tuple[Record, Checker]]) -> Scores:
    """Check every record and count agreement with the author's verdict."""
    scores = Scores()
    for record, checker in judged:
        add(scores, record, checker.check(to_message(record)), checker)
    return scores


def add(scores: Scores, record: Record, verdict: Answer, checker: UnderPolicy) -> None:
    """Count one verdict."""
    gold = expected_codes(record)
    found = {label.code: label.score for label in verdict.labels}
    for code in gold | found.keys():
        for counts in (
            scores.labels[code],
            scores.families[code.partition(".")[0]],
            scores.micro,
            scores.authors[record.author],
        ):
            counts.count(expected=code in gold, given=code in found)
    scores.calibration += [(score, code in gold) for code, score in found.items()]
    gold_action = expected_action(record, checker.policy)
    scores.messages += 1
    scores.actions_right += gold_action == verdict.action
    if not gold:
        scores.compliant += 1
        scores.false_alarms += verdict.action != Action.ALLOW
        scores.wrong_blocks += verdict.action == Action.BLOCK
    elif "evasion" in record.kinds:
        scores.evasions += 1
        scores.evasions_caught += bool(gold & found.keys())
    for kind in record.kinds:
        if kind.startswith("pair="):
            scores.pairs[pair_id(record, kind)].append(gold == found.keys())


def pair_id(record: Record, kind: str) -> str:
    """`author:pair`, the side letter at the end taken off."""
    return f"{record.author}:{kind.removeprefix('pair=').rstrip('abcd')}"


def _row(counts: Mapping[str, Any]) -> str:
    return "  ".join(f"{key[0].upper()} {value}" for key, value in counts.items())


def expected_codes(record: Record) -> frozenset[str]:
    """The author's labels without their actions."""
    return frozenset(label.partition(":")[0] for label in record.labels)


def expected_action(record: Record, policy: PolicyData) -> Action:
    """The author's action: the strongest of the labels, the policy's where none is written."""
    actions = []
    for label in record.labels:
        code, _, given = label.partition(":")
        actions.append(Action(given) if given else policy.labels[code].action)
    return max(actions, key=lambda action: action.rank, default=Action.ALLOW)


def ratio(part: int, whole: int) -> float | None:
    """Four places; None where there is nothing to divide by."""
    return round(part / whole, 4) if whole else None
