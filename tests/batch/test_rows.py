from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from nlp_service.batch.rows import read_rows, total_of
from nlp_service.contract.parsing import validate
from nlp_service.contract.requests import ChatRequest, ReviewRequest
from nlp_service.errors import ClientError, MalformedError


def test_jsonl_keeps_line_numbers_over_blank_and_broken_lines(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n\n  \r\n{broken\n{"a": 2}\r\n{"a": 3}')
    rows = list(read_rows(path))
    assert [row.line for row in rows] == [1, 4, 5, 6]
    assert isinstance(rows[1].value, MalformedError)
    assert [row.value for row in (rows[0], *rows[2:])] == [{"a": 1}, {"a": 2}, {"a": 3}]
    assert rows[-1].done == total_of(path)


def test_jsonl_line_beyond_reason_is_refused_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nlp_service.batch.rows._LINE_BYTES", 20)
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"a": "' + b"x" * 95 + b'"}\n{"a": 2}\n')
    rows = list(read_rows(path))
    assert isinstance(rows[0].value, MalformedError)
    assert rows[1].value == {"a": 2}
    assert rows[1].line == 2


def test_csv_gives_what_jsonl_would(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        "id,text,rating,order.paid,order.refund.status,history.reviews,posted_at\n"
        'r-1,"第一行,\n第二行",5,199,none,3,2026-03-01T10:00:00+08:00\n'
        "r-2,好,,,,,\n",
        encoding="utf-8-sig",
    )
    rows = list(read_rows(path))
    assert rows[0].value == {
        "id": "r-1",
        "text": "第一行,\n第二行",
        "rating": 5,
        "order": {"paid": 199.0, "refund": {"status": "none"}},
        "history": {"reviews": 3},
        "posted_at": "2026-03-01T10:00:00+08:00",
    }
    assert rows[1].value == {"id": "r-2", "text": "好"}
    assert [row.line for row in rows] == [2, 4]
    assert validate(ReviewRequest, rows[0].value).rating == 5


def test_csv_bad_lines_fail_alone(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('id,text\nr-1,好,多\nr-2,"a"b\nr-3,好\n', encoding="utf-8")
    rows = list(read_rows(path))
    assert [isinstance(row.value, MalformedError) for row in rows] == [True, True, False]
    assert rows[2].line == 4


@pytest.mark.parametrize("header", ["id,body", "", "id,text,id"])
def test_csv_without_usable_header_is_refused_whole(tmp_path: Path, header: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"{header}\nr-1,好\n", encoding="utf-8")
    with pytest.raises(MalformedError, match=r"in\.csv"):
        list(read_rows(path))


def test_csv_in_another_encoding_is_refused_by_row(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes("id,text\nr-1,质量很好\n".encode("gbk"))
    (row,) = read_rows(path)
    with pytest.raises(ClientError, match="text: contains a lone surrogate"):
        validate(ReviewRequest, row.value)


def test_parquet_nested_and_dotted_columns_are_read(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    at = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
    records = [
        {"id": "a", "text": "好", "rating": 4.0, "posted_at": at, "order": {"paid": 1.0}},
        {"id": "b", "text": "好", "rating": float("nan"), "posted_at": None, "order": None},
    ]
    table = pa.Table.from_pylist(records).append_column("history.orders", pa.array([7, None]))
    pq.write_table(table, path)
    rows = list(read_rows(path))
    assert rows[0].value == {
        "id": "a",
        "text": "好",
        "rating": 4,
        "posted_at": "2026-03-01T02:00:00+00:00",
        "order": {"paid": 1.0},
        "history": {"orders": 7},
    }
    assert rows[1].value == {"id": "b", "text": "好"}
    assert (rows[1].done, total_of(path)) == (2, 2)
    assert validate(ReviewRequest, rows[0].value).rating == 4


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    path.write_bytes(b"PAR?")
    with pytest.raises(MalformedError):
        list(read_rows(path))


def refusal(value: object) -> str:
    assert isinstance(value, MalformedError)
    return value.detail


def test_csv_header_with_broken_quotes_is_refused_whole(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('"id"x,text\nr-1,好\n', encoding="utf-8")
    with pytest.raises(MalformedError, match=r"in\.csv: the first line is not valid CSV"):
        list(read_rows(path))


def test_csv_lists_are_read_as_json(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        "id,text,context.order.flags,context.order.tracking_numbers,context.history\n"
        'm-1,好,"[""real_name""]","[""SF1""]","[{""role"": ""buyer"", ""text"": ""在吗""}]"\n'
        "m-2,好,real_name,,\n"
        "m-3,好,,,\n",
        encoding="utf-8",
    )
    rows = list(read_rows(path))
    message = validate(ChatRequest, rows[0].value).to_message("")
    assert message.context.order.flags == {"real_name"}
    assert message.context.order.tracking_numbers == ("SF1",)
    assert [turn.text for turn in message.context.history] == ["在吗"]
    assert refusal(rows[1].value).startswith("context.order.flags: the cell must be a list in JSON")
    assert rows[2].value == {"id": "m-3", "text": "好"}


@pytest.mark.parametrize("extra", ["", ",多"])
def test_csv_quote_left_open_says_which_lines_it_swallows(tmp_path: Path, extra: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f'id,text\nr-1,"好\nr-2,差\nr-3,坏"{extra}\nr-4,"差\n', encoding="utf-8")
    rows = list(read_rows(path))
    assert [row.line for row in rows] == [2, 5]
    if extra:
        assert "joins lines 2 to 4" in refusal(rows[0].value)
        assert "3 cells under 2 columns" in refusal(rows[0].value)
    assert "not valid CSV" in refusal(rows[1].value)


def test_csv_quote_open_to_the_end_names_every_line_that_it_takes(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('id,text\nr-1,好\nr-2,"差\nr-3,坏\nr-4,好\n', encoding="utf-8")
    rows = list(read_rows(path))
    assert [row.line for row in rows] == [2, 3]
    assert "joins lines 3 to 5" in refusal(rows[1].value)


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_columns_that_name_the_same_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "in.csv":
        path.write_text("text,order.paid,order.paid.x\n好,1,2\n", encoding="utf-8")
    else:
        pq.write_table(pa.table({"text": ["好"], "order.paid": [1], "order.paid.x": [2]}), path)
    with pytest.raises(MalformedError, match=r"`order\.paid` and `order\.paid\.x`"):
        list(read_rows(path))


UNREADABLE = [
    pa.array([0, 1, 2_000], pa.timestamp("ns", tz="UTC")),
    pa.array([0, 2**50, 2_000], pa.timestamp("s")),
    pa.array([0, -(2**62), 2_000], pa.timestamp("us", tz="UTC")),
    pa.array([{"t": 0}, {"t": 1}, {"t": 2_000}], pa.struct([("t", pa.timestamp("ns"))])),
]


@pytest.mark.parametrize("times", UNREADABLE, ids=lambda times: str(times.type))
def test_parquet_time_that_cannot_be_read_fails_alone(tmp_path: Path, times: pa.Array) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": ["好", "坏", "差"], "posted_at": times}), path)
    rows = list(read_rows(path))
    assert [isinstance(row.value, MalformedError) for row in rows] == [False, True, False]
    assert refusal(rows[1].value).startswith("posted_at: the value cannot be read")
    assert [row.line for row in rows] == [1, 2, 3]


def test_damaged_parquet_is_refused_and_never_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": ["好", "坏"] * 50, "id": [str(i) for i in range(100)]}), path)
    sound = path.read_bytes()
    refused = 0
    for place in range(4, len(sound) - 8, 3):
        path.write_bytes(sound[:place] + b"\xa5\x5a" + sound[place + 2 :])
        try:
            total_of(path)
            list(read_rows(path))
        except MalformedError:
            refused += 1
    assert refused > 0


def test_file_that_may_not_be_opened_is_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_rows(tmp_path / "none.parquet"))
