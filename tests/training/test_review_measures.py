"""Figures of readings counted by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from nlp_service.domain import AspectOpinion, ReviewSeverity, Sentiment
from nlp_service.reviews.acts.act import ReviewAct
from nlp_service.reviews.reading import ReviewReading
from nlp_service.text.normalize import normalize
from nlp_service.training.review_corpus import ReviewRecord
from nlp_service.training.review_measures import measure_readings
from tests.training.review_records import records_of

SAYS = {
    "positive": Sentiment("positive", 0.8, 0.1, 0.1),
    "neutral": Sentiment("neutral", 0.1, 0.8, 0.1),
    "negative": Sentiment("negative", 0.1, 0.1, 0.8),
}


def _reading(
    record: ReviewRecord, sentiment: str, opinions: list[tuple[str, str]], level: str
) -> ReviewReading:
    hazard = "fire" if level == "hazard" else None
    found = tuple(AspectOpinion(aspect, polarity, 0.9) for aspect, polarity in opinions)
    severity = ReviewSeverity(level, hazard)
    return ReviewReading(normalize(record.text), (), SAYS[sentiment], found, severity)


def test_figures_are_those_counted_by_hand(tmp_path: Path) -> None:
    records = records_of(tmp_path)
    readings = [
        _reading(records[0], "negative", [("function", "positive")], "hazard"),
        _reading(records[1], "negative", [("logistics", "positive")], "minor"),
        _reading(records[2], "neutral", [], "hazard"),
        _reading(records[3], "positive", [("quality", "negative")], "minor"),
        _reading(records[4], "positive", [("logistics", "positive")], "none"),
    ]
    found = measure_readings(list(zip(records, readings, strict=True)))
    assert found["opinions"]["support"] == 6
    assert found["opinions"]["precision"] == pytest.approx(3 / 4)
    assert found["opinions"]["recall"] == pytest.approx(3 / 6)
    assert found["severity"]["accuracy"] == pytest.approx(3 / 5)
    assert found["severity"]["confusion"]["major"] == {"minor": 1}
    assert found["hazards"] == {
        "support": 1,
        "recall": 1.0,
        "kind_accuracy": 0.0,
        "false_alarms": 0.25,
        "look_alikes": 0,
        "false_alarms_on_look_alikes": 0.0,
    }
    assert found["sentiment"]["accuracy"] == pytest.approx(4 / 5)
    assert found["by_kind"]["sarcasm"]["sentiment"] == 0.0
    assert found["by_trade"]["digital"]["support"] == 1


def test_acts_are_counted_by_review_and_alarms_over_innocent_ones(tmp_path: Path) -> None:
    draft = (
        "> [extorts|退我两百就改]\n= negative none\n> 慢\n= negative none\n> 差\n= negative none\n"
    )
    records = records_of(tmp_path, draft)
    heard = [{"extorts": 0.3}, {"extorts": 0.9}, {"steers": 0.49}]
    readings = [
        replace(
            _reading(record, "negative", [], "none"),
            acts=tuple(ReviewAct(name, score, ()) for name, score in acts.items()),
        )
        for record, acts in zip(records, heard, strict=True)
    ]
    found = measure_readings(list(zip(records, readings, strict=True)))["acts"]
    assert found["extorts"] == {"f1": 0.0, "precision": 0.0, "recall": 0.0, "support": 1}
    assert (found["innocent"], found["false_alarms"]) == (2, 0.5)
