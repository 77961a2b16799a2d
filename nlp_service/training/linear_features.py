"""Which hashed n-grams a linear model keeps, and the training matrix over them.

    texts -> unique keys per text -> document counts -> drop rare -> rank by label -> Vocabulary
    texts + contexts + Vocabulary -> CSR matrix (N, F)

The matrix is made by `LinearModel.predict` itself with zero weights, so a training feature cannot
differ from a run-time feature.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp_service.inference.linear import Floats, LinearModel
from nlp_service.inference.ngrams import Keys, context_key, ngram_keys

Targets = NDArray[np.int8]
Contexts = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Kept features: sorted `keys` `(F,)` and their `idf` `(F,)`, rounded as the file stores it."""

    keys: Keys
    idf: Floats

    def blank_model(self, *, max_n: int, context_weight: float, max_gap: int = 0) -> LinearModel:
        """A model over these features that weighs nothing; it serves to state features."""
        return LinearModel(
            labels=("none",),
            keys=self.keys,
            idf=self.idf,
            weights=np.zeros((len(self.keys), 1), np.int8),
            scales=np.ones(1, np.float32),
            bias=np.zeros(1, np.float32),
            platt=np.array([[1.0], [0.0]], np.float32),
            max_n=max_n,
            context_weight=context_weight,
            max_gap=max_gap,
        )


def document_keys(texts: Sequence[str], max_n: int, max_gap: int = 0) -> list[Keys]:
    """The distinct keys of each text."""
    return [np.unique(ngram_keys(text, max_n, max_gap)[0]) for text in texts]


def choose_features(
    documents: Sequence[Keys],
    targets: Targets,
    *,
    contexts: Contexts | None,
    min_df: int,
    max_features: int,
) -> Vocabulary:
    """Keep n-grams of at least `min_df` texts, the `max_features` that tell labels apart best.

    Context features are few and all kept. `targets` is `(N, L)` of 0/1, -1 where unknown.
    """
    keys, inverse, counts = np.unique(
        np.concatenate(documents), return_inverse=True, return_counts=True
    )
    presence = _presence(documents, inverse, len(keys))[:, counts >= min_df]
    keys, counts = keys[counts >= min_df], counts[counts >= min_df]
    best = _best(label_separation(presence, targets), max_features)
    idf = np.log((1 + len(documents)) / (1 + counts[best])) + 1
    return _with_contexts(keys[best], idf.astype(np.float32), contexts)


def label_separation(presence: "sparse.csr_matrix", targets: Targets) -> Floats:
    """Largest |z| over labels of each feature's log-odds ratio, `(F,)`.

    The informative-prior log-odds z-score of Monroe, Colaresi and Quinn (2008) with a flat prior
    of one half: a rare feature must be very one-sided to rank beside a frequent one.
    """
    inside = np.asarray(presence.T @ (targets == 1).astype(np.float32))
    total = np.asarray(presence.T @ (targets >= 0).astype(np.float32))
    outside = total - inside
    positives = (targets == 1).sum(axis=0, dtype=np.float64)[None, :]
    negatives = (targets == 0).sum(axis=0, dtype=np.float64)[None, :]
    odds = np.log((inside + 0.5) / (positives - inside + 0.5))
    odds -= np.log((outside + 0.5) / (negatives - outside + 0.5))
    spread = np.sqrt(1 / (inside + 0.5) + 1 / (outside + 0.5))
    return np.asarray(np.abs(odds / spread).max(axis=1), np.float32)


def feature_matrix(
    blank: LinearModel, vocabulary: Vocabulary, texts: Sequence[str], contexts: Contexts | None
) -> "sparse.csr_matrix":
    """Feature values `(N, F)` exactly as `LinearModel.predict` weighs them."""
    columns, values, lengths = [], [], []
    for index, text in enumerate(texts):
        prediction = blank.predict(text)
        extra = _context_rows(vocabulary.keys, contexts[index] if contexts else ())
        columns += [prediction.rows, extra]
        values += [prediction.values, np.full(len(extra), blank.context_weight, np.float32)]
        lengths.append(len(prediction.rows) + len(extra))
    pointers = np.concatenate([[0], np.cumsum(lengths)])
    shape = (len(texts), len(vocabulary.keys))
    matrix = sparse.csr_matrix(
        (np.concatenate(values), np.concatenate(columns), pointers), shape=shape
    )
    matrix.sum_duplicates()
    return matrix


def _presence(
    documents: Sequence[Keys], columns: NDArray[np.int64], width: int
) -> "sparse.csr_matrix":
    pointers = np.concatenate([[0], np.cumsum([len(keys) for keys in documents])])
    ones = np.ones(len(columns), np.float32)
    return sparse.csr_matrix((ones, columns, pointers), shape=(len(documents), width))


def _best(scores: Floats, limit: int) -> NDArray[np.int64]:
    if len(scores) <= limit:
        return np.arange(len(scores))
    return np.sort(np.argpartition(-scores, limit)[:limit])


def _with_contexts(keys: Keys, idf: Floats, contexts: Contexts | None) -> Vocabulary:
    names = sorted({name for features in contexts or () for name in features})
    extra = np.array([context_key(name) for name in names], np.uint64)
    merged, first = np.unique(np.concatenate([keys, extra]), return_index=True)
    idf = np.concatenate([idf, np.ones(len(extra), np.float32)])[first]
    # The file stores float16; rounding before the fit makes training see what run time sees.
    return Vocabulary(merged, idf.astype(np.float16).astype(np.float32))


def _context_rows(keys: Keys, features: Sequence[str]) -> NDArray[np.int64]:
    wanted = np.array([context_key(feature) for feature in features], np.uint64)
    rows = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return rows[keys[rows] == wanted] if len(wanted) else np.empty(0, np.int64)
