"""How far stated probs stand from what is observed, in one number."""

import numpy as np
from numpy.typing import ArrayLike

_BINS = 10


def calibration_error(scored: ArrayLike) -> float | None:
    """Mean gap between stated prob and share of the true over bins of equal width.

    `scored` is `(N, 2)`: a prob, and whether what it stands for was true. A prob on an edge
    belongs to the lower bin, as in the reliability diagrams (Guo et al. 2017). Four places; None
    where nothing was stated.
    """
    probs, is_true = np.asarray(scored, np.float64).reshape(-1, 2).T
    if not probs.size:
        return None
    bins = np.digitize(probs, np.arange(1, _BINS) / _BINS, right=True)
    gaps = np.bincount(bins, weights=probs - is_true)
    return round(float(np.abs(gaps).sum()) / probs.size, 4)
