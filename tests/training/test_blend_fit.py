"""The blend's weights: who is right is believed, rare facts stay near the shared curve."""

import numpy as np
import pytest

from nlp_service.training.blend_fit import Heard, curves, fit_blend, stacked

RNG = np.random.default_rng(3)


def _heard(*, size: int = 2000, rare: int = 3) -> Heard:
    truth = np.zeros((size, 2), np.int8)
    truth[: size // 2, 0] = 1
    truth[:rare, 1] = 1
    signal = np.where(truth == 1, 2.0, -2.0)
    noise = RNG.normal(size=(3, size, 2))
    linear, turn, token = noise[0] * 2, signal + noise[1], signal * 0.2 + noise[2]
    return Heard(
        ("often", "rare"),
        linear.astype(np.float32),
        turn.astype(np.float32),
        token.astype(np.float32),
        truth,
    )


def test_the_model_that_is_right_is_believed_most() -> None:
    linear, turn, token, _ = fit_blend(_heard())["often"]
    assert turn > 1.0
    assert abs(linear) < 0.3 * turn
    assert 0 <= token < 0.6 * turn


def test_probs_are_calibrated_for_the_common_fact() -> None:
    heard = _heard(size=6000)
    weights = np.array(fit_blend(heard)["often"])
    ones = np.ones(len(heard.truth))
    features = np.stack([heard.linear[:, 0], heard.turn[:, 0], heard.token[:, 0], ones], axis=1)
    probs = 1 / (1 + np.exp(-features @ weights))
    middle = (probs > 0.3) & (probs < 0.7)
    assert middle.sum() > 50
    assert heard.truth[middle, 0].mean() == pytest.approx(probs[middle].mean(), abs=0.1)


def test_a_fact_hardly_ever_seen_keeps_a_slope_near_the_shared_one() -> None:
    slope, offset = curves(np.array([[5.0], [-5.0]]), np.array([[0], [0]], np.int8))
    assert 0.5 < slope[0] < 1.5
    assert offset[0] < 0


def test_no_curve_ever_turns_a_yes_into_a_no() -> None:
    x = np.linspace(-3, 3, 400)[:, None]
    slope, _ = curves(x, (x < 0).astype(np.int8))
    assert slope[0] > 0


def test_unknown_names_count_nothing() -> None:
    assert stacked([{"a": 1.0}, {"b": 2.0}], ["a", "b"]).tolist() == [[1.0, 0.0], [0.0, 2.0]]
