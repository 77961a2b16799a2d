"""How well verdicts agree with the authors' own: per label, per family, pairs, evasions, calm."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp_service.chat.checker import ChatChecker
from nlp_service.contract.requests import ChatRequest
from nlp_service.domain import Action, Message, Verdict
from nlp_service.training.chat_corpus import Record


@dataclass
class Counts:
    """True and false positives and misses; ratios are None without support."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def to_json(self) -> dict[str, float | int | None]:
        """Precision, recall, F1 in [0, 1], support in messages."""
        precision = _ratio(self.tp, self.tp + self.fp)
        recall = _ratio(self.tp, self.tp + self.fn)
        f1 = _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)
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
            "how": "each author judged by a model that never saw that author",
            "messages": self.messages,
            "micro": self.micro.to_json(),
            "families": {name: counts.to_json() for name, counts in sorted(self.families.items())},
            "labels": {name: counts.to_json() for name, counts in sorted(self.labels.items())},
            "authors": {name: counts.to_json() for name, counts in sorted(self.authors.items())},
            "action_accuracy": _ratio(self.actions_right, self.messages),
            "compliant": self.compliant,
            "false_alarm_share": _ratio(self.false_alarms, self.compliant),
            "wrong_block_share": _ratio(self.wrong_blocks, self.compliant),
            "evasion_recall": _ratio(self.evasions_caught, self.evasions),
            "evasions": self.evasions,
            "pairs": len(whole),
            "pairs_both_right": _ratio(sum(whole), len(whole)),
            "expected_calibration_error": expected_calibration_error(self.calibration),
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


def measure(judged: Iterable[tuple[Record, ChatChecker]]) -> Scores:
    """Check every record and count agreement with the author's verdict."""
    scores = Scores()
    for record, checker in judged:
        add(scores, record, checker.check(to_message(record)), checker)
    return scores


def add(scores: Scores, record: Record, verdict: Verdict, checker: ChatChecker) -> None:
    """Count one verdict."""
    gold = {label.partition(":")[0] for label in record.labels}
    found = {label.code: label.score for label in verdict.labels}
    for code in gold | found.keys():
        for counts in (
            scores.labels[code],
            scores.families[code.partition(".")[0]],
            scores.micro,
            scores.authors[record.author],
        ):
            _count(counts, expected=code in gold, given=code in found)
    scores.calibration += [(score, code in gold) for code, score in found.items()]
    gold_action = _gold_action(record.labels, checker)
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


def expected_calibration_error(
    scored: Sequence[tuple[float, bool]], bins: int = 10
) -> float | None:
    """Mean gap between stated and observed precision over equal-width bins (Guo et al. 2017)."""
    if not scored:
        return None
    gaps = 0.0
    for low in range(bins):
        inside = [(s, t) for s, t in scored if low / bins < s <= (low + 1) / bins]
        if inside:
            stated = sum(s for s, _ in inside) / len(inside)
            true = sum(t for _, t in inside) / len(inside)
            gaps += abs(stated - true) * len(inside)
    return round(gaps / len(scored), 4)


def write_card(path: Path, records: Sequence[Record], scores: Scores, *, weak: int) -> None:
    """The model card: data, voices, figures, limits."""
    shares = Counter(record.author for record in records)
    rows = "\n".join(f"- {author}: {count} messages" for author, count in sorted(shares.items()))
    figures = scores.to_json()
    path.write_text(_CARD.format(rows=rows, weak=weak, **_flat(figures)), encoding="utf-8")


_CARD = """# chat-guard 1

Linear models over hashed character n-grams: acts of a merchant's message (by clause), purposes of
asking, tags of buyer turns. They state facts; labels come from the policy.

## Data
Messages written for this project (corpora/chat), one voice a file:
{rows}

Weak negatives: {weak} real agent turns of public customer-service data (JDDC samples, NTCIR-STC3),
the half chosen by a digest; the other half is only measured on.

## Figures
Each author judged by a model that never saw that author (metrics.json has all):
micro-F1 {micro_f1}, false alarms on compliant messages {false_alarm_share},
wrong blocks {wrong_block_share}, evasions caught {evasion_recall},
context pairs both right {pairs_both_right}, expected calibration error
{expected_calibration_error}.

## Limits
The messages are written, not collected: real violations are rarer and more varied. Rare attributes
(religion, school, family details) rest on few examples. Word order beyond four characters and
meaning without familiar words are out of reach of n-grams.
"""


def _flat(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {**figures, "micro_f1": figures["micro"]["f1"]}


def _row(counts: Mapping[str, Any]) -> str:
    return "  ".join(f"{key[0].upper()} {value}" for key, value in counts.items())


def _gold_action(labels: Sequence[str], checker: ChatChecker) -> Action:
    actions = []
    for label in labels:
        code, _, given = label.partition(":")
        actions.append(Action(given) if given else checker.policy.labels[code].action)
    return max(actions, key=lambda action: action.rank, default=Action.ALLOW)


def _count(counts: Counts, *, expected: bool, given: bool) -> None:
    counts.tp += expected and given
    counts.fp += given and not expected
    counts.fn += expected and not given


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
