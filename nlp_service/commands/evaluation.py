"""What `nlp-service evaluate chat` does: read, measure with a bar, write the report."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import typer

from nlp_service.commands.console import err, progress_bar
from nlp_service.commands.extra import training_extra
from nlp_service.engines import load_checker
from nlp_service.errors import ClientError
from nlp_service.policy.schema import PolicyData
from nlp_service.settings import Settings
from nlp_service.training.chat_corpus import Record, read_corpus
from nlp_service.training.chat_evaluation import (
    Contender,
    Evaluation,
    evaluate,
    steps_of,
    write_figures,
)
from nlp_service.training.chat_report import expected_action, measure, to_message
from nlp_service.training.chat_split import split

_STDOUT = Path("-")
_PARTS = ("train", "dev", "test")


def check_outputs(
    report: Path | None, json_file: Path | None, *, against: bool, no_texts: bool
) -> None:
    """Refuse what cannot be written, before anything slow; raises ClientError."""
    places = {"--report": report, "--json": None if json_file == _STDOUT else json_file}
    for option, path in places.items():
        if path and (path.is_dir() or not path.absolute().parent.is_dir()):
            raise ClientError(f"{option} {path} is no file in a folder that exists")
    if report and report == json_file:
        raise ClientError("--report and --json need two files")
    if no_texts and not report:
        raise ClientError("--no-texts goes with --report only; leave it out")
    if against and not (report or json_file):
        raise ClientError("--against goes with --report or --json; add one")
    if report:
        with training_extra():
            # What is missing is said now, not after minutes.
            import nlp_service.training.chat_html  # noqa: F401


def chat_records(corpus_dir: Path, part: str | None, policy: PolicyData) -> list[Record]:
    """The records of a corpus or of one part, all of them fit to be judged.

    Raises ClientError or StorageError.
    """
    if part is not None and part not in _PARTS:
        raise ClientError(f"--part must be one of {', '.join(_PARTS)}")
    try:
        records = read_corpus(corpus_dir)
        for record in records:
            to_message(record)
            expected_action(record, policy)
    except (KeyError, TypeError, ValueError) as error:
        raise ClientError(
            f"{corpus_dir} holds JSONL that is no corpus of this policy; build one first"
        ) from error
    if part is None:
        return records
    parts = split(records, corpus_dir)
    return {"train": parts.train, "dev": parts.dev, "test": parts.test}[part]


def summary(records: Sequence[Record], settings: Settings, policy: PolicyData) -> str:
    """The figures of one model for the terminal."""
    checker = load_checker(settings, policy)
    with progress_bar("measuring", len(records)) as progress:
        return measure((record, checker) for record in _told(records, progress)).summary()


def _told(records: Sequence[Record], progress: Callable[[int], None]) -> Iterator[Record]:
    for done, record in enumerate(records, start=1):
        yield record
        progress(done)


def evaluation(
    records: Sequence[Record], models: Sequence[Settings], policy: PolicyData, corpus: str
) -> Evaluation:
    """Measure the models that the settings name, the first in detail."""
    contenders: list[Contender] = []
    for one in models:
        model_dir = one.chat_model or one.models_dir
        found = Contender.of(load_checker(one, policy), model_dir)
        taken = {other.name for other in contenders}
        name = f"{found.name} ({model_dir.name})" if contenders else found.name
        if name in taken:
            name = f"{name} {len(contenders)}"
        contenders.append(replace(found, name=name))
    steps = steps_of(len(records), len(contenders))
    with progress_bar("measuring", steps) as progress:
        return evaluate(records, contenders, policy, corpus=corpus, progress=progress)


def write(found: Evaluation, report: Path | None, json_file: Path | None, *, texts: bool) -> None:
    """Write what was asked for; `-` as JSON file is the terminal."""
    if json_file == _STDOUT:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
    elif json_file:
        write_figures(json_file, found)
        err().print(f"figures: {json_file}", soft_wrap=True)
    if report:
        with training_extra():
            from nlp_service.training.chat_html import render

            report.write_text(render(found, texts=texts), encoding="utf-8")
        err().print(f"report: {report}", soft_wrap=True)
