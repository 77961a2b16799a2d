"""`nlp-service train`, `evaluate` and `corpus`: for whoever makes the models.

Needs the extra `train`; without it one line says so.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from nlp_service.commands.console import OK, err
from nlp_service.errors import ClientError
from nlp_service.settings import Settings

train = typer.Typer(help="Train a model.", no_args_is_help=True)
evaluate = typer.Typer(help="Measure a model.", no_args_is_help=True)
corpus = typer.Typer(help="The corpora.", no_args_is_help=True)

DataDir = Annotated[Path, typer.Option("--data", help="Folder of the public data sets")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same model")]
CorpusDir = Annotated[Path | None, typer.Option("--corpus", help="Folder of the chat corpus")]


@contextmanager
def _extra() -> Iterator[None]:
    """Say which extra to install where a training library is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("nlp_service"):
            raise
        raise ClientError(
            f"{error.name} is not installed; run pip install -c constraints.txt -e '.[train]'"
        ) from error


@evaluate.callback()
def _evaluate_group() -> None:
    """Keep `chat` a named command, though it is the only one."""


@train.command("sentiment")
def train_sentiment(
    data: DataDir,
    out: Annotated[Path, typer.Option(help="Folder of the model")],
    seed: Seed = 0,
) -> int:
    """Train review sentiment from public reviews."""
    with _extra():
        from nlp_service.training.sentiment import train

        train(data, out, seed=seed)
    err().print(f"model and metrics written to {out}", soft_wrap=True)
    return OK


@train.command("chat")
def train_chat(
    out: Annotated[Path, typer.Option(help="Folder of the model")],
    corpus_dir: CorpusDir = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder of public data")] = None,
    seed: Seed = 0,
) -> int:
    """Train the chat check from the corpus written for this project."""
    with _extra():
        from nlp_service.training.chat import train

        source = corpus_dir or Settings.from_env().home / "corpora" / "chat"
        train(source, out, data_dir=data, seed=seed, progress=typer.echo)
    err().print(f"model and metrics written to {out}", soft_wrap=True)
    return OK


@evaluate.command("chat")
def evaluate_chat(
    corpus_dir: Annotated[Path, typer.Option("--corpus", help="Corpus to measure on")],
    as_json: Annotated[bool, typer.Option("--json", help="All figures as JSON")] = False,
) -> int:
    """Measure the installed chat check; only a corpus it was not trained on tells the truth."""
    from nlp_service.chat.checker import ChatChecker
    from nlp_service.policy.loader import load_policy
    from nlp_service.training.chat_corpus import read_corpus
    from nlp_service.training.chat_report import measure

    settings = Settings.from_env()
    try:
        records = read_corpus(corpus_dir)
    except (KeyError, TypeError, ValueError) as error:
        raise ClientError(f"{corpus_dir} holds JSONL that is no corpus; build one first") from error
    checker = ChatChecker.load(settings.models_dir, load_policy(settings.policy_files))
    scores = measure((record, checker) for record in records)
    if as_json:
        how = f"the installed model over {corpus_dir.name}"
        typer.echo(json.dumps({**scores.to_json(), "how": how}, ensure_ascii=False))
    else:
        typer.echo(scores.summary())
    return OK


@corpus.command("build")
def corpus_build(
    drafts: Annotated[
        list[Path], typer.Argument(help="Annotated drafts, see corpora/chat/GUIDE.md")
    ],
    out: Annotated[Path, typer.Option(help="Folder for one JSONL a draft")],
) -> int:
    """Turn annotated drafts into JSON Lines; a draft with a problem is not built."""
    from nlp_service.training.authoring import build

    missing = [path for path in drafts if not path.is_file()]
    if missing:
        raise ClientError(f"{missing[0]} is not a file")
    for author, count in build(drafts, out).items():
        typer.echo(f"{author}: {count} messages")
    return OK


@corpus.command("check")
def corpus_check(corpus_dir: CorpusDir = None) -> int:
    """Hold authors against the policy, and against a second annotation where there is one."""
    with _extra():
        from nlp_service.policy.loader import load_policy
        from nlp_service.training.agreement import disagreements, family_kappas
        from nlp_service.training.chat_corpus import read_corpus

        source = corpus_dir or Settings.from_env().home / "corpora" / "chat"
        records = read_corpus(source)
        found = list(disagreements(records, load_policy()))
        for one in found:
            author, policy = " ".join(one.author) or "allow", " ".join(one.policy) or "allow"
            typer.echo(f"{one.record.id}: author {author}; policy {policy}")
        typer.echo(f"{len(found)} of {len(records)} messages differ")
        second = source / "second_annotation.tsv"
        if second.is_file():
            for name, value in family_kappas(records, second).items():
                typer.echo(f"{name:8} {value:.3f}")
    return OK
