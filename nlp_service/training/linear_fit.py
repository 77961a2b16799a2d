"""Fits the linear run-time model: features, one-vs-rest weights, int8 table, calibration.

    texts, targets -> Vocabulary -> matrix -> logistic regression per label -> int8 -> LinearModel
                  \\-> the same on each fold -> out-of-fold logits -> Platt slope and offset

Folds are split by group (author or seed family), never by row. scikit-learn is needed here only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold

from nlp_service.inference.linear import Floats, LinearModel
from nlp_service.inference.ngrams import Keys
from nlp_service.training.linear_features import (
    Contexts,
    Targets,
    Vocabulary,
    choose_features,
    document_keys,
    feature_matrix,
)
from nlp_service.training.linear_table import platt_curve, quantise

__all__ = ["FitReport", "fit_linear", "fit_linear_with_report", "platt_curve", "quantise"]


@dataclass(frozen=True, slots=True)
class FitReport:
    """What the fit measured: `oof_logits` and `oof_probs` `(N, L)`, loss by int8 in log-odds."""

    features: int
    oof_logits: Floats
    oof_probs: Floats
    quantisation_mean: float
    quantisation_max: float
    quantisation_flips: float

    def summary(self) -> dict[str, float]:
        """The scalar figures, for metrics.json."""
        return {
            "features": self.features,
            "quantisation_logit_mean": self.quantisation_mean,
            "quantisation_logit_max": self.quantisation_max,
            "quantisation_flipped_share": self.quantisation_flips,
        }


@dataclass(frozen=True, slots=True)
class _Options:
    max_n: int
    min_df: int
    max_features: int
    inverse_penalty: float
    context_weight: float
    nb_smoothing: float | None
    seed: int


@dataclass(frozen=True, slots=True)
class _Corpus:
    texts: Sequence[str]
    documents: Sequence[Keys]
    targets: Targets
    contexts: Contexts | None
    sample_weight: Floats

    def take(self, rows: NDArray[np.int64]) -> "_Corpus":
        return _Corpus(
            [self.texts[row] for row in rows],
            [self.documents[row] for row in rows],
            self.targets[rows],
            [self.contexts[row] for row in rows] if self.contexts else None,
            self.sample_weight[rows],
        )


@dataclass(frozen=True, slots=True)
class _Weights:
    vocabulary: Vocabulary
    blank: LinearModel
    weights: Floats
    bias: Floats
    importance: Floats

    def logits(self, texts: Sequence[str], contexts: Contexts | None) -> Floats:
        matrix = feature_matrix(self.blank, self.vocabulary, texts, contexts)
        return np.asarray(matrix @ self.weights + self.bias, np.float32)


def fit_linear(
    texts: Sequence[str],
    targets: NDArray[np.generic],
    *,
    labels: Sequence[str],
    contexts: Contexts | None = None,
    sample_weight: Sequence[float] | None = None,
    groups: Sequence[str] | None = None,
    max_n: int = 4,
    min_df: int = 3,
    max_features: int = 300_000,
    C: float = 4.0,  # noqa: N803 - the name that scikit-learn and its readers use
    context_weight: float = 0.5,
    nb_smoothing: float | None = None,
    folds: int = 5,
    seed: int = 0,
) -> LinearModel:
    """Fit the model alone; see `fit_linear_with_report`."""
    return fit_linear_with_report(
        texts,
        targets,
        labels=labels,
        contexts=contexts,
        sample_weight=sample_weight,
        groups=groups,
        max_n=max_n,
        min_df=min_df,
        max_features=max_features,
        C=C,
        context_weight=context_weight,
        nb_smoothing=nb_smoothing,
        folds=folds,
        seed=seed,
    )[0]


def fit_linear_with_report(
    texts: Sequence[str],
    targets: NDArray[np.generic],
    *,
    labels: Sequence[str],
    contexts: Contexts | None = None,
    sample_weight: Sequence[float] | None = None,
    groups: Sequence[str] | None = None,
    max_n: int = 4,
    min_df: int = 3,
    max_features: int = 300_000,
    C: float = 4.0,  # noqa: N803
    context_weight: float = 0.5,
    nb_smoothing: float | None = None,
    folds: int = 5,
    seed: int = 0,
) -> tuple[LinearModel, FitReport]:
    """Fit, quantise and calibrate; `texts` must be normalised as they will be at run time.

    `targets` is `(N, L)` of 0/1 in the order of `labels`, -1 where a text says nothing about a
    label and is left out of its fit; `contexts[i]` lists the context features
    of text i. `groups[i]` keeps related texts in one fold (without it, rows are shuffled).
    `nb_smoothing` (try 1.0) scales features by naive-Bayes log-count ratios first (Wang and
    Manning 2012). A label without positives, or without negatives, gets its prior only.
    """
    options = _Options(max_n, min_df, max_features, C, context_weight, nb_smoothing, seed)
    weight = np.ones(len(texts)) if sample_weight is None else np.asarray(sample_weight)
    corpus = _Corpus(
        texts,
        document_keys(texts, max_n),
        np.asarray(targets).astype(np.int8),
        contexts,
        weight.astype(np.float32),
    )
    assert corpus.targets.shape == (len(texts), len(labels)), "targets must be (N, L)"
    oof = _out_of_fold(corpus, options, groups=groups, folds=folds)
    platt = platt_curve(oof, corpus.targets, corpus.sample_weight)
    fitted = _fit_weights(corpus, options)
    model = _quantised_model(fitted, labels, platt, options)
    return model, _report(fitted, corpus, oof, platt)


def _fit_weights(corpus: _Corpus, options: _Options) -> _Weights:
    vocabulary = choose_features(
        corpus.documents,
        corpus.targets,
        contexts=corpus.contexts,
        min_df=options.min_df,
        max_features=options.max_features,
    )
    blank = vocabulary.blank_model(max_n=options.max_n, context_weight=options.context_weight)
    matrix = feature_matrix(blank, vocabulary, corpus.texts, corpus.contexts)
    columns = [
        _fit_label(matrix, corpus.targets[:, column], corpus.sample_weight, options)
        for column in range(corpus.targets.shape[1])
    ]
    weights = np.stack([weight for weight, _ in columns], axis=1)
    bias = np.array([offset for _, offset in columns], np.float32)
    importance = np.asarray(matrix.multiply(matrix).mean(axis=0)).ravel().astype(np.float32)
    return _Weights(vocabulary, blank, weights, bias, importance)


def _fit_label(
    matrix: "sparse.csr_matrix", truth: Targets, sample_weight: Floats, options: _Options
) -> tuple[Floats, float]:
    known = np.flatnonzero(truth >= 0)
    matrix, truth, sample_weight = matrix[known], truth[known], sample_weight[known]
    positives = int(truth.sum())
    if positives in (0, len(truth)):
        prior = np.log((positives + 0.5) / (len(truth) - positives + 0.5))
        return np.zeros(matrix.shape[1], np.float32), float(prior)
    ratio = _log_count_ratio(matrix, truth, options.nb_smoothing)
    # liblinear penalises the intercept; a scaling of 10 makes that penalty a hundredth.
    regression = LogisticRegression(
        C=options.inverse_penalty,
        solver="liblinear",
        intercept_scaling=10.0,
        random_state=options.seed,
    )
    scaled = matrix if ratio is None else matrix @ sparse.diags(ratio)
    regression.fit(scaled, truth, sample_weight=sample_weight)
    weight = regression.coef_[0] if ratio is None else regression.coef_[0] * ratio
    return weight.astype(np.float32), float(regression.intercept_[0])


def _log_count_ratio(
    matrix: "sparse.csr_matrix", truth: Targets, smoothing: float | None
) -> Floats | None:
    if smoothing is None:
        return None
    presence = matrix.sign()
    inside = np.asarray(presence[truth == 1].sum(axis=0)).ravel() + smoothing
    outside = np.asarray(presence[truth == 0].sum(axis=0)).ravel() + smoothing
    ratio = np.log((inside / inside.sum()) / (outside / outside.sum()))
    # A zero ratio would forbid a weight; the floor keeps every feature usable.
    return np.asarray(np.sign(ratio) * np.maximum(np.abs(ratio), 0.05), np.float32)


def _out_of_fold(
    corpus: _Corpus, options: _Options, *, groups: Sequence[str] | None, folds: int
) -> Floats:
    logits = np.zeros(corpus.targets.shape, np.float32)
    for train, held in _splits(len(corpus.texts), groups, folds, options.seed):
        fitted = _fit_weights(corpus.take(train), options)
        rows = corpus.take(held)
        logits[held] = fitted.logits(rows.texts, rows.contexts)
    return logits


def _splits(
    count: int, groups: Sequence[str] | None, folds: int, seed: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    rows = np.arange(count)
    if groups is None:
        yield from KFold(folds, shuffle=True, random_state=seed).split(rows)
        return
    numbers = np.unique(np.asarray(groups), return_inverse=True)[1]
    splitter = GroupKFold(min(folds, int(numbers.max()) + 1), shuffle=True, random_state=seed)
    yield from splitter.split(rows, groups=numbers)


def _quantised_model(
    fitted: _Weights, labels: Sequence[str], platt: Floats, options: _Options
) -> LinearModel:
    columns = _quantised_columns(fitted)
    return LinearModel(
        labels=labels,
        keys=fitted.vocabulary.keys,
        idf=fitted.vocabulary.idf,
        weights=np.stack([table for table, _ in columns], axis=1),
        scales=np.array([scale for _, scale in columns], np.float32),
        bias=fitted.bias,
        platt=platt,
        max_n=options.max_n,
        context_weight=options.context_weight,
    )


def _quantised_columns(fitted: _Weights) -> list[tuple[NDArray[np.int8], float]]:
    return [quantise(column, fitted.importance) for column in fitted.weights.T]


def _report(fitted: _Weights, corpus: _Corpus, oof: Floats, platt: Floats) -> FitReport:
    columns = _quantised_columns(fitted)
    rounded = np.stack([table * np.float32(scale) for table, scale in columns], axis=1)
    exact = fitted.logits(corpus.texts, corpus.contexts)
    coarse = replace(fitted, weights=rounded).logits(corpus.texts, corpus.contexts)
    gaps = np.abs(exact - coarse)
    probs = 1 / (1 + np.exp(-np.clip(oof * platt[0] + platt[1], -30, 30)))
    return FitReport(
        features=len(fitted.vocabulary.keys),
        oof_logits=oof,
        oof_probs=probs.astype(np.float32),
        quantisation_mean=float(gaps.mean()),
        quantisation_max=float(gaps.max()),
        quantisation_flips=float(((exact > 0) != (coarse > 0)).mean()),
    )
