"""How earlier reviews are written, told from a sample of their signatures alone.

A place of a signature shows one gram of its text, any of them alike: so a text of n grams that
holds the gram asked for shows it there with chance 1/n, and each text that does stands for n texts.

    asked grams -> sketch -> places of each gram -> sample texts with the same value there, x n
        -> mean over the gram's places
"""

import numpy as np
from numpy.typing import NDArray

from nlp_service.reviews.together.comparable import Hashes
from nlp_service.reviews.together.minhash import PERMUTATIONS, sketch

# Estimated Jaccard from which a text of the sample is a copy of the asked one, and no witness.
_SAME_TEXT = 0.5


class SampledWriting:
    """A sample of texts: `signatures` `(s, 128)`, `grams` `(s,)` how many each was drawn from."""

    def __init__(self, signatures: NDArray[np.uint16], grams: NDArray[np.float64]) -> None:
        self._signatures = signatures.reshape(-1, PERMUTATIONS)
        self._grams = grams

    @property
    def texts(self) -> int:
        """How many texts the sample has."""
        return len(self._signatures)

    def holding(self, grams: Hashes) -> NDArray[np.float64]:
        """`(n,)`: how many texts of the sample hold each gram, copies of this text left out."""
        if not len(grams) or not self.texts:
            return np.zeros(len(grams))
        asked = sketch(grams)
        agrees = self._signatures == asked.signature
        is_other = agrees.mean(axis=1) < _SAME_TEXT
        stands_for = (agrees[is_other] * self._grams[is_other, None]).sum(axis=0)
        sums = np.bincount(asked.least, weights=stands_for, minlength=len(grams))
        places = np.bincount(asked.least, minlength=len(grams))
        # A gram of a long text may have no place; it is taken to be as common as the others.
        found = np.where(places > 0, sums / np.maximum(places, 1), stands_for.mean())
        return np.minimum(found, float(self.texts))
