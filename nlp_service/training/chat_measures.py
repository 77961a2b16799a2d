"""What an evaluation of the chat check is made of: outcomes, slices, confusion, reliability.

    Record + answer --Outcome--> slices by trade, stage, author, kind, history
                             \\-> family x family confusion, what fired instead, worst errors

Pure counting; nothing here knows of models, HTML or plots.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from nlp_service.domain import Action
from nlp_service.policy.schema import PolicyData
from nlp_service.training.chat_corpus import Record
from nlp_service.training.chat_report import (
    Answer,
    Counts,
    expected_action,
    expected_codes,
    ratio,
)

ALLOW = "allow"
BESIDE = "beside a right one"
NONE = "(none)"
KINDS = ("evasion", "innocent", "hard", "pair", "dialect", "voice", "typo")
_RESAMPLES = 400  # the ends of a 95 % interval stand to about a tenth of its width
_SHOWN_PER_LABEL = 3  # of the worst errors, so that one label does not fill the list


@dataclass(frozen=True, slots=True)
class Outcome:
    """One message as its author and as one system judge it; `given` maps codes to scores."""

    record: Record
    expected: frozenset[str]
    expected_action: Action
    given: Mapping[str, float]
    action: Action

    @classmethod
    def of(cls, record: Record, answer: Answer, policy: PolicyData) -> "Outcome":
        """Lay the author's labels beside an answer."""
        given = {label.code: label.score for label in answer.labels}
        action = expected_action(record, policy)
        return cls(record, expected_codes(record), action, given, answer.action)

    @property
    def missed(self) -> frozenset[str]:
        """Codes expected and not given."""
        return self.expected - self.given.keys()

    @property
    def wrong(self) -> frozenset[str]:
        """Codes given and not expected."""
        return frozenset(self.given) - self.expected


@dataclass
class Slice:
    """Counts over some of the messages."""

    messages: int = 0
    compliant: int = 0
    false_alarms: int = 0
    wrong_blocks: int = 0
    labels: Counts = field(default_factory=Counts)

    def add(self, outcome: Outcome) -> None:
        """Count one message."""
        self.messages += 1
        if not outcome.expected:
            self.compliant += 1
            self.false_alarms += outcome.action != Action.ALLOW
            self.wrong_blocks += outcome.action == Action.BLOCK
        for code in outcome.expected | outcome.given.keys():
            self.labels.count(expected=code in outcome.expected, given=code in outcome.given)

    def to_json(self) -> dict[str, Any]:
        """Micro precision, recall, F1 and support in labels; shares of compliant messages."""
        return {
            "messages": self.messages,
            **self.labels.to_json(),
            "compliant": self.compliant,
            "false_alarm_share": ratio(self.false_alarms, self.compliant),
            "wrong_block_share": ratio(self.wrong_blocks, self.compliant),
        }


def _kinds(record: Record) -> list[str]:
    heads = {kind.partition("=")[0] for kind in record.kinds}
    return [kind for kind in KINDS if kind in heads] or [NONE]


def _history(record: Record) -> list[str]:
    turns = len(record.context.get("history", ()))
    return ["0" if turns == 0 else "1-2" if turns <= 2 else "3+"]


SLICINGS: dict[str, Callable[[Record], Sequence[str]]] = {
    "trade": lambda record: [record.context.get("category") or NONE],
    "stage": lambda record: [record.context.get("stage") or NONE],
    "author": lambda record: [record.author],
    "kind": _kinds,
    "history": _history,
}


def slices_of(outcomes: Iterable[Outcome], by: str) -> dict[str, Slice]:
    """Slices by one of SLICINGS, largest first; a message may be in several kinds."""
    found: dict[str, Slice] = defaultdict(Slice)
    for outcome in outcomes:
        for name in SLICINGS[by](outcome.record):
            found[name].add(outcome)
    if by in {"author", "history"}:
        return dict(sorted(found.items()))
    return dict(sorted(found.items(), key=lambda item: (-item[1].messages, item[0])))


