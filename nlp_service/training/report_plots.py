"""The figures of evaluation reports as SVG text: bars, threshold curves, reliability, heat map.

Text stays text and is English or label codes, so no font needs Chinese letters. The same numbers
give the same bytes.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from io import StringIO

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nlp_service.domain import Action
from nlp_service.policy.schema import PolicyData
from nlp_service.training.chat_curves import ALL, Sweep, families_of, thresholds_of
from nlp_service.training.chat_measures import ALLOW, Bin, Confusion, wilson

PRECISION, RECALL, F1 = "#3b6fb6", "#d98032", "#2f2f2f"
MARKS = {Action.ALLOW: "#7a7a7a", Action.WARN: "#c99700", Action.BLOCK: "#b3261e"}
_SYSTEMS = ("#3b6fb6", "#d98032", "#a6a6a6", "#5a9e6f", "#9a6fb0", "#c9b458", "#7aa7d9")
_COLUMNS = 2


def label_bars(rows: Sequence[tuple[str, Mapping[str, float | None]]]) -> str:
    """Precision, recall and F1 of every label, the first row on top."""
    with _style():
        figure = Figure(figsize=(9.5, 0.42 * len(rows) + 0.9), layout="constrained")
        axes = figure.subplots()
        places = np.arange(len(rows))[::-1]
        for shift, name, colour in ((0.27, "precision", PRECISION), (0, "recall", RECALL)):
            axes.barh(places + shift, _values(rows, name), 0.25, color=colour, label=name)
        axes.barh(places - 0.27, _values(rows, "f1"), 0.25, color=F1, label="F1")
        axes.set_yticks(places, [code for code, _ in rows])
        _unit(axes, "x")
        axes.set_ylim(-0.6, len(rows) - 0.4)
        _legend_above(figure, axes)
        return _svg(figure)


def family_bars(systems: Sequence[tuple[str, Mapping[str, float | None]]]) -> str:
    """F1 of every family, one bar a system."""
    with _style():
        figure = Figure(figsize=(9.5, 3.2), layout="constrained")
        axes = figure.subplots()
        families = list(dict.fromkeys(name for _, values in systems for name in values))
        width = 0.8 / max(len(systems), 1)
        for number, (name, values) in enumerate(systems):
            places = np.arange(len(families)) - 0.4 + width * (number + 0.5)
            heights = [values.get(family) or 0.0 for family in families]
            colour = _SYSTEMS[number % len(_SYSTEMS)]
            axes.bar(places, heights, width * 0.92, color=colour, label=name)
        axes.set_xticks(range(len(families)), families)
        axes.set_ylabel("F1")
        _unit(axes, "y")
        _legend_above(figure, axes, columns=4)
        return _svg(figure)


def share_bars(rows: Sequence[tuple[str, Mapping[str, float]]], unit: str) -> str:
    """Shares from 0 to 1 by name, the first row on top, one bar for each share of a row."""
    with _style():
        names = list(dict.fromkeys(name for _, values in rows for name in values))
        figure = Figure(figsize=(9.5, 0.36 * len(rows) * len(names) + 0.9), layout="constrained")
        axes = figure.subplots()
        places, width = np.arange(len(rows))[::-1], 0.8 / len(names)
        for number, name in enumerate(names):
            at = places + 0.4 - width * (number + 0.5)
            shares = [values.get(name, 0.0) for _, values in rows]
            axes.barh(at, shares, width * 0.9, color=_SYSTEMS[number], label=name)
        axes.set_yticks(places, [name for name, _ in rows])
        axes.set_xlabel(unit)
        _unit(axes, "x")
        axes.set_ylim(-0.6, len(rows) - 0.4)
        _legend_above(figure, axes)
        return _svg(figure)


def threshold_curves(sweep: Sweep, policy: PolicyData) -> str:
    """Precision, recall, F1 over the threshold, one panel a family, the policy's thresholds in."""
    names = [ALL, *(name for name in families_of(policy) if sweep.best(name))]
    rows = -(-len(names) // _COLUMNS)
    with _style():
        figure = Figure(figsize=(9.5, 2.75 * rows + 0.4), layout="constrained")
        grid = figure.subplots(rows, _COLUMNS, squeeze=False)
        for axes, name in zip(grid.flat, names, strict=False):
            _curve(axes, sweep, name)
            _marks(axes, policy, name)
        for axes in list(grid.flat)[len(names) :]:
            axes.remove()
        _legend_above(figure, grid[0][0], columns=4)
        return _svg(figure)


def reliability_plot(bins: Sequence[Bin], near: Sequence[Bin]) -> str:
    """Observed against stated precision with the number of labels below; `near` from 0.1 on."""
    with _style():
        figure = Figure(figsize=(5.6, 5.6), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        upper.plot((0, 1), (0, 1), color="#9a9a9a", linestyle=":", label="calibrated")
        _reliability_line(upper, near, "#9a9a9a", "s", "all findings from 0.10")
        _reliability_line(upper, bins, PRECISION, "o", "labels given")
        upper.set_ylabel("share that is right")
        _unit(upper, "y")
        upper.legend(frameon=False, loc="upper left")
        for each, colour in ((near, "#d0d0d0"), (bins, PRECISION)):
            middles = [(one.low + one.high) / 2 for one in each]
            lower.bar(middles, [one.count for one in each], 0.09, color=colour)
        lower.set_yscale("log")  # sure labels outnumber the doubtful a hundred times
        lower.set_ylim(bottom=0.5)
        lower.set_ylabel("labels")
        lower.set_xlabel("stated score")
        _unit(lower, "x")
        return _svg(figure)


def confusion_map(confusion: Confusion) -> str:
    """Counts, shaded by their share of the row; the row `beside …` counts errors only."""
    cells = np.array(confusion.cells, np.float64)
    shares = cells / np.maximum(cells.sum(axis=1, keepdims=True), 1)
    size = len(confusion.names)
    with _style():
        figure = Figure(figsize=(0.85 * size + 1.8, 0.5 * size + 1.4), layout="constrained")
        axes = figure.subplots()
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for row, column in np.argwhere(cells > 0).tolist():
            dark = shares[row, column] > 0.55
            count = f"{int(cells[row, column])}"
            colour = "white" if dark else "black"
            axes.text(column, row, count, ha="center", va="center", color=colour)
        axes.set_xticks(range(size), confusion.names, rotation=30, ha="right")
        axes.set_yticks(range(size), confusion.names)
        axes.set_xlabel(f"given ({ALLOW}: no label)")
        axes.set_ylabel("expected")
        axes.spines[:].set_visible(False)
        return _svg(figure)


def embedded(svg: str) -> str:
    """A data URI, so that ids and styles of several plots do not meet."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode('utf-8')).decode('ascii')}"


def _style() -> AbstractContextManager[None]:
    return mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "nlp-service",
            "font.family": "sans-serif",
            "font.sans-serif": ["DejaVu Sans"],
            "font.size": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 10,
            "axes.titlelocation": "left",
        }
    )


def _values(rows: Sequence[tuple[str, Mapping[str, float | None]]], name: str) -> list[float]:
    return [values[name] or 0.0 for _, values in rows]


def _unit(axes: Axes, side: str) -> None:
    """0 to 1 with a light grid."""
    limit = axes.set_xlim if side == "x" else axes.set_ylim
    limit(0, 1)
    axes.grid(axis="x" if side == "x" else "y", color="#e4e4e4")
    axes.set_axisbelow(True)


def _legend_above(figure: Figure, axes: Axes, columns: int = 3) -> None:
    handles, names = axes.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=columns, frameon=False)


def _curve(axes: Axes, sweep: Sweep, name: str) -> None:
    points = sweep.curves[name]
    for what, colour in (("precision", PRECISION), ("recall", RECALL), ("f1", F1)):
        drawn = [(point.threshold, getattr(point, what)) for point in points]
        places = [place for place, value in drawn if value is not None]
        heights = [value for _, value in drawn if value is not None]
        shown = "F1" if what == "f1" else what
        axes.plot(places, heights, color=colour, label=shown, linewidth=1.6)
    if name == ALL:
        alarms = [value or 0.0 for value in sweep.false_alarms]
        label = "false alarms (compliant)"
        axes.plot(sweep.thresholds, alarms, color=MARKS[Action.BLOCK], linestyle="--", label=label)
    axes.set_title(name)
    axes.set_xlim(0, 1)
    _unit(axes, "y")


def _marks(axes: Axes, policy: PolicyData, family: str) -> None:
    """A line at each threshold of the policy, coloured by action, with its labels beside."""
    by_place: dict[float, list[tuple[Action, list[str]]]] = {}
    for (threshold, action), codes in thresholds_of(policy, family).items():
        by_place.setdefault(threshold, []).append((action, codes))
    for threshold, marks in by_place.items():
        # Two actions at one threshold: the dashes take turns, the words stand on both sides.
        for side, (action, codes) in zip(("right", "left"), marks, strict=False):
            _mark(axes, threshold, action, codes, side)


def _mark(axes: Axes, threshold: float, action: Action, codes: Sequence[str], side: str) -> None:
    dashes = (0 if side == "right" else 4, (4, 4))
    axes.axvline(threshold, color=MARKS[action], linewidth=1.3, linestyle=dashes)
    names = ", ".join(code.partition(".")[2] for code in codes)
    axes.text(
        threshold + (-0.012 if side == "right" else 0.008),
        0.03,
        f"{action.value}: {names}",
        rotation=90,
        color=MARKS[action],
        fontsize=7,
        ha=side,
        va="bottom",
        bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6},
    )


def _reliability_line(axes: Axes, bins: Sequence[Bin], colour: str, marker: str, name: str) -> None:
    if not bins:
        return
    stated, observed = [one.stated for one in bins], [one.observed for one in bins]
    spans = [wilson(one.observed, one.count) for one in bins]
    below = [value - low for value, (low, _) in zip(observed, spans, strict=True)]
    above = [high - value for value, (_, high) in zip(observed, spans, strict=True)]
    errors = (below, above)
    axes.errorbar(stated, observed, yerr=errors, color=colour, marker=marker, label=name)


def _svg(figure: Figure) -> str:
    written = StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()
