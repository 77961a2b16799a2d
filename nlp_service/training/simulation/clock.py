"""Time of the simulated world: seconds since its start, on China's clock.

Half a year of warm-up fills the histories; only what is posted in the window after it is written.
"""

from datetime import datetime, timedelta, timezone
from itertools import accumulate
from random import Random

HOUR, DAY = 3_600.0, 86_400.0
START = datetime(2025, 6, 1, tzinfo=timezone(timedelta(hours=8)))
HISTORY_DAYS = 180
WARM_UP = HISTORY_DAYS * DAY
WINDOW = 150 * DAY
END = WARM_UP + WINDOW
# Days since START with a sale: 618, 99, 双11, 双12, 年货节, 38.
SALES = (17.0, 100.0, 163.0, 194.0, 230.0, 280.0)
# Share of orders that wait for a sale.
SALE_SHARE = 0.12
# Orders and reviews by hour of the day, from midnight: few at night, a peak after supper.
_BY_HOUR = (5, 3, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 10, 9, 8, 8, 8, 7, 8, 10, 13, 14, 12, 9)
_HOURS = tuple(accumulate(_BY_HOUR))


def stamp(at: float) -> str:
    """ISO 8601 with offset, whole seconds (rounded down, so order is kept)."""
    return (START + timedelta(seconds=int(at))).isoformat()


def waking(at: float, rng: Random) -> float:
    """The same day or the next at an hour when people are at their phones, never before `at`."""
    hour = rng.choices(range(24), cum_weights=_HOURS)[0]
    moved = at // DAY * DAY + hour * HOUR + rng.random() * HOUR
    return moved if moved >= at else moved + DAY


def shopping_times(rate: float, since: float, until: float, rng: Random) -> list[float]:
    """Moments of orders at `rate` a day between two times, some moved to the next sale."""
    at, times = since, []
    while (at := at + rng.expovariate(rate) * DAY) < until - DAY:
        moved = _next_sale(at) if rng.random() < SALE_SHARE else at
        times.append(waking(moved if moved < until - DAY else at, rng))
    return sorted(times)


def _next_sale(at: float) -> float:
    later = [day * DAY for day in SALES if at <= day * DAY < at + 30 * DAY]
    return later[0] if later else at
