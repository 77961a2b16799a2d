"""Figures of suspicion: counted by hand on a few cases; the page and the command around them."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from nlp_service.cli import app
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.reading import PhraseReader
from nlp_service.training.suspicion_cases import read_cases
from nlp_service.training.suspicion_measures import (
    fidelity,
    measure_cases,
    queue_precision,
    without_family,
)
from tests.reviews.test_sentiment import MODEL_DIR
from tests.training.suspicion_files import DANGER, HONEST, MALICIOUS, write_cases

POLICY = default_suspicion_policy()


@pytest.fixture(scope="module")
def reader() -> PhraseReader:
    return PhraseReader.load(MODEL_DIR)


def test_caught_wrong_dangers_and_a_family_switched_off(
    tmp_path: Path, reader: PhraseReader
) -> None:
    cases = read_cases(write_cases(tmp_path, [MALICIOUS, HONEST, DANGER]))
    found = measure_cases(cases, reader, POLICY)
    assert (found["caught"], found["wrong"]) == (1.0, 0.5)
    assert found["hazards"] == {"honest": 1, "sent_first": 1}
    assert found["by_group"]["malicious"] == {"extortion": {"cases": 1, "accused": 1}}
    assert found["without"]["text"]["caught"] == 0.0
    assert found["without"]["copy"]["caught"] == 1.0


def test_without_the_cited_words_the_score_falls(tmp_path: Path, reader: PhraseReader) -> None:
    cases = read_cases(write_cases(tmp_path, [MALICIOUS, HONEST]))
    assert fidelity(cases, reader, POLICY) == {"accused": 1, "fell": 1, "share": 1.0}


def test_where_nobody_is_accused_nothing_can_fall(tmp_path: Path, reader: PhraseReader) -> None:
    cases = read_cases(write_cases(tmp_path, [HONEST]))
    assert fidelity(cases, reader, POLICY) == {"accused": 0, "fell": 0, "share": 0.0}


def test_a_silent_family_leaves_the_others() -> None:
    silent = without_family(POLICY, "text").weights
    assert silent["text.extortion"] == 0.0
    assert silent["fact.time"] == POLICY.weights["fact.time"]


def test_ties_in_the_queue_count_as_chance_would() -> None:
    score = np.array([0.9] * 50 + [0.1] * 150)
    guilty = np.array([True] * 50 + [True] * 30 + [False] * 120)
    assert queue_precision(score, guilty) == pytest.approx((50 + 50 * 0.2) / 100)


def test_command_measures_cases_and_simulation_and_writes_a_page(tmp_path: Path) -> None:
    simulated, report, figures = tmp_path / "sim", tmp_path / "page.html", tmp_path / "f.json"
    simulate = ["simulate", "--out", str(simulated), "--seed", "3", "--reviews", "300"]
    assert CliRunner().invoke(app, [*simulate, "--prevalence", "0.1"]).exit_code == 0
    cases = write_cases(tmp_path, [MALICIOUS, HONEST, DANGER])
    asked = ["evaluate", "suspicion", "--cases", str(cases), "--simulated", str(simulated)]
    asked += ["--tuned", str(simulated), "--report", str(report), "--json", str(figures)]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    assert "cases: caught 100.0% of 1" in result.output
    world = json.loads(figures.read_text(encoding="utf-8"))["world"]
    assert set(world["baselines"]) == {"random", "single rule", "logistic regression"}
    page = report.read_text(encoding="utf-8")
    assert "加我微信" not in page
    assert "Not measured in this run (give --data)" in page


def test_command_without_cases_says_what_to_give(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", "suspicion", "--cases", str(tmp_path)])
    assert result.exit_code != 0
    assert "give --cases" in str(result.exception)


def test_command_prints_fitted_weights_beside_those_in_use(tmp_path: Path) -> None:
    cases = write_cases(tmp_path, [MALICIOUS, HONEST])
    result = CliRunner().invoke(app, ["train", "suspicion", "--cases", str(cases)])
    assert result.exit_code == 0, result.output
    head, *rows = result.output.splitlines()
    assert head.split() == ["signal", "in", "use", "fitted", "honest", "malicious"]
    (extortion,) = [row.split() for row in rows if row.startswith("text.extortion")]
    assert extortion[3:] == ["0", "1"]
    assert float(extortion[2]) >= float(extortion[1])
