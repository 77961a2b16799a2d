"""The chance of a burst."""

from itertools import pairwise

import pytest

from nlp_service.reviews.together.bursts import tail


def test_tail_is_that_of_poisson_where_the_rate_is_well_known() -> None:
    assert tail(3, 1e6, 2.0 / 1e6) == pytest.approx(0.3233, abs=1e-3)


def test_uncertain_rate_makes_a_burst_less_surprising() -> None:
    assert tail(6, 0.5, 2.0) > 10 * tail(6, 500.0, 0.002)


def test_tail_falls_from_certainty() -> None:
    values = [tail(count, 5.5, 0.2) for count in range(40)]
    assert values[0] == 1.0
    assert all(one >= other >= 0.0 for one, other in pairwise(values))
