"""Options that do not fit, or are not here yet, are refused before anything is loaded."""

from pathlib import Path

import pytest

from nlp_service import cli
from nlp_service.commands.folders import PRETRAINED

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("reviews score --engine ray", "--engine ray is not in this version; only local runs"),
        ("reviews score --resume", "--resume is not in this version; run the whole file without"),
        ("reviews score --json", "--json goes with --text only; leave it out"),
        ("reviews score --rating 0", "--rating goes with --text only"),
        ("chat check --json", "--json goes with --text only"),
        ("chat check --stage presale", "--stage goes with --text only"),
        ("chat check --category food", "--category goes with --text only"),
    ],
)
def test_option_that_does_not_fit_a_file_is_named(
    options: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "r", "text": "好"}\n', encoding="utf-8")
    files = [str(source), "--out", str(tmp_path / "out.jsonl")]
    assert cli.run([*options.split(), *files]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"nlp-service: {words}")
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize("command", ["chat check", "reviews score"])
def test_out_does_not_fit_a_text(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*command.split(), "--text", "好", "--out", "out.jsonl"]) == 2
    assert "--out goes with a file only; leave it out" in capsys.readouterr().err


def test_trainings_start_from_an_encoder_that_ships() -> None:
    assert (ROOT / PRETRAINED / "config.json").is_file()
    assert (ROOT / PRETRAINED / "model.safetensors").is_file()
