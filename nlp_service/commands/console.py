"""What all commands print with: answers to stdout, words about the run to stderr."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from nlp_service.domain import Span
from nlp_service.errors import ClientError, ServiceError

OK, BAD_LINES, UNUSABLE = 0, 1, 2


def out() -> Console:
    """Stdout for a person; plain where it is no terminal."""
    return Console(highlight=False, soft_wrap=False)


def err() -> Console:
    """Stderr."""
    return Console(stderr=True, highlight=False)


def say_error(error: ServiceError) -> int:
    """One line on stderr; the exit status for it."""
    say_wrong(error.detail)
    return UNUSABLE


def say_wrong(detail: str) -> None:
    """One line on stderr, unbroken whatever the width."""
    err().print(Text(f"nlp-service: {' '.join(detail.split())}"), soft_wrap=True)


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr while the block runs; nothing where stderr is no terminal."""
    console = err()
    columns = (TextColumn(what), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, *times, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def marked(text: str, spans: Sequence[Span], *, style: str, plain: bool) -> Text:
    """The text with spans in `style`, or between 【】 where there are no colours.

    Control characters become �, so that a text cannot steer the terminal.
    """
    shown = "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
    if plain:
        return Text(_bracketed(shown, spans))
    whole = Text(shown)
    for span in spans:
        whole.stylize(style, span.start, span.end)
    return whole


def _bracketed(text: str, spans: Sequence[Span]) -> str:
    for span in sorted(_joined(spans), reverse=True):
        text = f"{text[: span.start]}【{text[span.start : span.end]}】{text[span.end :]}"
    return text


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def either(
    source: Path | None,
    text: str | None,
    *,
    with_file: Mapping[str, object],
    with_text: Mapping[str, object],
) -> None:
    """A file or --text, each with its own options; raises ClientError."""
    if (source is None) == (text is None):
        raise ClientError("give either a file or --text, and not both")
    strange, place = (with_file, "a file") if source is None else (with_text, "--text")
    for option, value in strange.items():
        if value is not None and value is not False:
            raise ClientError(f"{option} goes with {place} only; leave it out")
