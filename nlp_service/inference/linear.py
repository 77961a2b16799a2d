"""A linear multi-label classifier over hashed n-grams, and its explanation by character.

    text + context features -> keys -> rows of one weight table -> logits -> calibrated probs

The table is kept as int8 with one scale per label, sorted by key; a feature that training
dropped is not found and weighs nothing. No part of scikit-learn is needed at run time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp_service.errors import ModelError
from nlp_service.inference.ngrams import Keys, context_key, ngram_keys, ngram_keys_of_units

Floats = NDArray[np.float32]
_FILTER_BITS = 20  # a megabyte; with 60,000 keys one unknown key in eighteen passes
_FILTER_SHIFT = np.uint64(64 - _FILTER_BITS)


@dataclass(frozen=True, slots=True)
class Prediction:
    """Probs of one text, `(L,)`, with what is needed to explain them."""

    probs: Floats
    rows: NDArray[np.int64]
    values: Floats
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    length: int


class LinearModel:
    """Weights `(F, L)`, sorted keys `(F,)`, feature weights `(F,)`, Platt calibration `(L,)`."""

    def __init__(
        self,
        *,
        labels: Sequence[str],
        keys: Keys,
        idf: Floats,
        weights: NDArray[np.int8],
        scales: Floats,
        bias: Floats,
        platt: Floats,
        max_n: int,
        context_weight: float,
        max_gap: int = 0,
    ) -> None:
        self.labels = tuple(labels)
        self.index = {label: column for column, label in enumerate(self.labels)}
        self._keys = keys
        self._idf = idf
        self._weights = weights
        self._scales = scales
        self._bias = bias
        self._platt = platt
        self.max_n = max_n
        self.context_weight = context_weight
        self.max_gap = max_gap
        self._known = np.zeros(1 << _FILTER_BITS, np.bool_)
        self._known[(keys >> _FILTER_SHIFT).astype(np.int64)] = True

    @classmethod
    def load(cls, path: Path) -> "LinearModel":
        """Read `linear.npz`; raises ModelError when it is missing or not of this format."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                return cls(
                    labels=[str(label) for label in stored["labels"]],
                    keys=stored["keys"],
                    idf=stored["idf"].astype(np.float32),
                    weights=stored["weights"],
                    scales=stored["scales"],
                    bias=stored["bias"],
                    platt=stored["platt"],
                    max_n=int(stored["max_n"]),
                    context_weight=float(stored["context_weight"]),
                    max_gap=int(stored["max_gap"]) if "max_gap" in stored else 0,
                )
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(f"linear model {path.name} cannot be read: {error}") from error

    def save(self, path: Path) -> None:
        """Write `linear.npz`, compressed."""
        with path.open("wb") as target:
            np.savez_compressed(
                target,
                labels=np.array(self.labels),
                keys=self._keys,
                idf=self._idf.astype(np.float16),
                weights=self._weights,
                scales=self._scales,
                bias=self._bias,
                platt=self._platt,
                max_n=np.array(self.max_n),
                context_weight=np.array(self.context_weight),
                max_gap=np.array(self.max_gap),
            )

    def predict(self, text: str, context: Sequence[str] = ()) -> Prediction:
        """Probs of one text; `context` features count with the model's context weight.

        The n-gram part is scaled to unit length, so long texts do not shout.
        """
        keys, starts, ends = ngram_keys(text, self.max_n, self.max_gap)
        rows, found = self._lookup(keys)
        rows, starts, ends = rows[found], starts[found], ends[found]
        values = _unit_values(rows, self._idf)
        context_rows = self._context_rows(context)
        all_rows = np.concatenate([rows, context_rows])
        all_values = np.concatenate(
            [values, np.full(len(context_rows), self.context_weight, np.float32)]
        )
        weighted = self._weights[all_rows].astype(np.float32) * all_values[:, None]
        logits = weighted.sum(axis=0) * self._scales + self._bias
        return Prediction(self._calibrate(logits), rows, values, starts, ends, len(text))

    def features_of_units(
        self, texts: Sequence[str]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        """Text numbers, rows and values of all known features, sorted by text and row."""
        keys, units = ngram_keys_of_units(texts, self.max_n, self.max_gap)
        # Most keys of a text are unknown; a table of their top bits spares the search.
        likely = self._known[(keys >> _FILTER_SHIFT).astype(np.int64)]
        keys, units = keys[likely], units[likely]
        rows, found = self._lookup(keys)
        # One key per (text, feature), so that repeats are counted once and damped.
        pairs, counts = np.unique(units[found] * len(self._keys) + rows[found], return_counts=True)
        units, rows = np.divmod(pairs, len(self._keys))
        values = (1.0 + np.log(counts)).astype(np.float32) * self._idf[rows]
        norms = np.sqrt(np.bincount(units, values * values, minlength=len(texts)))
        return units, rows, values / np.maximum(norms, 1e-12)[units].astype(np.float32)

    def logits_of_units(self, texts: Sequence[str], context: Sequence[str] = ()) -> Floats:
        """Raw logits `(U, L)` of several texts in one pass; the same features as `predict`."""
        units, rows, values = self.features_of_units(texts)
        sums = np.zeros((len(texts), len(self.labels)), np.float32)
        starts = np.flatnonzero(np.diff(units, prepend=-1))
        if len(starts):
            # No matrix product: on sizes this small BLAS threads cost more than the sum.
            weighted = self._weights[rows].astype(np.float32)
            weighted *= values[:, None]
            sums[units[starts]] = np.add.reduceat(weighted, starts, axis=0)
        if context:
            sums += self._context_sums(context)
        return np.asarray(sums * self._scales + self._bias, np.float32)

    def context_logits(self, context: Sequence[str]) -> Floats:
        """What `context` adds to the logits of a text, `(L,)`."""
        return np.asarray(self._context_sums(context) * self._scales, np.float32)

    def _context_sums(self, context: Sequence[str]) -> Floats:
        rows = self._context_rows(context)
        sums = self._weights[rows].sum(axis=0, dtype=np.float32)
        return np.asarray(self.context_weight * sums, np.float32)

    def calibrate(self, logits: Floats) -> Floats:
        """Probs of raw logits `(..., L)` by the stored Platt curves."""
        return self._calibrate(logits)

    def recalibrated(self, platt: Floats) -> "LinearModel":
        """The same weights with other Platt curves `(2, L)`."""
        return LinearModel(
            labels=self.labels,
            keys=self._keys,
            idf=self._idf,
            weights=self._weights,
            scales=self._scales,
            bias=self._bias,
            platt=platt,
            max_n=self.max_n,
            context_weight=self.context_weight,
            max_gap=self.max_gap,
        )

    def contributions(self, prediction: Prediction, label: str) -> Floats:
        """How much each character of the text speaks for `label`, in log-odds; `(length,)`."""
        column = self.index[label]
        weights = self._weights[prediction.rows, column] * self._scales[column]
        amounts = prediction.values * weights
        spans = np.maximum(prediction.ends - prediction.starts, 1)
        share = amounts / spans
        # A difference array turns "add share to start..end" into one cumulative sum.
        edges = np.zeros(prediction.length + 1, np.float32)
        np.add.at(edges, prediction.starts, share)
        np.add.at(edges, np.minimum(prediction.ends, prediction.length), -share)
        return np.asarray(np.cumsum(edges)[:-1], np.float32)

    def _lookup(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        rows = np.searchsorted(self._keys, keys)
        rows = np.minimum(rows, len(self._keys) - 1)
        return rows, self._keys[rows] == keys

    def _context_rows(self, context: Sequence[str]) -> NDArray[np.int64]:
        if not context:
            return np.empty(0, np.int64)
        keys = np.array([context_key(feature) for feature in context], np.uint64)
        rows, found = self._lookup(keys)
        return rows[found]

    def _calibrate(self, logits: Floats) -> Floats:
        scaled = logits * self._platt[0] + self._platt[1]
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scaled, -30, 30))), np.float32)


def _unit_values(rows: NDArray[np.int64], idf: Floats) -> Floats:
    """TF-IDF values, one per occurrence, so that the whole text has unit length.

    Term frequency is damped as 1 + ln(tf), shared among the occurrences of a feature.
    """
    if not len(rows):
        return np.empty(0, np.float32)
    _, inverse, counts = np.unique(rows, return_inverse=True, return_counts=True)
    per_feature = (1.0 + np.log(counts)) / counts
    values = per_feature[inverse] * idf[rows]
    norm = np.sqrt(np.sum((per_feature * counts * idf[rows][_first(inverse, len(counts))]) ** 2))
    return np.asarray(values / norm, np.float32)


def _first(inverse: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    first = np.empty(size, np.int64)
    first[inverse[::-1]] = np.arange(len(inverse))[::-1]
    return first
