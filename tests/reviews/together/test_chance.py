"""What is usual at all times is told from other times; one older text may be the original."""

from dataclasses import replace
from itertools import pairwise

import pytest

from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.together.chance import is_usual, tail
from nlp_service.reviews.together.making import seen_of
from nlp_service.reviews.together.seen import Seen
from tests.reviews.together.cases import told

RULES = default_suspicion_policy().copies
DAY_S = 86400.0
REACH_S = 14 * DAY_S


def _at(name: str, days: float | None, **facts: object) -> Seen:
    seen = seen_of(*told(name, hours=24 * (days or 0.0), **facts))  # type: ignore[arg-type]
    return seen if days is not None else replace(seen, posted_at=None)


def _others(*days: float | None) -> list[Seen]:
    return [_at(f"o{number}", day) for number, day in enumerate(days)]


SEEN = _at("1", 0.0)
NEAR = [_at("n1", -1.0), _at("n2", 2.0)]


@pytest.mark.parametrize(
    ("others", "usual"),
    [
        (_others(-30, -40, -50, -60, -70, -80), True),
        (_others(-30, -40), False),
        (_others(-30, -300, -500), False),
        (_others(-30, -30, -30, -31, -31, -32), False),
        (_others(None, None, None, None, None, None), False),
        (_others(-1, -2, -3, -4, -5, -6), False),
        ([_at(f"o{day}", -day, buyer_id="b-n1") for day in (30, 40, 50, 60, 70)], False),
    ],
    ids=[
        "often",
        "twice",
        "in years",
        "an earlier wave",
        "at unknown times",
        "these days",
        "one of these accounts",
    ],
)
def test_other_times_foretell_these_days(others: list[Seen], usual: bool) -> None:
    assert is_usual(SEEN, NEAR, [*NEAR, *others], REACH_S, RULES) is usual


def test_more_accounts_than_other_times_foretell_are_not_usual() -> None:
    often, many = _others(-30, -40, -50, -60, -70, -80), [_at(f"m{n}", 1.0) for n in range(12)]
    assert not is_usual(SEEN, many, [*many, *often], REACH_S, RULES)


def test_a_tail_needs_events_to_be_likely() -> None:
    assert tail(1, 0.0, 0.5) == 0.0


def test_tail_is_that_of_poisson_where_the_rate_is_well_known() -> None:
    assert tail(3, 1e6, 2.0 / 1e6) == pytest.approx(0.3233, abs=1e-3)


def test_uncertain_rate_makes_a_burst_less_surprising() -> None:
    assert tail(6, 0.5, 2.0) > 10 * tail(6, 500.0, 0.002)


def test_tail_falls_from_certainty() -> None:
    values = [tail(count, 5.5, 0.2) for count in range(40)]
    assert values[0] == 1.0
    assert all(one >= other >= 0.0 for one, other in pairwise(values))
