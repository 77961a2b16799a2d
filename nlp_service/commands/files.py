"""The file run behind `chat check` and `reviews score`."""

from pathlib import Path
from typing import TypeVar

from nlp_service.batch.rows import total_of
from nlp_service.batch.run import Job, check_files, run_file
from nlp_service.commands.console import BAD_LINES, OK, err, progress_bar
from nlp_service.errors import ClientError

Value = TypeVar("Value")
Result = TypeVar("Result")


def require_out(source: Path, out: Path | None) -> Path:
    """Check both names before anything slow is loaded; raises ClientError."""
    if out is None:
        raise ClientError("a file needs --out, the file to write")
    check_files(source, out)
    return out


def run_with_bar(source: Path, out: Path, job: Job[Value, Result], what: str) -> int:
    """Run the file with a progress bar; the exit status."""
    with progress_bar(what, total_of(source)) as progress:
        report = run_file(source, out, job, progress)
    err().print(f"{report.answered} answered, {report.refused} refused: {out}", soft_wrap=True)
    if report.errors:
        err().print(f"lines and reasons: {report.errors}", soft_wrap=True)
        return BAD_LINES
    return OK
