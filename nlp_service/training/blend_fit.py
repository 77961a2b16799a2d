"""Fits the blend of encoder and linear models on voices that neither was trained on.

    logits of each model (N, F) + truth --pooled logistic--> shared weights
        --curve of each fact, held near the shared one--> Blend weights

Rare facts have a handful of positives among the development voices, so their curves stay close to
the pooled one: a maximum a posteriori fit, not a free one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp_service.inference.linear import Floats

# Spread of a fact's own slope around the shared one, and of its offset (log-odds).
_SLOPE_SPREAD, _OFFSET_SPREAD = 0.25, 0.8
_NEWTON_STEPS = 25

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heard:
    """Logits of one group of facts, `(N, F)` each, and what is true."""

    names: tuple[str, ...]
    linear: Floats
    turn: Floats
    token: Floats
    truth: NDArray[np.int8]


def fit_blend(heard: Heard) -> dict[str, tuple[float, float, float, float]]:
    """Weights `(linear, turn, token, offset)` by fact; none where nothing was heard."""
    if not heard.truth.size:
        return {}
    slope, offset = curves(heard.linear, heard.truth)
    linear = heard.linear * slope + offset
    features = np.stack([linear, heard.turn, heard.token], axis=-1).astype(np.float64)
    shared, base = _pooled(features.reshape(-1, 3), heard.truth.ravel())
    own_slope, own_offset = curves(features @ shared + base, heard.truth)
    return {
        name: (
            float(own_slope[f] * shared[0] * slope[f]),
            float(own_slope[f] * shared[1]),
            float(own_slope[f] * shared[2]),
            float(own_slope[f] * (shared[0] * offset[f] + base) + own_offset[f]),
        )
        for f, name in enumerate(heard.names)
    }


def _pooled(features: Doubles, truth: NDArray[np.int8]) -> tuple[Doubles, float]:
    """Weights `(3,)` and offset over all facts; their mean where nothing tells them apart."""
    if truth.min() == truth.max():
        return np.full(3, 1 / 3), 0.0
    pooled = LogisticRegression(C=10.0, max_iter=500)
    pooled.fit(features, truth)
    return pooled.coef_[0], float(pooled.intercept_[0])


def curves(logits: Floats | Doubles, truth: NDArray[np.int8]) -> tuple[Doubles, Doubles]:
    """Slope and offset `(F,)` of each column's logistic curve, pulled towards 1 and 0."""
    fitted = [_curve(logits[:, f].astype(np.float64), truth[:, f]) for f in range(truth.shape[1])]
    slopes, offsets = zip(*fitted, strict=True)
    return np.array(slopes), np.array(offsets)


def _curve(x: Doubles, y: NDArray[np.int8]) -> tuple[float, float]:
    """Newton's method on the penalised likelihood of `1 / (1 + exp(-(a x + b)))`."""
    prior, precision = np.array([1.0, 0.0]), np.array([_SLOPE_SPREAD**-2, _OFFSET_SPREAD**-2])
    design = np.stack([x, np.ones_like(x)], axis=1)
    found = prior.copy()
    for _ in range(_NEWTON_STEPS):
        prob = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (y - prob) - precision * (found - prior)
        bend = (design * (prob * (1 - prob))[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(bend, slope)
        found = found + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-6:
            break
    return float(max(found[0], 0.05)), float(found[1])


def stacked(rows: Sequence[dict[str, float]], names: Sequence[str]) -> Floats:
    """Dictionaries by name as an array `(N, F)`; what a model does not know is 0."""
    return np.array([[row.get(name, 0.0) for name in names] for row in rows], np.float32)
