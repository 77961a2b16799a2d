"""How often one key may call: a token bucket a key, refilled by time."""

import time
from collections.abc import Callable

from nlp_service.api.problems import RateError


class Rate:
    """At most `per_s` calls a second on average, and as many at once; 0 means no limit."""

    def __init__(self, per_s: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> None:
        """Count one call; raises RateError when the bucket is empty.

        There is one bucket a known key, so the table cannot grow.
        """
        if not self._per_s:
            return
        now = self._clock()
        left, before = self._buckets.get(key, (float(self._per_s), now))
        left = min(float(self._per_s), left + (now - before) * self._per_s)
        if left < 1:
            raise RateError(f"more than {self._per_s} calls a second; wait and send again")
        self._buckets[key] = (left - 1, now)
