"""What a detector must beat on a simulated world: chance, one rule, classic features, bare words.

Scores are (N,) arrays in the order of reviews.jsonl, higher is more suspicious; a review of more
than two stars is never accused. Learned baselines are fitted on one world and asked about another.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nlp_service.training.simulation.features import Column, plain_features

Record = dict[str, Any]
_BAD_STARS = 2


def read_records(folder: Path) -> tuple[list[Record], list[Record]]:
    """(reviews, truth) of a folder that `simulate` wrote, row by row the same review."""
    return _read(folder / "reviews.jsonl"), _read(folder / "truth.jsonl")


def _read(path: Path) -> list[Record]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def random_scores(reviews: Sequence[Record], seed: int) -> Column:
    """Chance."""
    return _only_bad(np.random.default_rng(seed).random(len(reviews)), reviews)


def bad_ratio_scores(reviews: Sequence[Record]) -> Column:
    """The single rule: share of bad reviews in the account's history; unknown counts as none."""
    ratio = np.nan_to_num(plain_features(reviews)["bad_ratio"], nan=0.0)
    return _only_bad(ratio, reviews)


def logistic_scores(
    seen: Sequence[Record], seen_truth: Sequence[Record], reviews: Sequence[Record]
) -> Column:
    """Logistic regression on the plain features, fitted on the bad reviews of `seen`."""
    known, target = _bad_rows(seen), _guilt(seen_truth)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2_000))
    model.fit(_matrix(seen)[known], target[known])
    return _only_bad(model.predict_proba(_matrix(reviews))[:, 1], reviews)


def word_scores(
    seen: Sequence[Record], seen_truth: Sequence[Record], reviews: Sequence[Record]
) -> Column:
    """Logistic regression on character 1- to 3-grams: what the vocabulary alone gives away."""
    known, target = _bad_rows(seen), _guilt(seen_truth)
    grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    model = make_pipeline(grams, LogisticRegression(C=3.0, max_iter=2_000))
    model.fit([r["text"] for r, bad in zip(seen, known, strict=True) if bad], target[known])
    return _only_bad(model.predict_proba([r["text"] for r in reviews])[:, 1], reviews)


def _matrix(reviews: Sequence[Record]) -> Column:
    """(N, F): heavy tails in logarithms; missing as 0 after that, with a column that says so."""
    columns = plain_features(reviews)
    values = np.stack(list(columns.values()), axis=1)
    missing = np.isnan(values)
    logged = np.sign(values) * np.log1p(np.abs(values))
    return np.concatenate([np.where(missing, 0.0, logged), missing], axis=1)


def _bad_rows(reviews: Sequence[Record]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([review["rating"] <= _BAD_STARS for review in reviews], dtype=bool)


def _guilt(truth: Sequence[Record]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([fact["is_malicious"] for fact in truth], dtype=bool)


def _only_bad(scores: Column, reviews: Sequence[Record]) -> Column:
    return np.where(_bad_rows(reviews), scores, 0.0)
