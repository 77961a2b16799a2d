"""The two last steps of a linear fit: weights to int8 steps, logits to calibrated probs."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from nlp_service.inference.linear import Floats
from nlp_service.training.linear_features import Targets

_MIN_PLATT_POSITIVES = 8  # below this a slope fitted on out-of-fold logits is noise
_CLIP_STEPS = np.geomspace(0.05, 1.0, 30)  # shares of the largest weight tried as int8 range


def quantise(weights: Floats, importance: Floats) -> tuple[NDArray[np.int8], float]:
    """Int8 steps and their size, the range clipped where that lowers the error of the logits.

    `importance` `(F,)` is the mean square of each feature: a rare feature of great weight must not
    coarsen the steps of all others.
    """
    largest = float(np.abs(weights).max(initial=0.0))
    if largest == 0.0:
        return np.zeros(len(weights), np.int8), 1.0
    scales = largest * _CLIP_STEPS / 127
    gaps = ((_steps(weights, scale) * scale - weights) ** 2 for scale in scales)
    errors = [float(importance @ gap) for gap in gaps]
    scale = float(scales[int(np.argmin(errors))])
    return _steps(weights, scale).astype(np.int8), scale


def _steps(weights: Floats, scale: float) -> Floats:
    return np.clip(np.round(weights / scale), -127, 127).astype(np.float32)


def platt_curve(logits: Floats, targets: Targets, sample_weight: Floats | None = None) -> Floats:
    """Platt slope and offset per label, `(2, L)`, from logits `(N, L)` of unseen texts."""
    weight = np.ones(len(logits), np.float32) if sample_weight is None else sample_weight
    pairs = [
        _platt_label(logits[:, column], targets[:, column], weight)
        for column in range(targets.shape[1])
    ]
    return np.array(pairs, np.float32).T.copy()


def _platt_label(logits: Floats, truth: Targets, sample_weight: Floats) -> tuple[float, float]:
    known = truth >= 0
    logits, truth, sample_weight = logits[known], truth[known], sample_weight[known]
    rarer = min(int(truth.sum()), int(len(truth) - truth.sum()))
    if rarer < _MIN_PLATT_POSITIVES:
        return 1.0, 0.0
    curve = LogisticRegression(C=1e4).fit(logits[:, None], truth, sample_weight=sample_weight)
    slope, offset = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    # A falling curve means that the label was not learnt; raw logits then say so less loudly.
    return (slope, offset) if slope > 0 else (1.0, 0.0)
