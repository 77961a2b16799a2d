"""What `nlp-service evaluate suspicion` and `train suspicion` do: read, measure, fit, write."""

import json
from pathlib import Path

import typer

from nlp_service.commands.console import err
from nlp_service.commands.extra import training_extra
from nlp_service.errors import ClientError
from nlp_service.reviews.loading import SHIPPED, load_reader
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.scorer import ReviewScorer
from nlp_service.settings import Settings

_STDOUT = Path("-")


def run(
    cases: Path | None,
    simulated: Path | None,
    tuned: Path | None,
    data: Path | None,
    report: Path | None,
    json_file: Path | None,
) -> None:
    """Measure the layers whose input is given; the headline always goes to the terminal."""
    with training_extra():
        from nlp_service.training import suspicion_report

        settings = Settings.from_env()
        reader = load_reader(settings.models_dir / SHIPPED)
        policy = default_suspicion_policy()
        paths = _files(cases or settings.home / "corpora" / "suspicion")
        layers = {
            "text": suspicion_report.text_layer(data, reader, policy) if data else None,
            "cases": suspicion_report.cases_layer(paths, reader, policy),
            "world": (
                suspicion_report.world_layer(simulated, tuned, reader, policy)
                if simulated
                else None
            ),
        }
        figures = json.dumps(layers, ensure_ascii=False, indent=1)
        if json_file == _STDOUT:
            typer.echo(figures)
            return
        if json_file:
            json_file.write_text(figures + "\n", encoding="utf-8")
        if report:
            report.write_text(suspicion_report.render(layers), encoding="utf-8")
            err().print(f"report written to {report}", soft_wrap=True)
        typer.echo(suspicion_report.summary(layers))


def fit(cases: Path, simulated: Path | None) -> None:
    """Fit weights of evidence and print them beside those in use; nothing is overwritten."""
    with training_extra():
        from nlp_service.training import suspicion_cases, suspicion_fit

        settings = Settings.from_env()
        reader = load_reader(settings.models_dir / SHIPPED)
        policy = default_suspicion_policy()
        batches = [suspicion_cases.read_cases(path) for path in _files(cases)]
        if simulated:
            batches.append(suspicion_cases.read_world(simulated))
        for line in suspicion_fit.table(batches, ReviewScorer(reader, policy=policy), policy):
            typer.echo(line)


def _files(cases: Path) -> list[Path]:
    paths = sorted(cases.glob("*.jsonl")) if cases.is_dir() else [cases]
    if not all(path.is_file() for path in paths) or not paths:
        raise ClientError(f"no cases (*.jsonl) in {cases.name}; give --cases a file or folder")
    return paths
