"""The evaluation of suspicion in four layers that are never mixed, as figures and as one page.

    1 people's own bad reviews, text alone   -> wrong accusations
    2 hand-written cases with facts           -> caught, wrong, each family switched off, fidelity
    3 a simulated market at a low base rate   -> queue precision, wrong by population, baselines
    4 decisions of moderators                 -> none yet; said on the page

No public set of malicious Chinese reviews exists: layers 2 and 3 are made up by their authors.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from nlp_service.domain import Review
from nlp_service.reviews.policy import FAMILIES, SuspicionPolicy
from nlp_service.reviews.reading import ReviewReader
from nlp_service.reviews.scorer import ReviewScorer
from nlp_service.training.public_reviews import read_source
from nlp_service.training.report_plots import embedded, share_bars
from nlp_service.training.simulation.baselines import (
    bad_ratio_scores,
    logistic_scores,
    random_scores,
    read_records,
)
from nlp_service.training.simulation.leaks import single_feature_aucs
from nlp_service.training.suspicion_cases import read_cases, read_world
from nlp_service.training.suspicion_measures import (
    RememberedReader,
    fidelity,
    is_accused,
    measure_cases,
    measure_world,
    queue_precision,
)

_TEMPLATE = "suspicion_report.html.j2"
_PUBLIC = "reviews_os10"
_MOST_PUBLIC = 3000
Figures = dict[str, Any]


def text_layer(data_dir: Path, reader: ReviewReader, policy: SuspicionPolicy) -> Figures:
    """Real bad reviews that no model was trained on, with one star and no facts; nearly all are
    honest, so whoever is accused here is accused wrongly.
    """
    bad = [r for r in read_source(data_dir, _PUBLIC) if r.is_held_out and r.label == "negative"]
    some = bad[:: max(len(bad) // _MOST_PUBLIC, 1)]
    scores = ReviewScorer(reader, policy=policy).score_batch(
        [Review(review.key, review.text, rating=1) for review in some]
    )
    accused = sum(map(is_accused, scores))
    return {
        "reviews": len(some),
        "accused": accused,
        "per_10000": round(10_000 * accused / len(some), 1),
    }


def cases_layer(
    paths: Sequence[Path], reader: ReviewReader, policy: SuspicionPolicy
) -> dict[str, Figures]:
    """Every file as one batch; figures by file name, with fidelity."""
    remembered = RememberedReader(reader)
    found = {}
    for path in paths:
        cases = read_cases(path)
        figures = measure_cases(cases, remembered, policy)
        found[path.stem] = {**figures, "fidelity": fidelity(cases, remembered, policy)}
    return found


def world_layer(
    folder: Path, tuned: Path | None, reader: ReviewReader, policy: SuspicionPolicy
) -> Figures:
    """The simulated market and its baselines; the learned one is fitted on `tuned`."""
    cases = read_world(folder)
    scores = ReviewScorer(reader, policy=policy).score_batch([case.review for case in cases])
    reviews, truth = read_records(folder)
    guilty = np.array([case.is_malicious for case in cases])
    beside = {"random": random_scores(reviews, 0), "single rule": bad_ratio_scores(reviews)}
    if tuned is not None:
        beside["logistic regression"] = logistic_scores(*read_records(tuned), reviews)
    aucs = single_feature_aucs(reviews, truth)
    return {
        **measure_world(cases, scores),
        "baselines": {name: queue_precision(score, guilty) for name, score in beside.items()},
        "highest_single_auc": {among: max(aucs[among].items(), key=_second) for among in aucs},
    }


def _second(pair: tuple[str, float]) -> float:
    return pair[1]


def pooled(found: dict[str, Figures]) -> Figures:
    """Caught and wrong over all files of cases, and without each family."""
    rows = list(found.values())
    return {
        "all signals": _pooled(rows),
        **{f"without {f}": _pooled([row["without"][f] for row in rows]) for f in FAMILIES},
    }


def _pooled(rows: Sequence[Figures]) -> Figures:
    malicious, honest = (sum(row[name] for row in rows) for name in ("malicious", "honest"))
    return {
        "caught": sum(row["caught"] * row["malicious"] for row in rows) / max(malicious, 1),
        "wrong": sum(row["wrong"] * row["honest"] for row in rows) / max(honest, 1),
    }


def render(layers: Figures) -> str:
    """One self-contained page; a layer that was not measured says so. Holds no review's text."""
    environment = Environment(
        loader=PackageLoader("nlp_service.training", "data"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    plots = {}
    if layers["cases"]:
        plots["cases"] = embedded(share_bars(_ablation(layers["cases"]), "of cases"))
    if layers["world"]:
        world = layers["world"]
        rows = [("this service", {"precision of the first 100": world["queue_precision"]})]
        rows += [(n, {"precision of the first 100": v}) for n, v in world["baselines"].items()]
        plots["world"] = embedded(share_bars(rows, "malicious among the first 100"))
    return environment.get_template(_TEMPLATE).render(
        layers=layers, plots=plots, pooled=pooled(layers["cases"]) if layers["cases"] else {}
    )


def _ablation(found: dict[str, Figures]) -> list[tuple[str, dict[str, float]]]:
    return [
        (name, {"caught": row["caught"], "wrong": row["wrong"]})
        for name, row in pooled(found).items()
    ]


def summary(layers: Figures) -> str:
    """The headline for a terminal 80 columns wide."""
    lines = []
    if text := layers["text"]:
        lines.append(
            f"real bad reviews, text alone: {text['accused']} of {text['reviews']} accused"
        )
    for name, row in layers["cases"].items():
        lines.append(
            f"{name}: caught {row['caught']:.1%} of {row['malicious']}, "
            f"wrong {row['wrong']:.1%} of {row['honest']}, fidelity {row['fidelity']['share']:.0%}"
        )
    if world := layers["world"]:
        honest = world["honest_bad"]
        lines.append(
            f"simulated: {world['queue_precision']:.0%} of the first 100 malicious, "
            f"{honest['per_10000']} wrong in 10,000 honest bad"
        )
        lines += [f"  {name}: {value:.0%}" for name, value in world["baselines"].items()]
    return "\n".join(lines)
