import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from nlp_service.batch.outputs import open_output, whole_file
from nlp_service.contract.answers import ChatAnswer, ReviewAnswer
from nlp_service.domain import Message, Review
from nlp_service.errors import ClientError
from tests.fakes import FakeChat, FakeReviews


def review_answer() -> dict[str, Any]:
    score = FakeReviews().score(Review("r-1", "垃圾"))
    return ReviewAnswer.of(score).model_dump(mode="json")


def test_file_appears_only_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with whole_file(path) as target:
        target.write(b"1\n")
        assert not path.exists()
    assert path.read_bytes() == b"1\n"
    assert list(tmp_path.iterdir()) == [path]


def test_failure_keeps_the_earlier_file_and_leaves_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("earlier")
    with pytest.raises(TypeError), whole_file(path) as target:
        target.writelines([b"half", None])  # type: ignore[list-item]
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_empty_file_may_be_dropped_with_the_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("earlier")
    with whole_file(path, drop_empty=True) as target:
        assert path.exists()
    assert list(tmp_path.iterdir()) == []
    with whole_file(path, drop_empty=True) as target:
        target.write(b"1\n")
    assert path.read_bytes() == b"1\n"


def test_folder_that_takes_no_files_is_a_client_error(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="cannot be written"), whole_file(tmp_path / "no" / "o"):
        pass


def test_parquet_has_the_shape_of_the_json(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    answer = review_answer()
    with open_output(path, ReviewAnswer) as writer:
        writer.write([answer])
        writer.write([])
        writer.write([answer])
    assert pq.read_table(path).to_pylist() == [answer, answer]


def test_chat_answers_fit_parquet(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    verdicts = FakeChat().check_many([Message("a", "身份证"), Message("b", "好")])
    answers = [ChatAnswer.of(verdict).model_dump(mode="json") for verdict in verdicts]
    with open_output(path, ChatAnswer) as writer:
        writer.write(answers)
    assert pq.read_table(path).to_pylist() == answers


def test_csv_has_dotted_columns_and_lists_as_json(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    answer = review_answer()
    with open_output(path, ReviewAnswer) as writer:
        writer.write([answer])
    with path.open(encoding="utf-8", newline="") as source:
        (row,) = csv.DictReader(source)
    assert row["sentiment.label"] == "negative"
    assert row["severity.hazard"] == ""
    assert json.loads(row["suspicion.signals"]) == answer["suspicion"]["signals"]
    assert list(row)[:2] == ["id", "sentiment.label"]


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.jsonl"])
def test_no_answers_give_a_readable_file(tmp_path: Path, name: str) -> None:
    with open_output(tmp_path / name, ReviewAnswer) as writer:
        writer.write([])
    assert (tmp_path / name).exists()
    if name == "out.parquet":
        assert pq.read_table(tmp_path / name).num_rows == 0
