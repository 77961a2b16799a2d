"""How much a shared gram says: much where few write it, little where all do.

    share of texts with the gram = (other texts here that hold it + LEAST x PRIOR)
                                   / (texts here + PRIOR)
    rarity = log share / log LEAST, 0 to 1

A text pasted a hundred times counts once, or an attack would make its own words common. `Writing`
adds texts that are not here: those of a store, of which no grams are kept.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nlp_service.reviews.together.comparable import Hashes

_LEAST = 0.0001  # share of a gram that nobody else writes
# Texts that the least share is worth: in fewer, what two write alike is hardly common yet.
_PRIOR = 300.0


class Writing(Protocol):
    """How people write elsewhere."""

    @property
    def texts(self) -> int:
        """How many texts that are."""
        ...

    def holding(self, grams: Hashes) -> NDArray[np.float64]:
        """`(n,)`: how many of those texts hold each gram of one text; copies of it left out."""
        ...


class Rarity:
    """Rarity of grams beside the texts given; `groups[i]` says which texts are one."""

    def __init__(
        self, texts: Sequence[Hashes], groups: Sequence[int], writing: Writing | None = None
    ) -> None:
        self._texts = len(set(groups))
        self._writing = writing
        self._grams, self._counts = _count(texts, groups)

    def of(self, grams: Hashes) -> NDArray[np.float64]:
        """`(n,)` weights from 0 to 1."""
        here = _looked_up(grams, self._grams, self._counts)
        # The text itself, or the first of its copies, is no witness that others write so.
        others, texts = np.maximum(here - 1.0, 0.0), self._texts
        if self._writing is not None:
            others, texts = others + self._writing.holding(grams), texts + self._writing.texts
        share = (others + _LEAST * _PRIOR) / (texts + _PRIOR)
        weights: NDArray[np.float64] = np.log(share) / np.log(_LEAST)
        return weights.clip(0.0, 1.0)


def _looked_up(grams: Hashes, keys: Hashes, values: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(keys):
        return np.zeros(len(grams))
    at = np.minimum(np.searchsorted(keys, grams), len(keys) - 1)
    return np.where(keys[at] == grams, values[at], 0.0)


def _count(texts: Sequence[Hashes], groups: Sequence[int]) -> tuple[Hashes, NDArray[np.float64]]:
    """Distinct grams, sorted, and in how many groups each stands."""
    if not texts:
        return np.empty(0, np.uint64), np.empty(0)
    grams = np.concatenate(texts)
    owners = np.repeat(np.asarray(groups, np.uint32), [len(text) for text in texts])
    order = np.lexsort((owners, grams))
    grams, owners = grams[order], owners[order]
    is_new = np.ones(len(grams), bool)
    is_new[1:] = (grams[1:] != grams[:-1]) | (owners[1:] != owners[:-1])
    found, counts = np.unique(grams[is_new], return_counts=True)
    return found, counts.astype(np.float64)
