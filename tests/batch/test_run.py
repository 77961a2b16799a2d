import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from nlp_service.batch.outputs import JsonLines
from nlp_service.batch.run import chat_job, errors_path, review_job, run_file
from nlp_service.errors import ClientError
from tests.fakes import FakeChat, FakeReviews

LINES = [
    '{"id": "a", "text": "在的"}',
    '{"text": "身份证"}',
    "{broken",
    '{"id": "d", "text": "好", "x": 1}',
    '{"id": "e", "text": "崩溃13912345678"}',
    '{"id": "f", "text": "谢谢"}',
]


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_good_lines_are_answered_in_order_and_bad_ones_listed(tmp_path: Path) -> None:
    source, out = write(tmp_path / "in.jsonl", LINES), tmp_path / "out.jsonl"
    report = run_file(source, out, chat_job(FakeChat()))
    assert (report.answered, report.refused) == (3, 3)
    assert [answer["id"] for answer in read(out)] == ["a", "line-2", "f"]
    assert report.errors == tmp_path / "out.errors.jsonl"
    refusals = read(tmp_path / "out.errors.jsonl")
    assert [refusal["line"] for refusal in refusals] == [3, 4, 5]
    assert "x: unknown field" in str(refusals[1]["reason"])
    assert "13912345678" not in str(refusals)


def test_pieces_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "in.jsonl", LINES * 3)
    run_file(source, tmp_path / "one.jsonl", chat_job(FakeChat()))
    monkeypatch.setattr("nlp_service.batch.run._PIECE_ROWS", 2)
    run_file(source, tmp_path / "two.jsonl", chat_job(FakeChat()))
    assert read(tmp_path / "one.jsonl") == read(tmp_path / "two.jsonl")


def test_clean_run_removes_the_errors_of_an_earlier_one(tmp_path: Path) -> None:
    source, out = write(tmp_path / "in.jsonl", LINES), tmp_path / "out.jsonl"
    run_file(source, out, chat_job(FakeChat()))
    write(source, LINES[:1])
    assert run_file(source, out, chat_job(FakeChat())).errors is None
    assert not errors_path(out).exists()


@pytest.mark.parametrize("lines", [LINES, LINES[:1]])
def test_out_takes_its_place_before_the_errors_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    source, out = write(tmp_path / "in.jsonl", lines), tmp_path / "out.jsonl"
    errors_path(out).write_text("earlier")
    placed: list[str] = []
    for name in ("replace", "unlink"):
        monkeypatch.setattr(Path, name, noting(getattr(Path, name), placed))
    run_file(source, out, chat_job(FakeChat()))
    assert placed == ["out.jsonl", "out.errors.jsonl"]


def noting(move: Callable[..., Any], placed: list[str]) -> Callable[..., Any]:
    """The same, noting which file appeared or went."""

    def noted(path: Path, *arguments: Any, **options: Any) -> Any:
        name = Path(arguments[0]).name if arguments else path.name
        if not name.endswith(".tmp"):
            placed.append(name)
        return move(path, *arguments, **options)

    return noted


def test_run_that_breaks_leaves_both_files_of_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = write(tmp_path / "in.jsonl", LINES), tmp_path / "out.jsonl"
    run_file(source, out, chat_job(FakeChat()))
    before = (out.read_bytes(), errors_path(out).read_bytes())
    write(source, LINES[:1])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(JsonLines, "write", full)
    with pytest.raises(OSError, match="No space"):
        run_file(source, out, chat_job(FakeChat()))
    assert (out.read_bytes(), errors_path(out).read_bytes()) == before
    assert len(list(tmp_path.iterdir())) == 3


def test_run_goes_on_over_a_time_that_cannot_be_read(tmp_path: Path) -> None:
    source, out = tmp_path / "in.parquet", tmp_path / "out.jsonl"
    times = pa.array([0, 1, 2_000], pa.timestamp("ns", tz="UTC"))
    columns = {"id": ["a", "b", "c"], "text": ["好", "坏", "差"], "posted_at": times}
    pq.write_table(pa.table(columns), source)
    report = run_file(source, out, review_job(FakeReviews()))
    assert (report.answered, report.refused) == (2, 1)
    assert [answer["id"] for answer in read(out)] == ["a", "c"]


def test_every_pair_of_formats_gives_the_same_answers(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text,rating\nr-1,垃圾,1\nr-2,很好,5\n", encoding="utf-8")
    for name in ("out.jsonl", "out.csv", "out.parquet"):
        report = run_file(source, tmp_path / name, review_job(FakeReviews()))
        assert (report.answered, report.refused) == (2, 0)


def test_unusable_files_are_refused_before_any_work(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", LINES)
    before = source.read_bytes()
    (tmp_path / "link.jsonl").symlink_to(source)
    (tmp_path / "folder.errors.jsonl").mkdir()
    for given, out in [
        (tmp_path / "none.jsonl", tmp_path / "out.jsonl"),
        (source, tmp_path / "out.txt"),
        (source, tmp_path / "no" / "out.jsonl"),
        (source, source),
        (source, tmp_path / "folder.jsonl"),
        (source, tmp_path / "link.jsonl"),
        (write(tmp_path / "o.errors.jsonl", LINES), tmp_path / "o.jsonl"),
    ]:
        with pytest.raises(ClientError):
            run_file(given, out, chat_job(FakeChat()))
    assert source.read_bytes() == before


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", LINES)
    heard: list[int] = []
    run_file(source, tmp_path / "out.jsonl", chat_job(FakeChat()), heard.append)
    assert heard[-1] == source.stat().st_size
