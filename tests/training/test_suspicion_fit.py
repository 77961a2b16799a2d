"""Weights of evidence: learnt where cases tell, kept where they are silent, signs never turned."""

import numpy as np
import pytest

from nlp_service.domain import ReviewScore, ReviewSeverity, Sentiment, Signal, Suspicion
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.training.suspicion_fit import Strengths, fit_weights

CODES = ("text.offsite", "copy.self", "counter.images", "fact.order")


def _fitted(rows: list[list[float]], truth: list[bool]) -> dict[str, float]:
    before = {"text.offsite": 1.0, "copy.self": 1.0, "counter.images": -1.0, "fact.order": 0.6}
    return fit_weights(Strengths(CODES, np.array(rows)), truth, before)


def test_what_tells_the_two_apart_gains_and_the_silent_stays() -> None:
    rows = [[1.0, 0.0, 0.0, 0.0]] * 30 + [[0.0, 1.0, 0.0, 0.0]] * 30
    weights = _fitted(rows, [True] * 30 + [False] * 30)
    assert weights["text.offsite"] > 1.5
    assert weights["copy.self"] == 0.0
    assert weights["fact.order"] == 0.6


def test_counter_evidence_never_accuses() -> None:
    rows = [[0.0, 0.0, 1.0, 0.0]] * 30 + [[0.0, 0.0, 0.0, 0.0]] * 30
    assert _fitted(rows, [True] * 30 + [False] * 30)["counter.images"] == 0.0


def test_strength_is_the_share_of_the_full_weight() -> None:
    policy = default_suspicion_policy()
    full = policy.weights["behaviour.synchrony"]
    signals = (Signal("behaviour.synchrony", full / 2, "x"),)
    score = ReviewScore(
        id="r",
        sentiment=Sentiment("negative", 0.0, 0.0, 1.0),
        aspects=(),
        severity=ReviewSeverity("none"),
        suspicion=Suspicion(0.1, "low", "none", signals),
        policy="p",
        model="m",
    )
    strengths = Strengths.of([score], policy)
    said = dict(zip(strengths.codes, strengths.values[0], strict=True))
    assert said["behaviour.synchrony"] == pytest.approx(0.5)
    assert sum(said.values()) == pytest.approx(0.5)
