"""Writes answers to a file that appears when it is complete, and not before.

    temporary file beside OUT --write--> flush, fsync --os.replace--> OUT

Whatever goes wrong on the way removes the temporary file and leaves an earlier OUT untouched.
"""

import csv
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from types import UnionType
from typing import IO, Any, Protocol, Union, get_args, get_origin

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from pydantic import BaseModel

from nlp_service.batch.rows import check_format
from nlp_service.errors import ClientError

Answer = Mapping[str, Any]


class Writer(Protocol):
    """Takes answers piece by piece."""

    def write(self, answers: Sequence[Answer]) -> None:
        """Append some answers."""
        ...


@contextmanager
def whole_file(path: Path, *, drop_empty: bool = False) -> Iterator[IO[bytes]]:
    """A file to write; it takes the place of `path` when the block ends well.

    With `drop_empty`, nothing written means that no file stays at `path`, not an earlier one
    either. Raises ClientError where the folder takes no files.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        target = draft.open("wb")
    except OSError as error:
        raise ClientError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with target:
            yield target
            target.flush()
            os.fsync(target.fileno())
            empty = target.tell() == 0
        if empty and drop_empty:
            path.unlink(missing_ok=True)
        else:
            draft.replace(path)
        _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def open_output(path: Path, model: type[BaseModel]) -> Iterator[Writer]:
    """A writer for the format that the extension names."""
    make = _WRITERS[check_format(path)]
    with whole_file(path) as target, make(target, model) as writer:
        yield writer


class JsonLines:
    """One JSON object a line, UTF-8."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target

    def write(self, answers: Sequence[Answer]) -> None:
        """Append some answers."""
        lines = (json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
        self._target.write("".join(lines).encode("utf-8"))


class _Csv:
    """Flat columns with dotted names; lists as JSON."""

    def __init__(self, target: Any, model: type[BaseModel]) -> None:
        self._columns = list(columns_of(model))
        self._rows = csv.writer(target)
        self._rows.writerow(self._columns)

    def write(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            flat = dict(_flat(answer))
            self._rows.writerow([flat.get(column) for column in self._columns])


class _Parquet:
    """The same nested shape as the JSON."""

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def write(self, answers: Sequence[Answer]) -> None:
        if answers:
            table = pa.Table.from_pylist([dict(answer) for answer in answers], self._schema)
            self._writer.write_table(table)


@contextmanager
def _jsonl(target: IO[bytes], _: type[BaseModel]) -> Iterator[Writer]:
    yield JsonLines(target)


@contextmanager
def _csv(target: IO[bytes], model: type[BaseModel]) -> Iterator[Writer]:
    text = TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    try:
        yield _Csv(text, model)
    finally:
        text.detach()


@contextmanager
def _parquet(target: IO[bytes], model: type[BaseModel]) -> Iterator[Writer]:
    schema = pa.schema(_fields(model))
    with pq.ParquetWriter(target, schema) as writer:
        yield _Parquet(writer, schema)


_WRITERS = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet}


def columns_of(model: type[BaseModel]) -> Iterator[str]:
    """The flat column names of an answer: `sentiment.label`, `aspects` …"""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from (f"{name}.{inner}" for inner in columns_of(field.annotation))
        else:
            yield name


def _flat(answer: Answer, before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in answer.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield before + name, json.dumps(value, ensure_ascii=False)
        else:
            yield before + name, value


def _fields(model: type[BaseModel]) -> list[pa.Field]:
    return [
        pa.field(name, _arrow_type(field.annotation)) for name, field in model.model_fields.items()
    ]


def _arrow_type(annotation: Any) -> pa.DataType:
    """The Arrow type of an answer field; a span is a list of two."""
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (UnionType, Union):
        return _arrow_type(inner[0])
    if origin in (list, tuple):
        return pa.list_(_arrow_type(inner[0]))
    return pa.struct(_fields(annotation))


_SCALARS = {str: pa.string(), float: pa.float64(), bool: pa.bool_(), int: pa.int64()}
