"""Precision and recall over the threshold: the policy applied again and again to stored facts.

    Facts + policy with every threshold at t --judge--> labels --count--> one point a label, family

A verdict carries no label below its threshold, and a score is read with other facts (a pitch is
the loudest of several acts), so thresholds are moved in the policy and not cut through scores.
Families do not read each other's thresholds: moving all at once is moving each family alone.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp_service.domain import Action
from nlp_service.policy.engine import judge
from nlp_service.policy.facts import Facts
from nlp_service.policy.schema import PolicyData
from nlp_service.training.chat_measures import family_of
from nlp_service.training.chat_report import Counts, ratio

# The reader states no act below 0.1; from 0.9 on every hundredth counts.
THRESHOLDS = (*(n / 100 for n in range(10, 90, 5)), 0.9, 0.93, 0.96, 0.98, 0.99)
ALL = "all labels"


@dataclass(frozen=True, slots=True)
class Point:
    """Agreement of one label, family or all with one threshold for every label."""

    threshold: float
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass
class Sweep:
    """Curves by name (code, family, `all labels`), with the compliant messages not allowed.

    `scored` holds (score, right) of everything that is a label at the lowest threshold.
    """

    curves: dict[str, list[Point]] = field(default_factory=lambda: defaultdict(list))
    false_alarms: list[float | None] = field(default_factory=list)
    scored: list[tuple[float, bool]] = field(default_factory=list)
    thresholds: tuple[float, ...] = THRESHOLDS

    def best(self, name: str) -> Point | None:
        """The point of highest F1; None where the name was never expected nor given."""
        points = [point for point in self.curves.get(name, ()) if point.f1 is not None]
        return max(points, key=lambda point: point.f1 or 0.0, default=None)

    def to_json(self) -> dict[str, Any]:
        """Thresholds, and per curve [precision, recall, F1] at each."""
        return {
            "thresholds": list(self.thresholds),
            "false_alarm_share": self.false_alarms,
            "curves": {
                name: [[point.precision, point.recall, point.f1] for point in points]
                for name, points in sorted(self.curves.items())
            },
        }


Judged = Sequence[tuple[frozenset[str], Facts]]


def sweep(
    policy: PolicyData,
    judged: Judged,
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    progress: Callable[[int], None] = lambda _: None,
) -> Sweep:
    """Judge (expected codes, facts) at every threshold; `progress` gets the thresholds done."""
    found = Sweep(thresholds=tuple(thresholds))
    for done, threshold in enumerate(thresholds, start=1):
        counts, alarms, scored = _count(with_threshold(policy, threshold), judged)
        for name in _names(policy):
            found.curves[name].append(_point(threshold, counts[name]))
        found.false_alarms.append(ratio(alarms, sum(not expected for expected, _ in judged)))
        found.scored = found.scored or scored
        progress(done)
    return found


def with_threshold(policy: PolicyData, threshold: float) -> PolicyData:
    """The policy with one threshold for all labels."""
    labels = {
        code: rule.model_copy(update={"threshold": threshold})
        for code, rule in policy.labels.items()
    }
    return policy.model_copy(update={"labels": labels})


def thresholds_of(policy: PolicyData, family: str) -> dict[tuple[float, Action], list[str]]:
    """Labels of a family by (threshold, action), enabled ones only."""
    marks: dict[tuple[float, Action], list[str]] = defaultdict(list)
    for code, rule in policy.labels.items():
        if rule.enabled and family_of(code) == family:
            marks[rule.threshold, rule.action].append(code)
    return dict(sorted(marks.items(), key=lambda item: (item[0][0], item[0][1].rank)))


def families_of(policy: PolicyData) -> list[str]:
    """The families in the policy's order."""
    return list(dict.fromkeys(family_of(code) for code in policy.labels))


def _names(policy: PolicyData) -> list[str]:
    return [ALL, *families_of(policy), *policy.labels]


def _count(
    policy: PolicyData, judged: Judged
) -> tuple[Mapping[str, Counts], int, list[tuple[float, bool]]]:
    counts: dict[str, Counts] = defaultdict(Counts)
    alarms, scored = 0, []
    for expected, facts in judged:
        judgement = judge(policy, facts)
        given = {label.code: label.score for label in judgement.labels}
        alarms += not expected and judgement.action != Action.ALLOW
        scored += [(score, code in expected) for code, score in given.items()]
        for code in expected | given.keys():
            for name in (ALL, family_of(code), code):
                counts[name].count(expected=code in expected, given=code in given)
    return counts, alarms, scored


def _point(threshold: float, counts: Counts) -> Point:
    figures = counts.to_json()
    return Point(threshold, figures["precision"], figures["recall"], figures["f1"])
