"""Runs a file through an engine: pieces in, answers out, bad lines beside.

    IN --rows--> pieces --each_apart--> answers -> OUT
                                    \\-> OUT.errors.jsonl (line, reason)

Reviews are read twice: the first time to know what they are beside each other (copies, bursts),
keeping hashes and no text. Both files are written beside their places and appear at the end: OUT
first, then the errors. What an earlier run left stays until then. Answers stand in the order of the
lines.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from nlp_service.batch.apart import Failure, each_apart
from nlp_service.batch.outputs import JsonLines, open_output, whole_file
from nlp_service.batch.rows import Row, check_format, read_rows
from nlp_service.contract.answers import ChatAnswer, ReviewAnswer
from nlp_service.contract.parsing import validate
from nlp_service.contract.requests import ChatRequest, ReviewRequest
from nlp_service.domain import Message, Review, ReviewScore, Verdict
from nlp_service.engines import ChatEngine, ReviewEngine
from nlp_service.errors import ClientError

Value = TypeVar("Value")
Result = TypeVar("Result")

# Small enough that the progress bar moves, large enough that writing costs nothing.
_PIECE_ROWS = 256


@dataclass(frozen=True, slots=True)
class Job(Generic[Value, Result]):
    """What happens to a piece of rows; `first` sees all of them before `work` sees any."""

    read: Callable[[Row], Value]
    work: Callable[[list[Value]], list[Result]]
    show: Callable[[Result], BaseModel]
    model: type[BaseModel]
    first: Callable[[list[Value]], list[None]] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended; `errors` is the file of bad lines, where there were any."""

    answered: int
    refused: int
    errors: Path | None


def chat_job(engine: ChatEngine) -> Job[Message, Verdict]:
    """Checks every row; a row without id is called after its line."""

    def read(row: Row) -> Message:
        return validate(ChatRequest, _value(row)).to_message(f"line-{row.line}")

    return Job(read, engine.check_many, ChatAnswer.of, ChatAnswer)


def review_job(engine: ReviewEngine) -> Job[Review, ReviewScore]:
    """Scores every row beside all others of the file; for one file only."""
    others = engine.others()

    def read(row: Row) -> Review:
        return validate(ReviewRequest, _value(row)).to_review()

    def first(reviews: list[Review]) -> list[None]:
        for seen in engine.seen(reviews):
            others.add(seen)
        return [None] * len(reviews)

    def work(reviews: list[Review]) -> list[ReviewScore]:
        return engine.score_batch(reviews, others=others)

    return Job(read, work, ReviewAnswer.of, ReviewAnswer, first)


def _value(row: Row) -> object:
    if isinstance(row.value, ClientError):
        raise row.value
    return row.value


def run_file(
    source: Path,
    out: Path,
    job: Job[Value, Result],
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Answer every line of `source` into `out`; `progress` hears how much was read.

    Raises ClientError where one of the files is not usable.
    """
    check_files(source, out)
    _look_first(source, job)
    errors = errors_path(out)
    answered = refused = 0
    # Left in the opposite order: OUT takes its place before the errors take theirs.
    with (
        whole_file(errors, drop_empty=True) as target,
        open_output(out, job.model) as writer,
    ):
        for rows in _pieces(read_rows(source), _PIECE_ROWS):
            results = each_apart(rows, job.read, job.work)
            good = [_shown(job, r) for r in results if not isinstance(r, Failure)]
            bad = list(_refusals(rows, results))
            writer.write(good)
            JsonLines(target).write(bad)
            answered, refused = answered + len(good), refused + len(bad)
            progress(rows[-1].done)
    return Report(answered, refused, errors if refused else None)


def _look_first(source: Path, job: Job[Value, Result]) -> None:
    """Show the job all rows that can be read; what fails here fails again, and is told, later."""
    if job.first is not None:
        for rows in _pieces(read_rows(source), _PIECE_ROWS):
            each_apart(rows, job.read, job.first)


def _shown(job: Job[Value, Result], result: Result) -> dict[str, Any]:
    return job.show(result).model_dump(mode="json")


def _refusals(rows: list[Row], results: Iterable[object]) -> Iterator[dict[str, Any]]:
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, Failure):
            yield {"line": row.line, "reason": result.reason}


def check_files(source: Path, out: Path) -> None:
    """Refuse, before any work, files that cannot be what they are said to be."""
    for path in (source, out):
        check_format(path)
    if not source.is_file():
        raise ClientError(f"{source} is not a file")
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise ClientError(f"{out} cannot be written: its folder does not exist or it is a folder")
    if out.exists() and out.samefile(source):
        raise ClientError("input and output are the same file; choose another --out")
    if errors_path(out).is_dir():
        raise ClientError(f"{errors_path(out)} is a folder; choose another --out")
    if errors_path(out).absolute() == source.absolute():
        raise ClientError(f"{source} would be overwritten by the errors; choose another --out")


def errors_path(out: Path) -> Path:
    """`scores.csv` -> `scores.errors.jsonl`."""
    return out.with_name(f"{out.stem}.errors.jsonl")


def _pieces(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while piece := list(islice(rows, size)):
        yield piece