@dataclass(frozen=True, slots=True)
class Confusion:
    """`cells[row][column]`: messages with the expected family (row) and the given one (column).

    Row `allow` holds compliant messages, column `allow` messages without any label. A family
    missed while all that was given is right stands in column `beside a right one`; one given
    too many while nothing was missed, in that row.
    """

    names: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Names of rows and columns, and the counts."""
        return {"names": list(self.names), "cells": [list(row) for row in self.cells]}


def confusion_of(outcomes: Iterable[Outcome], families: Sequence[str]) -> Confusion:
    """Expected against given families."""
    counts = Counter(cell for outcome in outcomes for cell in _cells(outcome))
    names = (ALLOW, *families, BESIDE)
    return Confusion(names, tuple(tuple(counts[row, col] for col in names) for row in names))


def family_of(code: str) -> str:
    """`privacy` of `privacy.contact`."""
    return code.partition(".")[0]


def _cells(outcome: Outcome) -> Iterator[tuple[str, str]]:
    expected = {family_of(code) for code in outcome.expected} or {ALLOW}
    given = {family_of(code) for code in outcome.given} or {ALLOW}
    yield from ((family, family) for family in expected & given)
    missed, wrong = expected - given, given - expected
    if missed or wrong:
        yield from product(sorted(missed) or [BESIDE], sorted(wrong) or [BESIDE])


def fired_on_compliant(outcomes: Iterable[Outcome]) -> Counter[str]:
    """Messages by code that fired though the author gave no label."""
    return Counter(code for outcome in outcomes if not outcome.expected for code in outcome.given)


def given_instead(outcomes: Iterable[Outcome]) -> dict[str, Counter[str]]:
    """By code that was missed: the codes given wrongly, `allow`, or only right ones."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        nothing = BESIDE if outcome.given else ALLOW
        for code in outcome.missed:
            found[code].update(outcome.wrong or [nothing])
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Bin:
    """Scored labels between two scores: mean score, share that was right, their number."""

    low: float
    high: float
    count: int
    stated: float
    observed: float


def reliability(scored: Sequence[tuple[float, bool]], bins: int = 10) -> list[Bin]:
    """Equal-width bins, half-open at the low end; empty ones left out."""
    found = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [(score, right) for score, right in scored if low < score <= high]
        if inside:
            stated = sum(score for score, _ in inside) / len(inside)
            observed = sum(right for _, right in inside) / len(inside)
            found.append(Bin(low, high, len(inside), round(stated, 4), round(observed, 4)))
    return found


def wilson(share: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share of `count` (Wilson 1927); holds near 0 and 1 and for few."""
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    spread = share * (1 - share) / count + z * z / (4 * count * count)
    half = z / (1 + z * z / count) * float(spread**0.5)
    # Rounding may not put the share itself outside.
    return min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)


def worst_errors(outcomes: Iterable[Outcome], limit: int = 30) -> list[Outcome]:
    """Errors of action first, widest gap first; alternately too hard and too mild."""
    errors = [outcome for outcome in outcomes if outcome.missed or outcome.wrong]
    hard = _varied(sorted((e for e in errors if _gap(e) > 0), key=_hard), limit)
    mild = _varied(_mildest([e for e in errors if _gap(e) < 0]), limit)
    half = limit // 2
    hard_share = max(half, limit - len(mild))
    return [*hard[:hard_share], *mild[: limit - len(hard[:hard_share])]]


def _gap(outcome: Outcome) -> int:
    """Ranks by which the action is harder (positive) or milder than the author's."""
    return outcome.action.rank - outcome.expected_action.rank


def _hard(outcome: Outcome) -> tuple[float, ...]:
    surest = max((outcome.given[code] for code in outcome.wrong), default=0.0)
    return (-_gap(outcome), -surest)


def _mildest(errors: Sequence[Outcome]) -> list[Outcome]:
    """Widest gap first, then those with nothing given; authors take turns."""
    seen: Counter[str] = Counter()
    ranked = []
    for place, error in enumerate(errors):
        author = error.record.author
        ranked.append((_gap(error), len(error.given), seen[author], place))
        seen[author] += 1
    return [errors[place] for *_, place in sorted(ranked)]


def _varied(errors: Iterable[Outcome], limit: int) -> list[Outcome]:
    seen: Counter[str] = Counter()
    kept: list[Outcome] = []
    for error in errors:
        about = min(error.wrong or error.missed) if _gap(error) > 0 else min(error.missed or [""])
        seen[about] += 1
        if seen[about] <= _SHOWN_PER_LABEL and len(kept) < limit:
            kept.append(error)
    return kept


def f1_interval(
    outcomes: Sequence[Outcome], base: Sequence[Outcome] | None = None, seed: int = 0
) -> tuple[float, float]:
    """95 % bootstrap interval over messages of micro-F1, or of its lead over `base`.

    `base` holds the same messages in the same order (paired). Messages of one author resemble
    each other, so the true interval is wider.
    """
    weights = np.random.default_rng(seed).multinomial(
        len(outcomes), np.full(len(outcomes), 1 / len(outcomes)), size=_RESAMPLES
    )
    values = _f1s(weights, outcomes) - (_f1s(weights, base) if base else 0.0)
    low, high = np.quantile(values, (0.025, 0.975)).tolist()
    return round(low, 4), round(high, 4)


def _f1s(
    weights: np.ndarray[Any, np.dtype[np.int64]], outcomes: Sequence[Outcome]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Micro-F1 `(R,)` of resamples `(R, N)`."""
    right = np.array([len(o.expected & o.given.keys()) for o in outcomes])
    errors = np.array([len(o.missed) + len(o.wrong) for o in outcomes])
    both = 2 * (weights @ right)
    return np.asarray(both / np.maximum(both + weights @ errors, 1), np.float64)
