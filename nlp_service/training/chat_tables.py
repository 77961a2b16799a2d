"""The tables of the chat report: figures as cells, ready for a page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlp_service.training.chat_curves import families_of
from nlp_service.training.chat_evaluation import Evaluation
from nlp_service.training.chat_measures import (
    Bin,
    Slice,
    fired_on_compliant,
    given_instead,
    slices_of,
)

FEW = 20  # below this a share moves by five points with one message
_INSTEAD_SHOWN = 3
_TITLES = {
    "trade": "Trade",
    "stage": "Stage",
    "author": "Author",
    "kind": "Kind (a message may have several)",
    "history": "Turns of history",
}
# The row of the first table, the figure of metrics.json, whether more is better.
_HEADLINE: tuple[tuple[str, str, bool], ...] = (
    ("micro precision", "micro.precision", True),
    ("micro recall", "micro.recall", True),
    ("micro F1", "micro.f1", True),
    ("false alarms on compliant", "false_alarm_share", False),
    ("wrong blocks on compliant", "wrong_block_share", False),
    ("evasion recall", "evasion_recall", True),
    ("pairs both right", "pairs_both_right", True),
    ("action accuracy", "action_accuracy", True),
    ("expected calibration error", "expected_calibration_error", False),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `share` in [0, 1] draws a bar, `marks` are CSS classes."""

    text: str
    share: float | None = None
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; `words` numbers the columns that read as words."""

    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: tuple[int, ...] = (0,)


def percent(value: float | None) -> str:
    """`74.4 %`, never broken over a line; a dash where there is nothing."""
    return "–" if value is None else f"{100 * value:.1f}\u00a0%"


def headline(figures: Sequence[Mapping[str, Any]], families: Sequence[str]) -> Table:
    """The figures of every system side by side, one column a system, the best of a row bold."""
    rows = [_compared(name, key, figures, more) for name, key, more in _HEADLINE]
    rows.insert(3, [Cell("micro F1, 95 % interval"), *map(_interval, figures)])
    rows += [_compared(f"F1 {name}", f"families.{name}.f1", figures, True) for name in families]
    return Table(["", *(str(system["name"]) for system in figures)], rows)


def _compared(
    name: str, key: str, figures: Sequence[Mapping[str, Any]], more_is_better: bool
) -> list[Cell]:
    values = [_at(system, key) for system in figures]
    known = [value for value in values if value is not None]
    best = (max if more_is_better else min)(known, default=None)
    marks = ["best" if value is not None and value == best else "" for value in values]
    return [
        Cell(name),
        *(Cell(percent(v), marks=mark) for v, mark in zip(values, marks, strict=True)),
    ]


def _interval(system: Mapping[str, Any]) -> Cell:
    low, high = system["micro_f1_interval_95"]
    return Cell(f"{100 * low:.1f} to {100 * high:.1f}")


def _at(figures: Mapping[str, Any], key: str) -> float | None:
    value: Any = figures
    for part in key.split("."):
        value = (value or {}).get(part)
    return None if value is None else float(value)


def label_table(evaluation: Evaluation) -> Table:
    """Per label figures with the policy's threshold and the best one here."""
    found, rows = evaluation.main.scores.labels, []
    for code, rule in evaluation.policy.labels.items():
        if code not in found:
            continue
        figures = found[code].to_json()
        best = evaluation.sweep.best(code)
        shares = [_bar(figures[name], figures["support"]) for name in ("precision", "recall", "f1")]
        counts = [Cell(str(figures["support"])), Cell(f"{rule.threshold:.2f}")]
        flatters = [Cell(f"{best.threshold:.2f}" if best else "–")]
        flatters.append(Cell(percent(best.f1) if best else "–"))
        names = [Cell(code), Cell(rule.name), Cell(rule.action.value, marks=rule.action.value)]
        rows.append([*names, *shares, *counts, *flatters])
    headers = ["label", "name", "default action", "precision", "recall", "F1", "support"]
    headers += ["policy threshold", "best on these messages", "F1 there"]
    return Table(headers, rows, words=(0, 1, 2))


