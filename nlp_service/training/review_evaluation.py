"""Measures a reader of reviews on annotated ones and writes the report: tables, plots, errors.

records + readers --measure--> figures by system --Jinja2 (autoescape), SVG--> one HTML file
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from nlp_service.reviews.reading import ReviewReader, ReviewReading
from nlp_service.training.chat_measures import reliability
from nlp_service.training.report_plots import embedded, family_bars, label_bars, reliability_plot
from nlp_service.training.review_corpus import ReviewRecord
from nlp_service.training.review_measures import measure_readings

_TEMPLATE = "review_report.html.j2"
_ERRORS = 40
_HEADLINE = (
    ("sentiment accuracy", "sentiment", "accuracy"),
    ("sentiment macro-F1", "sentiment", "macro_f1"),
    ("calibration error", "sentiment", "calibration_error"),
    ("aspect and polarity F1", "opinions", "f1"),
    ("severity accuracy", "severity", "accuracy"),
    ("danger recall", "hazards", "recall"),
    ("danger false alarms", "hazards", "false_alarms"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Readings and figures of one system over the same records."""

    name: str
    readings: list[ReviewReading]
    figures: dict[str, Any]


def measure_readers(
    records: Sequence[ReviewRecord], readers: Mapping[str, ReviewReader]
) -> list[Measured]:
    """Every reader over all records, in the order given."""
    found = []
    for name, reader in readers.items():
        readings = reader.read([record.to_review() for record in records])
        figures = measure_readings(list(zip(records, readings, strict=True)))
        found.append(Measured(name, readings, figures))
    return found


def summary(found: Sequence[Measured]) -> str:
    """The headline as lines for a terminal 80 columns wide."""
    width = max(len(name) for name, _, _ in _HEADLINE)
    heads = "".join(f"{one.name:>20}" for one in found)
    lines = [f"{found[0].figures['reviews']} reviews".ljust(width) + heads]
    for name, group, figure in _HEADLINE:
        values = "".join(f"{one.figures[group][figure]:>20.3f}" for one in found)
        lines.append(name.ljust(width) + values)
    return "\n".join(lines)


def render(
    records: Sequence[ReviewRecord], found: Sequence[Measured], corpus: str, *, texts: bool = True
) -> str:
    """The page; without `texts` it holds ids and figures only."""
    main = found[0]
    environment = Environment(
        loader=PackageLoader("nlp_service.training", "data"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    return environment.get_template(_TEMPLATE).render(
        corpus=corpus,
        main=main,
        systems=found,
        headline=_HEADLINE,
        plots={name: embedded(svg) for name, svg in _plots(records, found).items()},
        errors=_errors(records, main.readings) if texts else [],
        levels=("none", "minor", "major", "hazard"),
    )


def _plots(records: Sequence[ReviewRecord], found: Sequence[Measured]) -> dict[str, str]:
    main = found[0]
    by_aspect = main.figures["opinions"]["by_aspect"]
    scored = [
        (_sureness(reading), reading.sentiment.label == record.sentiment)
        for record, reading in zip(records, main.readings, strict=True)
    ]
    opinions = [
        (opinion.score, (opinion.aspect, opinion.polarity) in record.opinions)
        for record, reading in zip(records, main.readings, strict=True)
        for opinion in reading.aspects
    ]
    tasks = [
        (
            one.name,
            {
                "sentiment": one.figures["sentiment"]["macro_f1"],
                "aspects": one.figures["opinions"]["f1"],
                "severity": one.figures["severity"]["accuracy"],
                "danger recall": one.figures["hazards"]["recall"],
            },
        )
        for one in found
    ]
    return {
        "systems": family_bars(tasks),
        "aspects": label_bars([(name, by_aspect[name]) for name in by_aspect]),
        "reliability": reliability_plot(reliability(scored), reliability(opinions)),
    }


def _sureness(reading: ReviewReading) -> float:
    said = reading.sentiment
    return max(said.positive, said.neutral, said.negative)


def _errors(
    records: Sequence[ReviewRecord], readings: Sequence[ReviewReading]
) -> list[dict[str, str]]:
    """Reviews read wrongly: dangers first, then the surest wrong sentiments."""
    wrong = [
        (record, reading)
        for record, reading in zip(records, readings, strict=True)
        if record.sentiment != reading.sentiment.label or record.severity != reading.severity.level
    ]
    wrong.sort(key=lambda pair: (not _is_danger(*pair), -_sureness(pair[1])))
    return [_error(record, reading) for record, reading in wrong[:_ERRORS]]


def _is_danger(record: ReviewRecord, reading: ReviewReading) -> bool:
    return (record.severity == "hazard") != (reading.severity.level == "hazard")


def _error(record: ReviewRecord, reading: ReviewReading) -> dict[str, str]:
    return {
        "id": record.id,
        "text": record.text,
        "kinds": " ".join(record.kinds),
        "expected": f"{record.sentiment}, {record.severity} {record.hazard or ''}".strip(),
        "given": (
            f"{reading.sentiment.label} {_sureness(reading):.2f}, "
            f"{reading.severity.level} {reading.severity.hazard or ''}"
        ).strip(),
    }
