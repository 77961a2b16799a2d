"""`corpus build`, `build-reviews` and `check`: drafts become records, slips are refused."""

import json
from pathlib import Path

import pytest

from nlp_service import cli

Capture = pytest.CaptureFixture[str]


def draft(folder: Path, *lines: str) -> Path:
    path = folder / "a1.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_corpus_is_built_from_drafts(tmp_path: Path, capsys: Capture) -> None:
    path = draft(tmp_path, ">您的[asks:income|月薪]多少?", "= privacy.personal")
    assert cli.run(["corpus", "build", str(path), "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "a1: 1 messages\n"
    record = json.loads((tmp_path / "a1.jsonl").read_text(encoding="utf-8"))
    assert record["labels"] == ["privacy.personal"]
    draft(tmp_path, ">坏[asks:nonsense|行]", "= allow")
    assert cli.run(["corpus", "build", str(path), "--out", str(tmp_path)]) == 2


def test_reviews_are_built_from_drafts(tmp_path: Path, capsys: Capture) -> None:
    path = draft(tmp_path, "> 慢", "= negative none")
    assert cli.run(["corpus", "build-reviews", str(path), "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "a1: 1 reviews\n"
    record = json.loads((tmp_path / "a1.jsonl").read_text(encoding="utf-8"))
    assert record["sentiment"] == "negative"


@pytest.mark.parametrize("command", ["build", "build-reviews"])
def test_a_missing_draft_is_named(command: str, tmp_path: Path, capsys: Capture) -> None:
    missing = str(tmp_path / "none.txt")
    assert cli.run(["corpus", command, missing, "--out", str(tmp_path)]) == 2
    assert "none.txt is not a file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_messages_that_differ_from_the_policy_are_listed(tmp_path: Path, capsys: Capture) -> None:
    path = draft(tmp_path, "> 在的", "= conduct.abuse", "> 好的", "= allow", "> 稍等", "= ?")
    assert cli.run(["corpus", "build", str(path), "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    assert cli.run(["corpus", "check", "--corpus", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        "a1-0001: author conduct.abuse:block; policy allow\n"
        "1 of 2 messages differ; the verdict of 1 more is the policy's\n"
    )
