"""`nlp-service chat check`: one text for a person, or a file for a machine."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from nlp_service.commands.console import OK, either, marked, out
from nlp_service.commands.models import ChatLabels, ChatModel, chat_settings
from nlp_service.domain import Action, Message, Verdict
from nlp_service.settings import Settings

app = typer.Typer(help="Check a merchant's messages before they are sent.", no_args_is_help=True)

_STYLES = {Action.ALLOW: "green", Action.WARN: "yellow", Action.BLOCK: "red"}
_WORDS = {Action.ALLOW: "可以发送", Action.WARN: "请修改", Action.BLOCK: "不能发送"}


@app.callback()
def _group() -> None:
    """Keep `check` a named command, though it is the only one."""


@app.command()
def check(
    source: Annotated[
        Path | None, typer.Argument(metavar="[IN]", help="JSONL, CSV, Parquet")
    ] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="File to write")] = None,
    text: Annotated[str | None, typer.Option(help="One message instead of a file")] = None,
    category: Annotated[str | None, typer.Option(help="Product category, with --text")] = None,
    stage: Annotated[str | None, typer.Option(help="Order stage, with --text")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, not colours, with --text")] = False,
    model: ChatModel = None,
    labels: ChatLabels = None,
) -> int:
    """Check one message (--text) or a file of messages."""
    with_text = {"--category": category, "--stage": stage, "--json": as_json}
    either(source, text, with_file={"--out": out_file}, with_text=with_text)
    settings = chat_settings(model, labels)
    if source is not None:
        return _check_file(settings, source, out_file)
    return _check_text(settings, text or "", {"category": category, "stage": stage}, as_json)


def _check_file(settings: Settings, source: Path, out_file: Path | None) -> int:
    from nlp_service.commands.files import require_out, run_with_bar

    target = require_out(source, out_file)
    from nlp_service.batch.run import chat_job
    from nlp_service.engines import load_chat

    return run_with_bar(source, target, chat_job(load_chat(settings)), "checking")


def _check_text(
    settings: Settings, text: str, context: dict[str, str | None], as_json: bool
) -> int:
    from nlp_service.contract.answers import ChatAnswer
    from nlp_service.contract.parsing import validate
    from nlp_service.contract.requests import ChatRequest
    from nlp_service.engines import load_chat

    message = validate(ChatRequest, {"text": text, "context": context}).to_message("text")
    verdict = load_chat(settings).check(message)
    if as_json:
        typer.echo(ChatAnswer.of(verdict).model_dump_json())
    else:
        _show(message, verdict, out())
    return OK


def _show(message: Message, verdict: Verdict, console: Console) -> None:
    style = _STYLES[verdict.action]
    spans = [span for label in verdict.labels for span in label.spans]
    plain = console.color_system is None
    console.print(Text(f"{_WORDS[verdict.action]} ({verdict.action})", style=f"bold {style}"))
    console.print(marked(message.text, spans, style=f"bold {style} underline", plain=plain))
    for label in verdict.labels:
        head = f"\n{label.name}  {label.code}  {label.severity}  {label.score:.0%}"
        console.print(Text(head, style="bold"))
        console.print(Text(label.reason))
    if verdict.suggestion is not None:
        console.print(Text("\n建议改为", style="bold"))
        console.print(marked(verdict.suggestion, (), style="", plain=plain))
