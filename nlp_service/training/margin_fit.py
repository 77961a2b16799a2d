"""Fits one linear margin per label; ten times faster than logits over many short units.

    texts, targets --features as at run time--> CSR --LinearSVC per label--> int8 table

The margins are no probs; the caller fits Platt curves on margins of unseen texts
(Platt 1999; squared hinge after Fan et al. 2008, LIBLINEAR).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from nlp_service.inference.linear import Floats, LinearModel
from nlp_service.training.linear_features import Targets, choose_features, document_keys
from nlp_service.training.linear_fit import quantise

_CHUNK = 512


@dataclass(frozen=True, slots=True)
class Size:
    """How many features of which length a model keeps, and how softly it is fitted."""

    max_n: int
    max_gap: int
    min_df: int
    max_features: int
    softness: float = 1.0
    """C of LinearSVC; unit-length rows like about 1."""


def fit_margin(
    texts: Sequence[str],
    targets: Targets,
    *,
    labels: Sequence[str],
    sample_weight: Sequence[float],
    size: Size,
    seed: int,
) -> LinearModel:
    """A quantised model whose Platt curves are still flat; `targets` is `(N, L)` of 0/1."""
    documents = document_keys(texts, size.max_n, size.max_gap)
    vocabulary = choose_features(
        documents, targets, contexts=None, min_df=size.min_df, max_features=size.max_features
    )
    blank = vocabulary.blank_model(max_n=size.max_n, context_weight=1.0, max_gap=size.max_gap)
    matrix = _matrix(blank, texts, len(vocabulary.keys))
    weight = np.asarray(sample_weight, np.float64)
    importance = np.asarray(matrix.power(2).mean(axis=0), np.float32).ravel()
    tables, scales, bias = [], [], []
    for column in range(targets.shape[1]):
        margin, offset = _fit_label(matrix, targets[:, column], weight, size.softness, seed)
        table, scale = quantise(margin, importance)
        tables.append(table)
        scales.append(scale)
        bias.append(offset)
    return LinearModel(
        labels=labels,
        keys=vocabulary.keys,
        idf=vocabulary.idf,
        weights=np.stack(tables, axis=1),
        scales=np.array(scales, np.float32),
        bias=np.array(bias, np.float32),
        platt=np.tile(np.array([[1.0], [0.0]], np.float32), (1, len(labels))),
        max_n=size.max_n,
        context_weight=1.0,
        max_gap=size.max_gap,
    )


def _fit_label(
    matrix: "sparse.csr_matrix",
    truth: Targets,
    weight: NDArray[np.float64],
    softness: float,
    seed: int,
) -> tuple[Floats, float]:
    """Weights `(F,)` and offset; a label that never, or always, holds says so of every text."""
    if truth.all() or not truth.any():
        return np.zeros(matrix.shape[1], np.float32), 1.0 if truth.all() else -1.0
    fitted = LinearSVC(C=softness, random_state=seed).fit(matrix, truth, sample_weight=weight)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])


def _matrix(blank: LinearModel, texts: Sequence[str], width: int) -> "sparse.csr_matrix":
    parts = [
        sparse.csr_matrix((values, (units, rows)), shape=(len(chunk), width))
        for chunk, (units, rows, values) in _features(blank, texts)
    ]
    return sparse.vstack(parts, format="csr")


def _features(
    blank: LinearModel, texts: Sequence[str]
) -> Iterator[tuple[Sequence[str], tuple[NDArray[np.int64], NDArray[np.int64], Floats]]]:
    for at in range(0, len(texts), _CHUNK):
        chunk = texts[at : at + _CHUNK]
        yield chunk, blank.features_of_units(chunk)
