"""`nlp-service reviews score`: one text for a person, or a file for a machine."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.text import Text

from nlp_service.commands.console import OK, either, marked, out
from nlp_service.domain import Review, ReviewScore
from nlp_service.errors import ClientError

app = typer.Typer(help="Score reviews; a person decides, never this.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `score` a named command, though it is the only one."""


@app.command()
def score(
    source: Annotated[
        Path | None, typer.Argument(metavar="[IN]", help="JSONL, CSV, Parquet")
    ] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="File to write")] = None,
    text: Annotated[str | None, typer.Option(help="One review instead of a file")] = None,
    rating: Annotated[int | None, typer.Option(help="1 to 5 stars, with --text")] = None,
    category: Annotated[str | None, typer.Option(help="Product category, with --text")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, not colours, with --text")] = False,
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="Where a file is worked; so far: local")
    ] = "local",
    resume: Annotated[bool, typer.Option("--resume", help="Not in this version")] = False,
) -> int:
    """Score one review (--text) or a file of reviews."""
    with_text = {"--rating": rating, "--category": category, "--json": as_json}
    either(source, text, with_file={"--out": out_file}, with_text=with_text)
    _refuse_what_is_not_here(engine, resume)
    if source is not None:
        return _score_file(source, out_file)
    given: dict[str, object] = {"id": "text", "text": text, "rating": rating, "category": category}
    return _score_text(given, as_json)


def _refuse_what_is_not_here(engine: str, resume: bool) -> None:
    """The contract names both options; saying no is better than quietly doing something else."""
    if engine != "local":
        raise ClientError(f"--engine {engine} is not in this version; only local runs")
    if resume:
        raise ClientError("--resume is not in this version; run the whole file without it")


def _score_file(source: Path, out_file: Path | None) -> int:
    from nlp_service.commands.files import require_out, run_with_bar

    target = require_out(source, out_file)
    from nlp_service.batch.run import review_job
    from nlp_service.engines import load_reviews
    from nlp_service.settings import Settings

    return run_with_bar(source, target, review_job(load_reviews(Settings.from_env())), "scoring")


def _score_text(given: dict[str, object], as_json: bool) -> int:
    from nlp_service.contract.answers import ReviewAnswer
    from nlp_service.contract.parsing import validate
    from nlp_service.contract.requests import ReviewRequest
    from nlp_service.engines import load_reviews
    from nlp_service.settings import Settings

    review = validate(ReviewRequest, given).to_review()
    result = load_reviews(Settings.from_env()).score(review)
    if as_json:
        typer.echo(ReviewAnswer.of(result).model_dump_json())
    else:
        _show(review, result, out())
    return OK


def _show(review: Review, result: ReviewScore, console: Console) -> None:
    feeling, suspicion = result.sentiment, result.suspicion
    prob = max(feeling.positive, feeling.neutral, feeling.negative)
    spans = [span for signal in suspicion.signals for span in signal.spans]
    plain = console.color_system is None
    console.print(marked(review.text, spans, style="bold yellow underline", plain=plain))
    console.print(Text(f"\nsentiment  {feeling.label} {prob:.0%}"))
    hazard = f" ({result.severity.hazard})" if result.severity.hazard else ""
    console.print(Text(f"severity   {result.severity.level}{hazard}"))
    console.print(
        Text(f"suspicion  {suspicion.level} {suspicion.score:.0%}, advice: {suspicion.advice}")
    )
    for aspect in result.aspects:
        console.print(Text(f"aspect     {aspect.aspect} {aspect.polarity} {aspect.score:.0%}"))
    for signal in suspicion.signals:
        console.print(Text(f"signal     {signal.weight:+.1f} {signal.code}: {signal.reason}"))
