"""`evaluate chat`: files written, options that do not fit, corpora that cannot be judged."""

import json
from pathlib import Path

import pytest

from nlp_service import cli
from nlp_service.chat.loading import SHIPPED
from nlp_service.training.chat_corpus import Record
from tests.training.chat_messages import PARCEL, SALARY, record, write_corpus

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / SHIPPED


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    records = [
        record(1, SALARY, ["privacy.personal"], author="y1"),
        record(2, PARCEL, ["conduct.abuse"], author="y2"),
    ]
    return write_corpus(tmp_path / "small", records)


def run(*options: object) -> int:
    return cli.run(["evaluate", "chat", *map(str, options)])


def test_report_and_figures_are_written(corpus: Path, tmp_path: Path) -> None:
    page, figures = tmp_path / "r.html", tmp_path / "r.json"
    files = ["--report", page, "--json", figures]
    assert run("--corpus", corpus, *files, "--against", MODEL) == 0
    assert SALARY not in page.read_text("utf-8")
    assert PARCEL in page.read_text("utf-8")  # an error by the author's label
    found = json.loads(figures.read_text("utf-8"))
    names = [system["name"] for system in found["systems"]]
    assert names[1] == f"{names[0]} ({MODEL.name})"
    assert names[2:] == [
        "keyword filter",
        "keyword filter, normalised",
        f"{names[0]} without context",
    ]
    assert found["corpus"] == "small"
    assert found["systems"][0]["micro"]["recall"] == 0.5
    assert found["systems"][0]["micro"] == found["systems"][1]["micro"]


def test_texts_stay_out_of_the_report_on_demand(corpus: Path, tmp_path: Path) -> None:
    page = tmp_path / "r.html"
    assert run("--corpus", corpus, "--report", page, "--no-texts") == 0
    assert PARCEL not in page.read_text("utf-8")
    assert "y2-2" in page.read_text("utf-8")


def test_figures_may_go_to_the_terminal(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--corpus", corpus, "--json", "-") == 0
    assert json.loads(capsys.readouterr().out)["systems"][0]["messages"] == 2


def test_without_files_the_terminal_shows_the_figures(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--corpus", corpus) == 0
    assert "action_accuracy" in capsys.readouterr().out


def test_part_of_the_split_is_measured_alone(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "split.json").write_text('{"dev": [], "test": ["y2"]}', "utf-8")
    assert run("--corpus", corpus, "--part", "test", "--json", tmp_path / "r.json") == 0
    found = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert found["corpus"] == "small, part test"
    assert found["systems"][0]["messages"] == 1
    assert run("--corpus", corpus, "--part", "best") == 2
    assert "--part must be one of train, dev, test" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--no-texts"], "--no-texts goes with --report only"),
        (["--against", MODEL], "--against goes with --report or --json"),
        (["--report", "no/such/folder/r.html"], "--report no/such/folder/r.html is no file"),
        (["--json", "."], "--json . is no file"),
        (["--report", "a.x", "--json", "a.x"], "--report and --json need two files"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_is_read(
    options: list[object], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--corpus", tmp_path / "missing", *options) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("one", [record(1, labels=["no.label"]), record(1, category="spaceships")])
def test_corpus_of_another_policy_is_refused(
    one: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_corpus(tmp_path / "other", [one])
    assert run("--corpus", folder) == 2
    assert "is no corpus of this policy" in capsys.readouterr().err
