"""Reads files into rows: a row is one request as plain JSON values, or why it cannot be read.

    .jsonl: one JSON value a line     .csv, .parquet: columns, nested ones dotted (order.paid)

Files are streamed; none is held in memory. Nothing is validated here beyond the file format.
A record that cannot be read fails alone; a file without usable columns fails whole.
"""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow.parquet as pq  # type: ignore[import-untyped]
from pyarrow import ArrowException

from nlp_service.batch.columns import check_columns, nested, number, typed
from nlp_service.contract.parsing import field_path, read_json
from nlp_service.errors import ClientError, MalformedError

FORMATS = (".jsonl", ".csv", ".parquet")
# The longest honest line: 8,000 characters as \uXXXX pairs and a long history stay far below.
_LINE_BYTES = 4 * 1024 * 1024
_PARQUET_ROWS = 1_000
_UNREADABLE = (ArrowException, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `line` counts from 1, in CSV from the header; `done` of `total` were read."""

    line: int
    value: object | ClientError
    done: int


def check_format(path: Path) -> str:
    """The extension, in small letters; raises ClientError where it is none of ours."""
    extension = path.suffix.lower()
    if extension not in FORMATS:
        raise ClientError(f"{path.name}: the extension must be one of {', '.join(FORMATS)}")
    return extension


def total_of(path: Path) -> int:
    """What `Row.done` counts up to: bytes, or rows of a Parquet file."""
    if check_format(path) != ".parquet":
        return path.stat().st_size
    with _parquet(path) as source:
        return int(source.metadata.num_rows)


def read_rows(path: Path) -> Iterator[Row]:
    """Every row of a file; raises ClientError where the file as a whole is not readable."""
    return _READERS[check_format(path)](path)


def _jsonl_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as source:
        for line, raw in enumerate(_lines(source), 1):
            if line == 1 and raw is not None:
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            if raw is None or raw.strip():
                yield Row(line, _jsonl_value(raw), source.tell())


def _lines(source: BinaryIO) -> Iterator[bytes | None]:
    """Lines; None for one that is too long to be a request."""
    while raw := source.readline(_LINE_BYTES):
        too_long = len(raw) == _LINE_BYTES and not raw.endswith(b"\n")
        while too_long and raw and not raw.endswith(b"\n"):
            raw = source.readline(_LINE_BYTES)
        yield None if too_long else raw


def _jsonl_value(raw: bytes | None) -> object | ClientError:
    if raw is None:
        return MalformedError(f"the line is over {_LINE_BYTES} bytes")
    try:
        return read_json(raw)
    except MalformedError as error:
        return error


def _csv_rows(path: Path) -> Iterator[Row]:
    # Wrong bytes become lone surrogates here, which validation refuses row by row.
    with path.open("rb") as raw:
        source = TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
        reader = csv.reader(source, strict=True)
        records = _csv_records(reader)
        columns = _header(path, next(records, []))
        first = reader.line_num + 1
        for cells in records:
            if cells:
                yield Row(first, _csv_value(columns, cells, first, reader.line_num), raw.tell())
            first = reader.line_num + 1


def _header(path: Path, cells: list[str] | csv.Error) -> list[str]:
    if isinstance(cells, csv.Error):
        raise MalformedError(f"{path.name}: the first line is not valid CSV; mend its quotes")
    check_columns(path.name, cells)
    return cells


def _csv_records(reader: Any) -> Iterator[list[str] | csv.Error]:
    while True:
        try:
            yield next(reader)
        except csv.Error as error:
            yield error
        except StopIteration:
            return


def _csv_value(
    columns: Sequence[str], cells: list[str] | csv.Error, first: int, last: int
) -> object | ClientError:
    if isinstance(cells, csv.Error):
        remedy = f"mend its quotes and keep cells under {csv.field_size_limit()} characters"
        return MalformedError(f"{_joined(first, last)}not valid CSV; {remedy}")
    if len(cells) != len(columns):
        wrong = f"{len(cells)} cells under {len(columns)} columns; mend the line"
        return MalformedError(f"{_joined(first, last)}{wrong}")
    given = {name: cell for name, cell in zip(columns, cells, strict=True) if cell != ""}
    try:
        return nested({name: typed(name, cell) for name, cell in given.items()})
    except MalformedError as error:
        return error


def _joined(first: int, last: int) -> str:
    """What a quote left open swallows is not answered, and so is named."""
    if last <= first:
        return ""
    return f"a quote joins lines {first} to {last}, close it if it was left open; as one line: "


@contextmanager
def _parquet(path: Path) -> Iterator[pq.ParquetFile]:
    """An open Parquet file; what goes wrong inside the block is a damaged file."""
    try:
        with pq.ParquetFile(path) as source:
            yield source
    except (OSError, *_UNREADABLE) as error:
        # Arrow calls damage an OSError too, one without a number.
        if isinstance(error, OSError) and error.errno:
            raise
        raise MalformedError(f"{path.name} is not a Parquet file, or it is damaged") from error


def _parquet_rows(path: Path) -> Iterator[Row]:
    line = 0
    with _parquet(path) as source:
        check_columns(path.name, source.schema_arrow.names)
        for batch in source.iter_batches(_PARQUET_ROWS):
            for record in _records(batch):
                line += 1
                yield Row(line, record, line)


def _records(batch: Any) -> Iterator[object | ClientError]:
    """The rows of an Arrow batch; where one cannot be converted, the others still are."""
    try:
        records = [nested(_plain_record(record)) for record in batch.to_pylist()]
    except _UNREADABLE:
        yield from (_record(batch.slice(place, 1)) for place in range(batch.num_rows))
    else:
        yield from records


def _record(row: Any) -> object | ClientError:
    values = {}
    for name, column in zip(row.schema.names, row.columns, strict=True):
        try:
            values[name] = _plain(name, column[0].as_py())
        except _UNREADABLE:
            remedy = "times must lie in the years 1 to 9999 and be no finer than microseconds"
            shown = field_path((name,))
            return MalformedError(f"{shown}: the value cannot be read; {remedy}, texts be UTF-8")
    return nested({name: value for name, value in values.items() if value is not None})


def _plain_record(record: Mapping[str, Any]) -> dict[str, object]:
    """JSON values; nulls and NaN are missing, whole floats in whole columns are numbers again."""
    plain = {name: _plain(name, value) for name, value in record.items()}
    return {name: value for name, value in plain.items() if value is not None}


def _plain(name: str, value: Any) -> object:
    if isinstance(value, dict):
        return _plain_record(value) or None
    if isinstance(value, list):
        return [_plain(name, item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return None if math.isnan(value) else number(name, value)
    return value


_READERS = {".jsonl": _jsonl_rows, ".csv": _csv_rows, ".parquet": _parquet_rows}
