"""Labels that are probably wrong, found by confident learning (Northcutt, Jiang and Chuang 2021).

    labels + out-of-fold probs --self-confidence of each class--> suspects, and the weight they keep

A text is a suspect when a model that never saw it is at least as sure of the other class as it
usually is of that class's own texts. Suspects stay in training with a small weight: some are
irony or odd language, and those are what a model has to learn.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SUSPECT_WEIGHT = 0.25


def suspects(is_positive: NDArray[np.bool_], prob: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which of `(N,)` labels are probably wrong; `prob` of positive comes from held-out folds."""
    if is_positive.all() or not is_positive.any():
        return np.zeros(len(is_positive), np.bool_)
    sure_positive = float(prob[is_positive].mean())
    sure_negative = float((1 - prob[~is_positive]).mean())
    says_positive = (prob >= sure_positive) & (prob > 0.5)
    says_negative = (1 - prob >= sure_negative) & (prob < 0.5)
    return np.where(is_positive, says_negative, says_positive)


def summary(groups: Sequence[str], found: NDArray[np.bool_]) -> dict[str, Any]:
    """Suspects by group, with the size of the group."""
    sizes = Counter(groups)
    hits = Counter(group for group, is_suspect in zip(groups, found, strict=True) if is_suspect)
    return {group: {"suspects": hits[group], "texts": sizes[group]} for group in sorted(sizes)}
