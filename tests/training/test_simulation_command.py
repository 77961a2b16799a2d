"""`nlp-service simulate`: what it writes and how it refuses."""

import json
from pathlib import Path

import pytest

from nlp_service.cli import run
from nlp_service.commands.console import OK, UNUSABLE


def test_the_command_writes_four_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "w"
    wanted = ["--seed", "1", "--reviews", "200", "--prevalence", "0.05", "--split", "held_out"]
    assert run(["simulate", "--out", str(target), *wanted]) == OK
    names = {path.name for path in target.iterdir()}
    assert names == {"reviews.jsonl", "events.jsonl", "truth.jsonl", "world.json"}
    about = json.loads((target / "world.json").read_text(encoding="utf-8"))
    assert about["settings"] == {
        "seed": 1, "reviews": 200, "prevalence": 0.05, "split": "held_out",
    }  # fmt: skip
    assert "200 reviews, 10 malicious" in " ".join(capsys.readouterr().out.split())


def test_unusable_arguments_end_with_2_and_write_nothing(tmp_path: Path) -> None:
    target = tmp_path / "w"
    assert run(["simulate", "--out", str(target), "--seed", "1", "--reviews", "5"]) == UNUSABLE
    assert run(["simulate", "--out", str(tmp_path / "no" / "w"), "--seed", "1"]) == UNUSABLE
    assert list(tmp_path.iterdir()) == []
