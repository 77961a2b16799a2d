"""Weights of evidence fitted on cases whose truth is known, near the weights given before.

    cases --score--> strength of each signal (0..1) --logistic, signs kept, ridge--> weights

An accusing signal can only accuse and a counter-signal only excuse, whatever a small set says; and
where no case tells of a signal its weight stays. The base rate is no matter of the fit: cases are
chosen half and half, life is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from nlp_service.domain import ReviewScore
from nlp_service.reviews.policy import SuspicionPolicy
from nlp_service.reviews.scorer import ReviewScorer
from nlp_service.training.suspicion_cases import Case

Floats = NDArray[np.float64]
_RIDGE = 0.5  # pull towards the weights given, in log-loss of one case at one log-odds away
_COUNTER = "counter."


@dataclass(frozen=True, slots=True)
class Strengths:
    """What speaks in each case: `values` `(N, S)` by `codes`, as shares of the full weight."""

    codes: tuple[str, ...]
    values: Floats

    @classmethod
    def of(cls, scores: Sequence[ReviewScore], policy: SuspicionPolicy) -> "Strengths":
        """Strengths of the signals that the policy weighs by their own code."""
        codes = tuple(code for code in policy.weights if policy.weights[code])
        number = {code: place for place, code in enumerate(codes)}
        values = np.zeros((len(scores), len(codes)))
        for row, score in enumerate(scores):
            for signal in score.suspicion.signals:
                if signal.code in number:
                    share = signal.weight / policy.weights[signal.code]
                    values[row, number[signal.code]] = share
        return cls(codes, values)


def table(
    batches: Sequence[Sequence[Case]], scorer: ReviewScorer, policy: SuspicionPolicy
) -> list[str]:
    """Fitted weights beside those of the policy, and how many cases of either truth tell of each.

    Every batch is scored by itself; what is not judged (praise) takes no part.
    """
    judged = [
        (case, score)
        for cases in batches
        for case, score in zip(
            cases, scorer.score_batch([case.review for case in cases]), strict=True
        )
        if score.suspicion.level != "none"
    ]
    strengths = Strengths.of([score for _, score in judged], policy)
    guilty = np.array([case.is_malicious for case, _ in judged])
    fitted = fit_weights(strengths, guilty.tolist(), policy.weights)
    speaks = strengths.values > 0
    lines = [f"{'signal':28}{'in use':>8}{'fitted':>8}{'honest':>8}{'malicious':>11}"]
    for place, code in enumerate(strengths.codes):
        honest, malicious = (int(speaks[rows, place].sum()) for rows in (~guilty, guilty))
        weights = f"{policy.weights[code]:8.2f}{fitted[code]:8.2f}"
        lines.append(f"{code:28}{weights}{honest:8}{malicious:11}")
    return lines


def fit_weights(
    strengths: Strengths, is_malicious: Sequence[bool], before: Mapping[str, float]
) -> dict[str, float]:
    """New weights by code, rounded; `before` gives the signs and what they are drawn to."""
    start = np.array([before[code] for code in strengths.codes])
    sign = np.where(np.asarray(is_malicious), 1.0, -1.0)
    bounds = [(None, 0.0) if code.startswith(_COUNTER) else (0.0, None) for code in strengths.codes]

    def loss(point: Floats) -> tuple[float, Floats]:
        weights, offset = point[:-1], point[-1]
        margin = sign * (strengths.values @ weights + offset)
        off = weights - start
        value = np.logaddexp(0.0, -margin).sum() + _RIDGE * (off**2).sum()
        slope = -sign / (1.0 + np.exp(np.clip(margin, -60, 60)))
        gradient = strengths.values.T @ slope + 2 * _RIDGE * off
        return float(value), np.append(gradient, slope.sum())

    found = minimize(
        loss, np.append(start, -2.0), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]
    )
    return {
        code: round(float(weight), 2)
        for code, weight in zip(strengths.codes, found.x[:-1], strict=True)
    }
