"""`nlp-service evaluate`: for whoever wants to know what a model is worth.

Arguments only; the work is in evaluation.py, review_evaluation.py and suspicion_evaluation.py.
Needs the extra `train`; without it one line says so.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from nlp_service.commands.console import OK
from nlp_service.commands.extra import training_extra
from nlp_service.commands.folders import PRETRAINED, DataDir
from nlp_service.commands.models import ChatLabels, ChatModel, chat_settings
from nlp_service.settings import Settings

evaluate = typer.Typer(help="Measure a model.", no_args_is_help=True)


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
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of public data: its annotated reviews, not the written ones"),
    ] = None,
) -> int:
    """Measure the reader of reviews, the reader by phrases beside it."""
    from nlp_service.commands import evaluation, review_evaluation
    from nlp_service.reviews.loading import SHIPPED

    evaluation.check_outputs(report, json_file, against=False, no_texts=no_texts)
    directory = model or Settings.from_env().models_dir / SHIPPED
    review_evaluation.run(
        corpus_dir, part, directory, report, json_file, data=data, texts=not no_texts
    )
    return OK


@evaluate.command("transfer")
def evaluate_transfer(
    data: DataDir,
    out: Annotated[Path, typer.Option(help="JSON file; folds that it holds are not run again")],
    folds: Annotated[
        Literal["trade", "fifth"], typer.Option(help="Leave out one trade, or one fifth")
    ] = "trade",
    pretrained: Annotated[
        Path | None, typer.Option(help=f"Pretrained encoder; {PRETRAINED}")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the reviews of a fold")] = 1,
    threads: Annotated[int, typer.Option(help="CPU threads")] = 2,
) -> int:
    """Measure sentiment on trades, or fifths, that were never trained on; resumes."""
    with training_extra():
        from nlp_service.training import trades

        found = trades.run(
            trades.by_trade(data) if folds == "trade" else trades.by_fifth(data),
            pretrained or Settings.from_env().home / PRETRAINED,
            out,
            epochs=epochs,
            threads=threads,
            progress=typer.echo,
        )
    for system in ("linear", "encoder", "blend"):
        mean = sum(one[system] for one in found.values()) / len(found)
        typer.echo(f"{system:8} mean accuracy {mean:.4f} over {len(found)} folds")
    return OK
