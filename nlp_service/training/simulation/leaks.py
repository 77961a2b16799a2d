"""Does one plain feature give the truth away? Then the world is too easy, and its figures lie.

AUC of every single feature, in whichever direction is better, among all reviews and among bad
ones; above LIMIT the simulator leaks. A feature that is missing for some is judged where present.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from nlp_service.training.simulation.features import Column, plain_features

Record = dict[str, Any]
Mask = NDArray[np.bool_]
LIMIT = 0.95
# Fewer of either kind say nothing about an area.
_FEWEST = 10


def single_feature_aucs(
    reviews: Sequence[Record], truth: Sequence[Record]
) -> dict[str, dict[str, float]]:
    """{"all" | "bad" | "family:NAME": {feature: AUC in 0.5..1}}, best first.

    "bad" compares within reviews of at most two stars; a family with the honest bad reviews.
    """
    columns = plain_features(reviews)
    guilty = np.array([fact["is_malicious"] for fact in truth], dtype=bool)
    family = np.array([fact["family"] or "" for fact in truth])
    bad = columns["rating"] <= 2
    found = {
        "all": _aucs(columns, guilty, ~guilty),
        "bad": _aucs(columns, guilty & bad, ~guilty & bad),
    }
    for name in sorted(set(family[guilty])):
        found[f"family:{name}"] = _aucs(columns, bad & (family == name), ~guilty & bad)
    return found


def leaking(aucs: dict[str, dict[str, float]]) -> list[str]:
    """The features above LIMIT, among all or among bad reviews; families are information only."""
    return [
        f"{among}.{name}: {auc:.3f}"
        for among in ("all", "bad")
        for name, auc in aucs[among].items()
        if auc > LIMIT
    ]


def _aucs(columns: dict[str, Column], guilty: Mask, honest: Mask) -> dict[str, float]:
    aucs = {name: _auc(column, guilty, honest) for name, column in columns.items()}
    return dict(sorted(aucs.items(), key=lambda pair: (-pair[1], pair[0])))


def _auc(column: Column, guilty: Mask, honest: Mask) -> float:
    known = ~np.isnan(column) & (guilty | honest)
    hits = guilty[known]
    if min(hits.sum(), (~hits).sum()) < _FEWEST:
        return 0.5
    auc = float(roc_auc_score(hits, column[known]))
    return max(auc, 1 - auc)
