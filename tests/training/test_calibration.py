"""The calibration error, counted by hand."""

import numpy as np
import pytest

from nlp_service.training.calibration import calibration_error


@pytest.mark.parametrize(
    ("scored", "gap"),
    [
        ([(0.95, True)] * 19 + [(0.95, False)], 0.0),
        ([(0.9, False)] * 10, 0.9),
        ([(0.95, True), (0.95, True), (0.55, True), (0.55, False)], (0.05 + 0.05) / 2),
        ([(0.0, False), (1.0, True)], 0.0),
    ],
)
def test_error_is_the_gap_between_stated_and_observed_in_each_bin(
    scored: list[tuple[float, bool]], gap: float
) -> None:
    assert calibration_error(scored) == pytest.approx(gap, abs=1e-9)
    assert calibration_error(np.array(scored)) == calibration_error(scored)


def test_a_prob_on_an_edge_belongs_to_the_lower_bin() -> None:
    assert calibration_error([(0.3, True), (0.25, False)]) == pytest.approx(0.225)
    assert calibration_error([(0.3, True), (0.35, False)]) == pytest.approx((0.7 + 0.35) / 2)


def test_nothing_stated_has_no_error() -> None:
    assert calibration_error([]) is None