def threshold_table(evaluation: Evaluation) -> Table:
    """Families at the policy's thresholds and at the best single one."""
    scores, rows = evaluation.main.scores, []
    for family in families_of(evaluation.policy):
        best = evaluation.sweep.best(family)
        if best is None:
            continue
        now = scores.families[family].to_json()
        limits = sorted(
            {
                f"{rule.threshold:.2f} {rule.action.value}"
                for code, rule in evaluation.policy.labels.items()
                if code.partition(".")[0] == family
            }
        )
        cells = [percent(now[name]) for name in ("precision", "recall", "f1")]
        cells += [f"{best.threshold:.2f}", percent(best.precision), percent(best.recall)]
        rows.append([Cell(each) for each in (family, ", ".join(limits), *cells, percent(best.f1))])
    headers = ["family", "policy thresholds", "precision", "recall", "F1"]
    headers += ["best single threshold here", "precision", "recall", "F1"]
    return Table(headers, rows, words=(0, 1))


def reliability_table(bins: Sequence[Bin]) -> Table:
    """Stated and observed precision by bin."""
    rows = [
        [
            Cell(f"{one.low:.1f} to {one.high:.1f}"),
            _grey(str(one.count), one.count),
            Cell(percent(one.stated)),
            Cell(percent(one.observed)),
        ]
        for one in bins
    ]
    return Table(["score", "labels given", "mean score", "share right"], rows)


def fired_table(evaluation: Evaluation) -> Table:
    """Codes that fired on compliant messages."""
    counts = fired_on_compliant(evaluation.main.outcomes)
    compliant = evaluation.main.scores.compliant
    rows = [
        [Cell(code), Cell(str(count)), Cell(f"{100 * count / compliant:.2f}\u00a0%")]
        for code, count in counts.most_common()
    ]
    return Table(["label", "messages", "of compliant"], rows)


def instead_table(evaluation: Evaluation) -> Table:
    """Missed codes with what was given most often in their place."""
    rows = []
    for code, counts in given_instead(evaluation.main.outcomes).items():
        shown = ", ".join(f"{name} {n}" for name, n in counts.most_common(_INSTEAD_SHOWN))
        missed = evaluation.main.scores.labels[code].fn
        rows.append([Cell(code), Cell(str(missed)), Cell(shown)])
    return Table(["label", "missed", "given instead"], rows, words=(0, 2))


def slice_tables(evaluation: Evaluation) -> list[tuple[str, Table]]:
    """A table for each way of slicing, with its title."""
    return [
        (title, _slice_table(slices_of(evaluation.main.outcomes, by).items()))
        for by, title in _TITLES.items()
    ]


def _slice_table(slices: Iterable[tuple[str, Slice]]) -> Table:
    rows = []
    for name, part in slices:
        figures = part.to_json()
        shares = [_bar(figures[key], figures["support"]) for key in ("f1", "precision", "recall")]
        alarms = [
            _grey(percent(figures[key]), figures["compliant"])
            for key in ("false_alarm_share", "wrong_block_share")
        ]
        counts = [Cell(str(figures[key])) for key in ("messages", "support", "compliant")]
        rows.append([Cell(name), *counts, *shares, *alarms])
    headers = ["", "messages", "support", "compliant", "F1", "precision", "recall"]
    return Table([*headers, "false alarms", "wrong blocks"], rows)


def _bar(value: float | None, support: float | None) -> Cell:
    cell = _grey(percent(value), support or 0)
    return Cell(cell.text, value, f"bar {cell.marks}".strip()) if value is not None else cell


def _grey(text: str, divided_by: float) -> Cell:
    return Cell(text, marks="few" if divided_by < FEW else "")
