"""The report of reviews: what it says of known readings, and that texts stay out when told."""

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nlp_service.cli import app
from nlp_service.reviews.reading import PhraseReader
from nlp_service.reviews.sentiment import SentimentModel
from nlp_service.training.public_annotations import PUBLIC, digest_of
from nlp_service.training.review_evaluation import measure_readers, render, summary
from tests.reviews.test_sentiment import MODEL_DIR
from tests.training.review_records import records_of


@pytest.fixture(scope="module")
def reader() -> PhraseReader:
    return PhraseReader(SentimentModel.load(MODEL_DIR))


def test_the_page_names_systems_levels_and_errors(tmp_path: Path, reader: PhraseReader) -> None:
    records = records_of(tmp_path)
    found = measure_readers(records, {"mine": reader, "<yours>": reader})
    page = render(records, found, "corpus")
    assert '<th scope="col">mine</th>' in page
    assert "&lt;yours&gt;" in page
    assert page.count("data:image/svg+xml;base64,") == 3
    assert "r90-0002" in page
    assert "等了九天" in page


def test_without_texts_no_word_of_a_review_is_in_the_page(
    tmp_path: Path, reader: PhraseReader
) -> None:
    records = records_of(tmp_path)
    page = render(records, measure_readers(records, {"mine": reader}), "corpus", texts=False)
    assert "等了九天" not in page


def test_the_summary_fits_a_terminal(tmp_path: Path, reader: PhraseReader) -> None:
    records = records_of(tmp_path)
    lines = summary(measure_readers(records, {"mine": reader, "yours": reader})).splitlines()
    assert lines[0].startswith("5 reviews")
    assert max(map(len, lines)) <= 80


def test_the_command_writes_figures_for_both_readers(tmp_path: Path) -> None:
    records_of(tmp_path)
    figures = tmp_path / "figures.json"
    arguments = [
        "evaluate",
        "sentiment",
        "--corpus",
        str(tmp_path / "corpus"),
        "--json",
        str(figures),
    ]
    outcome = CliRunner().invoke(app, arguments)
    assert outcome.exit_code == 0, outcome.output
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert found["phrases"]["reviews"] == 5


def test_with_public_data_its_annotated_reviews_are_measured(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (corpus / PUBLIC).mkdir(parents=True)
    stored: dict[str, object] = {
        "id": "q-1",
        "author": "q",
        "source": "reviews_x",
        "digest": digest_of("很好"),
    }
    stored |= {"sentiment": "positive", "severity": "none", "hazard": None, "aspects": []}
    line = json.dumps(stored | {"claims": [], "kind": []})
    (corpus / PUBLIC / "q.jsonl").write_text(line + "\n", encoding="utf-8")
    with gzip.open(tmp_path / "reviews_x.jsonl.gz", "wt", encoding="utf-8") as texts:
        texts.write(json.dumps({"text": "很好"}) + "\n")
    arguments = ["evaluate", "sentiment", "--corpus", str(corpus), "--data", str(tmp_path)]
    outcome = CliRunner().invoke(app, [*arguments, "--json", "-"])
    assert outcome.exit_code == 0, outcome.output
    assert json.loads(outcome.stdout)["phrases"]["reviews"] == 1


def test_a_corpus_without_annotated_public_reviews_is_named(tmp_path: Path) -> None:
    records_of(tmp_path)
    arguments = ["evaluate", "sentiment", "--corpus", str(tmp_path / "corpus")]
    outcome = CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)])
    assert "holds no annotated review" in outcome.output + str(outcome.exception)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--no-texts",), "--report"),
        (("--part", "odd"), "--part must be one of"),
        (("--report", "missing/report.html"), "no file in a folder that exists"),
    ],
)
def test_unusable_options_are_named(tmp_path: Path, options: tuple[str, ...], problem: str) -> None:
    records_of(tmp_path)
    arguments = ["evaluate", "sentiment", "--corpus", str(tmp_path / "corpus"), *options]
    outcome = CliRunner().invoke(app, arguments)
    assert outcome.exit_code != 0
    assert problem in outcome.output + str(outcome.exception)
