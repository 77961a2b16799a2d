"""Fits and measures the linear sentiment model: the baseline, and a witness beside the encoder.

    reviews --targets, weights, groups--> fit_linear --out of fold--> probs, suspects of label noise

Folds for calibration leave whole trades out, so the probs are honest about unseen trades.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from nlp_service.domain import SENTIMENTS, Sentiment
from nlp_service.inference.linear import LinearModel
from nlp_service.reviews.sentiment import MODEL_LABELS, length_feature
from nlp_service.training.calibration import calibration_error
from nlp_service.training.linear_fit import FitReport, fit_linear_with_report
from nlp_service.training.public_reviews import WEIGHTS, PublicReview

_NEUTRAL_WEIGHT = 2.0  # neutral texts are few: 1,400 of 70,000 public ones


def fit_sentiment(
    reviews: Sequence[PublicReview], *, weights: Sequence[float] | None = None, seed: int = 0
) -> tuple[LinearModel, FitReport]:
    """The linear model of `reviews`, and what its folds said; `weights` come on top of balance."""
    shares = weights or [1.0] * len(reviews)
    return fit_linear_with_report(
        [review.text for review in reviews],
        targets_of([review.label for review in reviews]),
        labels=MODEL_LABELS,
        contexts=[[length_feature(review.text)] for review in reviews],
        sample_weight=[
            w * share for w, share in zip(balanced_weights(reviews), shares, strict=True)
        ],
        groups=[review.group for review in reviews],
        max_n=4,
        min_df=3,
        max_features=300_000,
        C=1.0,
        context_weight=0.3,
        nb_smoothing=1.0,
        seed=seed,
    )


def balanced_weights(reviews: Sequence[PublicReview]) -> list[float]:
    """Weight of each review, its source's weight shared equally between positive and negative.

    Seven of ten laptop clauses praise; unbalanced they would teach that short texts are positive.
    """
    counts = Counter((review.source, review.label) for review in reviews)

    def weight(source: str, label: str) -> float:
        if label == "neutral":
            return _NEUTRAL_WEIGHT
        sided = counts[source, "positive"] + counts[source, "negative"]
        return WEIGHTS[source] * sided / (2 * counts[source, label])

    return [weight(review.source, review.label) for review in reviews]


def targets_of(labels: Sequence[str]) -> NDArray[np.int8]:
    """Targets `(N, 2)`: positive (unknown for neutral texts, which are neither) and neutral.

    Plain statements of fact fill the neutral class; counted as "not negative" they would teach the
    model that facts are no complaints.
    """
    rows = {"positive": (1, 0), "negative": (0, 0), "neutral": (-1, 1)}
    return np.array([rows[label] for label in labels], np.int8)


def measure_scores(scores: Sequence[Sentiment], labels: Sequence[str]) -> dict[str, Any]:
    """Accuracy of positive against negative, and what three classes and probs are worth.

    `accuracy` decides by positive >= negative over texts that are one or the other;
    `calibration_error` is the expected gap between prob and share of positives in ten bins.
    """
    probs = np.array([[s.positive, s.neutral, s.negative] for s in scores])
    truth = np.array([SENTIMENTS.index(label) for label in labels])
    polar = truth != SENTIMENTS.index("neutral")
    says_positive = probs[polar, 0] >= probs[polar, 2]
    share = probs[polar, 0] / (probs[polar, 0] + probs[polar, 2] + 1e-9)
    return {
        "support": {label: int((truth == i).sum()) for i, label in enumerate(SENTIMENTS)},
        "accuracy": round(float((says_positive == (truth[polar] == 0)).mean()), 4),
        "calibration_error": calibration_error(np.column_stack([share, truth[polar] == 0])),
        **_three_classes(probs.argmax(axis=1), truth),
    }


def _three_classes(guess: NDArray[np.int64], truth: NDArray[np.int64]) -> dict[str, Any]:
    present = sorted(set(truth.tolist()))
    if len(present) < len(SENTIMENTS):
        return {"called_neutral": round(float((guess == SENTIMENTS.index("neutral")).mean()), 4)}
    each = f1_score(truth, guess, labels=present, average=None)
    by_label = {SENTIMENTS[i]: round(float(f1), 4) for i, f1 in zip(present, each, strict=True)}
    return {"macro_f1": round(float(np.mean(each)), 4), "f1": by_label}
