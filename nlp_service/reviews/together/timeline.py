"""Reviews in order of time, by shop, by account and by item; a review sent twice counts once."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nlp_service.reviews.together.seen import Seen


class Course:
    """Reviews of one shop or account, those without a time left out."""

    def __init__(self, seens: Iterable[Seen]) -> None:
        timed = [(seen.at_s, seen.rank, seen) for seen in seens]
        rows = sorted(
            ((at, rank, seen) for at, rank, seen in timed if at is not None),
            key=lambda row: row[:2],
        )
        self.seens = [seen for _, _, seen in rows]
        self.times = [at for at, _, _ in rows]

    def between(self, start_s: float, end_s: float) -> Sequence[Seen]:
        """Reviews from `start_s` to `end_s`, both included."""
        return self.seens[bisect_left(self.times, start_s) : bisect_right(self.times, end_s)]

    @cached_property
    def array(self) -> NDArray[np.float64]:
        """The times, `(n,)` seconds."""
        return np.array(self.times, np.float64)


class Timeline:
    """All reviews of an index, grouped on first use."""

    def __init__(self, seens: Iterable[Seen]) -> None:
        once: dict[str, Seen] = {}
        for seen in seens:
            held = once.get(seen.key)
            once[seen.key] = seen if held is None or seen.rank < held.rank else held
        self._all = list(once.values())

    @cached_property
    def bad_of_shop(self) -> dict[str, Course]:
        """Bad reviews by merchant."""
        return _courses((seen for seen in self._all if seen.is_bad), lambda seen: seen.merchant)

    @cached_property
    def good_of_shop(self) -> dict[str, Course]:
        """All others by merchant."""
        return _courses((seen for seen in self._all if not seen.is_bad), lambda seen: seen.merchant)

    @cached_property
    def bad_of_buyer(self) -> dict[str, Course]:
        """Bad reviews by account."""
        return _courses((seen for seen in self._all if seen.is_bad), lambda seen: seen.buyer)

    @cached_property
    def of_item(self) -> dict[str, list[Seen]]:
        """All reviews by item, with or without a time."""
        return _grouped(self._all, lambda seen: seen.item)


def _grouped(seens: Iterable[Seen], name: Callable[[Seen], str | None]) -> dict[str, list[Seen]]:
    groups: dict[str, list[Seen]] = defaultdict(list)
    for seen in seens:
        group = name(seen)
        if group is not None:
            groups[group].append(seen)
    return groups


def _courses(seens: Iterable[Seen], name: Callable[[Seen], str | None]) -> dict[str, Course]:
    return {group: Course(some) for group, some in _grouped(seens, name).items()}
