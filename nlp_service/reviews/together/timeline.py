"""Reviews in order of time, by shop, by account and by item; a review sent twice counts once."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nlp_service.reviews.together.seen import Seen

_LOW_RATING = 2
Purchase = tuple[str, str, str]  # account, shop, item
Name = TypeVar("Name", bound=Hashable)


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

    def count(self, start_s: float, end_s: float) -> int:
        """How many reviews are between, both included."""
        return bisect_right(self.times, end_s) - bisect_left(self.times, start_s)

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
    def of_buyer(self) -> dict[str, Course]:
        """All reviews by account."""
        return _courses(self._all, lambda seen: seen.buyer)

    @cached_property
    def cases_of_buyer(self) -> dict[str, Course]:
        """One review an order by account, follow-ups left out."""
        return _courses(self._cases, lambda seen: seen.buyer)

    @cached_property
    def low_of_buyer(self) -> dict[str, Course]:
        """Of those the ones of one or two stars."""
        return _courses(filter(_is_low, self._cases), lambda seen: seen.buyer)

    @cached_property
    def low_of_purchase(self) -> dict[Purchase, Course]:
        """The same by account, shop and item."""
        return _courses(filter(_is_low, self._cases), _purchase)

    @cached_property
    def course_of_item(self) -> dict[str, Course]:
        """All reviews by item, those without a time left out."""
        return _courses(self._all, lambda seen: seen.item)

    @cached_property
    def of_item(self) -> dict[str, list[Seen]]:
        """All reviews by item, with or without a time."""
        return _grouped(self._all, lambda seen: seen.item)

    @cached_property
    def _cases(self) -> list[Seen]:
        once: dict[tuple[str, str], Seen] = {}
        for seen in sorted(self._all, key=lambda seen: (seen.at_s or 0.0, seen.rank)):
            if seen.append_of is None:
                once.setdefault((seen.who, seen.order or seen.key), seen)
        return list(once.values())


def _is_low(seen: Seen) -> bool:
    return seen.is_bad if seen.rating is None else seen.rating <= _LOW_RATING


def _purchase(seen: Seen) -> Purchase | None:
    if seen.buyer is None or seen.merchant is None or seen.item is None:
        return None
    return (seen.buyer, seen.merchant, seen.item)


def _grouped(seens: Iterable[Seen], name: Callable[[Seen], Name | None]) -> dict[Name, list[Seen]]:
    groups: dict[Name, list[Seen]] = defaultdict(list)
    for seen in seens:
        group = name(seen)
        if group is not None:
            groups[group].append(seen)
    return groups


def _courses(seens: Iterable[Seen], name: Callable[[Seen], Name | None]) -> dict[Name, Course]:
    return {group: Course(some) for group, some in _grouped(seens, name).items()}
