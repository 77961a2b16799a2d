"""The rate over a run, and what ends it."""

import numpy as np
import pytest

from nlp_service.training.pretrain_plan import Plan, Position, rate_at


def test_rate_rises_then_falls_to_nothing() -> None:
    plan = Plan(tokens=100)
    rates = [rate_at(done / 1000, plan) for done in range(1001)]
    top = int(np.argmax(rates))
    assert top == 40
    assert 0 < rates[0] < 1e-5
    assert rates[-1] == pytest.approx(0, abs=1e-12)
    assert (np.diff(rates[: top + 1]) > 0).all()
    assert (np.diff(rates[top:]) < 0).all()


def test_a_run_is_done_at_the_first_of_its_limits() -> None:
    position = Position(tokens=50, seconds=9.0)
    assert position.done(Plan(tokens=100)) == 0.5
    assert position.done(Plan(tokens=100, seconds=10.0)) == 0.9
    assert position.done(Plan(tokens=10)) == 1.0
