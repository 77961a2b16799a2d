"""The evaluation report as one HTML file: no network, no script, plots inside as SVG images.

Evaluation --tables, plots--> Jinja2 template (autoescape) --> HTML
"""

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from nlp_service.training import chat_tables, report_plots
from nlp_service.training.calibration import calibration_error
from nlp_service.training.chat_curves import families_of
from nlp_service.training.chat_evaluation import Evaluation, System
from nlp_service.training.chat_measures import Outcome, confusion_of, reliability, worst_errors
from nlp_service.training.chat_tables import percent

_TEMPLATE = "chat_report.html.j2"
_TURNS_SHOWN = 3  # of the history of an error, the latest


def render(evaluation: Evaluation, *, texts: bool = True) -> str:
    """The page; without `texts` it holds ids and figures only, no word of the corpus."""
    environment = Environment(
        loader=PackageLoader("nlp_service.training", "data"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
    )
    return environment.get_template(_TEMPLATE).render(
        **_figures(evaluation),
        plots={name: report_plots.embedded(svg) for name, svg in _plots(evaluation).items()},
        texts=texts,
        errors=[_error(outcome, texts=texts) for outcome in worst_errors(evaluation.main.outcomes)],
    )


def _figures(evaluation: Evaluation) -> dict[str, Any]:
    scores = evaluation.main.scores
    figures = evaluation.to_json()
    families = [name for name in families_of(evaluation.policy) if name in scores.families]
    return {
        "corpus": evaluation.corpus,
        "policy": evaluation.policy.id,
        "main": evaluation.main.name,
        "messages": scores.messages,
        "compliant": scores.compliant,
        "notes": _notes(evaluation),
        "headline": chat_tables.headline(figures["systems"], families),
        "labels": chat_tables.label_table(evaluation),
        "thresholds": chat_tables.threshold_table(evaluation),
        "ece": percent(calibration_error(scores.calibration)),
        "ece_near": percent(calibration_error(evaluation.sweep.scored)),
        "reliability": chat_tables.reliability_table(reliability(scores.calibration)),
        "fired": chat_tables.fired_table(evaluation),
        "instead": chat_tables.instead_table(evaluation),
        "slices": chat_tables.slice_tables(evaluation),
        "few": chat_tables.FEW,
    }


def _notes(evaluation: Evaluation) -> list[str]:
    """What a reader must know before believing a figure."""
    seen = [
        f"{system.name} ({percent(system.seen)})" for system in evaluation.systems if system.seen
    ]
    if not seen:
        return []
    return [
        f"Fitted on messages of authors who also wrote some of these: {', '.join(seen)}. Their "
        "figures here flatter them; honest ones come from authors a model has not seen, like those "
        "in the model's metrics.json."
    ]


def _plots(evaluation: Evaluation) -> Mapping[str, str]:
    main, policy = evaluation.main, evaluation.policy
    labels = [code for code in policy.labels if code in main.scores.labels]
    families = families_of(policy)
    return {
        "families": report_plots.family_bars(
            [(system.name, _family_f1(system, families)) for system in evaluation.systems]
        ),
        "labels": report_plots.label_bars(
            [(code, main.scores.labels[code].to_json()) for code in labels]
        ),
        "thresholds": report_plots.threshold_curves(evaluation.sweep, policy),
        "reliability": report_plots.reliability_plot(
            reliability(main.scores.calibration), reliability(evaluation.sweep.scored)
        ),
        "confusion": report_plots.confusion_map(confusion_of(main.outcomes, families)),
    }


def _family_f1(system: System, families: Sequence[str]) -> dict[str, float | None]:
    found = system.scores.families
    return {name: found[name].to_json()["f1"] for name in families if name in found}


def _error(outcome: Outcome, *, texts: bool) -> dict[str, Any]:
    record = outcome.record
    about = [record.context.get("category"), record.context.get("stage"), *record.kinds]
    history = record.context.get("history", ())[-_TURNS_SHOWN:]
    return {
        "id": record.id,
        "about": ", ".join(part for part in about if part),
        "text": record.text if texts else None,
        "history": [(turn["role"], turn["text"]) for turn in history] if texts else [],
        "expected": ", ".join(sorted(record.labels)),
        "expected_action": outcome.expected_action.value,
        "given": ", ".join(f"{code} {score:.2f}" for code, score in sorted(outcome.given.items())),
        "action": outcome.action.value,
    }
