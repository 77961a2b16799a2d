"""`nlp-service train`, `evaluate` and `corpus`: for whoever makes the models.

Needs the extra `train`; without it one line says so.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from nlp_service.commands.console import OK, err
from nlp_service.commands.extra import training_extra
from nlp_service.commands.models import ChatLabels, ChatModel, chat_settings
from nlp_service.errors import ClientError
from nlp_service.settings import Settings

train = typer.Typer(help="Train a model.", no_args_is_help=True)
evaluate = typer.Typer(help="Measure a model.", no_args_is_help=True)
corpus = typer.Typer(help="The corpora.", no_args_is_help=True)

DataDir = Annotated[Path, typer.Option("--data", help="Folder of the public data sets")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same model")]
CorpusDir = Annotated[Path | None, typer.Option("--corpus", help="Folder of the chat corpus")]


@train.command("sentiment")
def train_sentiment(
    data: DataDir,
    out: Annotated[Path, typer.Option(help="Folder of the model")],
    corpus_dir: Annotated[
        Path | None, typer.Option("--corpus", help="Folder of annotated reviews")
    ] = None,
    pretrained: Annotated[
        Path | None, typer.Option(help="Pretrained encoder; models/encoder/1")
    ] = None,
    epochs: Annotated[
        int,
        typer.Option(
            min=1, help="Passes over annotated reviews; one pass over public ones is shared"
        ),
    ] = 6,
    public_share: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the public reviews the encoder reads")
    ] = 1.0,
    rate: Annotated[float, typer.Option(help="Highest learning rate")] = 1.2e-3,
    threads: Annotated[int, typer.Option(help="CPU threads")] = 2,
    seed: Seed = 0,
) -> int:
    """Train the reader of reviews: sentiment, aspects, severity."""
    with training_extra():
        from nlp_service.training.reviews import train

        home = Settings.from_env().home
        train(
            data,
            corpus_dir or home / "corpora" / "reviews",
            out,
            pretrained=pretrained or home / "models" / "encoder" / "1",
            seed=seed,
            epochs=epochs,
            public_share=public_share,
            threads=threads,
            rate=rate,
            progress=typer.echo,
        )
    err().print(f"model and metrics written to {out}", soft_wrap=True)
    return OK


@train.command("chat")
def train_chat(
    out: Annotated[Path, typer.Option(help="Folder of the model")],
    corpus_dir: CorpusDir = None,
    pretrained: Annotated[
        Path | None,
        typer.Option(help="Pretrained encoder, or a chat model to go on with; models/encoder/1"),
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder of public data")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the messages")] = 6,
    rate: Annotated[float, typer.Option(help="Highest learning rate")] = 1.2e-3,
    threads: Annotated[int, typer.Option(help="CPU threads")] = 2,
    seed: Seed = 0,
) -> int:
    """Train the chat check from the corpus written for this project."""
    with training_extra():
        from nlp_service.training.chat import train

        home = Settings.from_env().home
        train(
            corpus_dir or home / "corpora" / "chat",
            out,
            pretrained=pretrained or home / "models" / "encoder" / "1",
            data_dir=data,
            seed=seed,
            epochs=epochs,
            threads=threads,
            rate=rate,
            progress=typer.echo,
        )
    err().print(f"model and metrics written to {out}", soft_wrap=True)
    return OK


@train.command("suspicion")
def train_suspicion(
    cases: Annotated[
        Path | None, typer.Option(help="Cases to fit on; corpora/suspicion/fit")
    ] = None,
    simulated: Annotated[
        Path | None, typer.Option(help="Folder that `simulate --split tune` wrote")
    ] = None,
) -> int:
    """Fit the weights of evidence of suspicion; prints them beside those in use."""
    from nlp_service.commands import suspicion_evaluation

    home = Settings.from_env().home
    suspicion_evaluation.fit(cases or home / "corpora" / "suspicion" / "fit", simulated)
    return OK


@evaluate.command("chat")
def evaluate_chat(
    corpus_dir: Annotated[Path, typer.Option("--corpus", help="Corpus to measure on")],
    report: Annotated[
        Path | None, typer.Option("--report", help="HTML file: tables, plots, worst errors")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="File for all figures; - for the terminal")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", help="Another chat model or folder of models; several"),
    ] = None,
    no_texts: Annotated[
        bool, typer.Option("--no-texts", help="No message texts in the report")
    ] = False,
    part: Annotated[
        str | None, typer.Option(help="Only train, dev or test, as the corpus's split.json says")
    ] = None,
    model: ChatModel = None,
    labels: ChatLabels = None,
) -> int:
    """Measure the installed chat check; only a corpus it was not trained on tells the truth."""
    from nlp_service.commands import evaluation
    from nlp_service.policy.loader import load_policy

    evaluation.check_outputs(report, json_file, against=bool(against), no_texts=no_texts)
    settings = chat_settings(model, labels)
    policy = load_policy(settings.policy_files)
    records = evaluation.chat_records(corpus_dir, part, policy)
    if report is None and json_file is None:
        typer.echo(evaluation.summary(records, settings, policy))
        return OK
    others = [replace(settings, chat_model=path, chat_labels=None) for path in against or ()]
    name = f"{corpus_dir.name}, part {part}" if part else corpus_dir.name
    found = evaluation.evaluation(records, [settings, *others], policy, name)
    evaluation.write(found, report, json_file, texts=not no_texts)
    return OK


@evaluate.command("suspicion")
def evaluate_suspicion(
    cases: Annotated[
        Path | None, typer.Option(help="File or folder of cases; corpora/suspicion")
    ] = None,
    simulated: Annotated[
        Path | None, typer.Option(help="Folder that `simulate --split held_out` wrote")
    ] = None,
    tuned: Annotated[
        Path | None, typer.Option(help="Simulated folder that the learned baseline is fitted on")
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder of public data")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="HTML file")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="File for all figures; - for the terminal")
    ] = None,
) -> int:
    """Measure suspicion in four layers: real texts, cases, simulation, decisions."""
    from nlp_service.commands import evaluation, suspicion_evaluation

    evaluation.check_outputs(report, json_file, against=False, no_texts=False)
    suspicion_evaluation.run(cases, simulated, tuned, data, report, json_file)
    return OK


@evaluate.command("sentiment")
def evaluate_sentiment(
    corpus_dir: Annotated[
        Path, typer.Option("--corpus", help="Annotated reviews, as in corpora/reviews")
    ],
    report: Annotated[
        Path | None, typer.Option("--report", help="HTML file: tables, plots, errors")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="File for all figures; - for the terminal")
    ] = None,
    no_texts: Annotated[bool, typer.Option("--no-texts", help="No review texts inside")] = False,
    part: Annotated[
        str | None, typer.Option(help="Only train, dev or test, as the corpus's split.json says")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="Folder of a review model; the installed one")
    ] = None,
) -> int:
    """Measure the reader of reviews, the reader by phrases beside it."""
    from nlp_service.commands import evaluation, review_evaluation
    from nlp_service.reviews.loading import SHIPPED

    evaluation.check_outputs(report, json_file, against=False, no_texts=no_texts)
    directory = model or Settings.from_env().models_dir / SHIPPED
    review_evaluation.run(corpus_dir, part, directory, report, json_file, texts=not no_texts)
    return OK


@evaluate.command("transfer")
def evaluate_transfer(
    data: DataDir,
    out: Annotated[Path, typer.Option(help="JSON file; folds that it holds are not run again")],
    folds: Annotated[
        Literal["trade", "fifth"], typer.Option(help="Leave out one trade, or one fifth")
    ] = "trade",
    pretrained: Annotated[
        Path | None, typer.Option(help="Pretrained encoder; models/encoder/1")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the reviews of a fold")] = 1,
    threads: Annotated[int, typer.Option(help="CPU threads")] = 2,
) -> int:
    """Measure sentiment on trades, or fifths, that were never trained on; resumes."""
    with training_extra():
        from nlp_service.training import trades

        found = trades.run(
            trades.by_trade(data) if folds == "trade" else trades.by_fifth(data),
            pretrained or Settings.from_env().home / "models" / "encoder" / "1",
            out,
            epochs=epochs,
            threads=threads,
            progress=typer.echo,
        )
    for system in ("linear", "encoder", "blend"):
        mean = sum(one[system] for one in found.values()) / len(found)
        typer.echo(f"{system:8} mean accuracy {mean:.4f} over {len(found)} folds")
    return OK


def export(
    model: Annotated[Path, typer.Argument(help="Folder of a trained chat model")],
) -> int:
    """Write the int8 graph of a trained chat model anew, from its weights."""
    with training_extra():
        from nlp_service.training.encoder_export import reexport

        gap, size = reexport(model)
    typer.echo(f"{size / 2**20:.1f} MiB, at most {gap:.3f} log-odds from the float32 weights")
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


@corpus.command("build-reviews")
def corpus_build_reviews(
    drafts: Annotated[
        list[Path], typer.Argument(help="Annotated drafts, see corpora/reviews/GUIDE.md")
    ],
    out: Annotated[Path, typer.Option(help="Folder for one JSONL a draft")],
) -> int:
    """Turn annotated reviews into JSON Lines; a draft with a problem is not built."""
    from nlp_service.training.review_authoring import build_reviews

    missing = [path for path in drafts if not path.is_file()]
    if missing:
        raise ClientError(f"{missing[0]} is not a file")
    for author, count in build_reviews(drafts, out).items():
        typer.echo(f"{author}: {count} reviews")
    return OK


@corpus.command("check")
def corpus_check(corpus_dir: CorpusDir = None) -> int:
    """Hold authors against the policy, and against a second annotation where there is one."""
    with training_extra():
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


@corpus.command("check-reviews")
def corpus_check_reviews(
    corpus_dir: Annotated[
        Path | None, typer.Option("--corpus", help="Folder of annotated reviews")
    ] = None,
) -> int:
    """Hold the annotated reviews against their second annotation."""
    with training_extra():
        from nlp_service.training.review_agreement import agreement, read_second
        from nlp_service.training.review_corpus import read_reviews

        source = corpus_dir or Settings.from_env().home / "corpora" / "reviews"
        found = agreement(read_reviews(source), read_second(source / "second_annotation.tsv"))
    for name, value in found.items():
        typer.echo(f"{name:12} {value:.3f}" if name != "reviews" else f"{name:12} {value:.0f}")
    return OK
