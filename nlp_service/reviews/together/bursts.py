"""Too many bad reviews at once, and whether that is a bad batch of goods or an attack.

shop's bad reviews -> fullest window of 1 h, 1 d, 7 d around this one
    -> chance under the shop's own rate outside it (hours of the day and good reviews allowed for)
    -> incident: unlinked buyers name one aspect, with images, refunds, details
       attack: two of no shared aspect, thin texts, linked accounts
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nlp_service.reviews.rules import DAY_S
from nlp_service.reviews.rules import Burst as BurstRules
from nlp_service.reviews.together.chance import tail
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.together.timeline import Course, Timeline

_HOUR_S = 3600.0
_EMPTY = Course(())


@dataclass(frozen=True, slots=True)
class Burst:
    """`kind` is incident, attack or unclear; shares are of the accounts in the window.

    `expected` bad reviews by the shop's own rate; `chance` of so many anywhere in its time;
    `aspect` is what most unlinked buyers name.
    """

    hours: float
    buyers: int
    expected: float
    chance: float
    kind: str
    aspect: str | None
    naming: int
    marks: tuple[str, ...]


class Look(NamedTuple):
    """A burst, or none; `missing` names what a rate would have needed."""

    burst: Burst | None
    missing: str | None = None


class _Window(NamedTuple):
    """Bad reviews `first:last` of a shop's course, all within `hours`."""

    hours: float
    first: int
    last: int


class Bursts:
    """Bursts of the shops of a timeline; `is_linked` says whether an account acts with others."""

    def __init__(
        self, timeline: Timeline, rules: BurstRules, is_linked: Callable[[Seen], bool]
    ) -> None:
        self._timeline, self._rules, self._is_linked = timeline, rules, is_linked
        self._known: dict[tuple[str, _Window], Look] = {}

    def of(self, seen: Seen) -> Look:
        """The least likely window around a review that is in the timeline."""
        if seen.merchant is None or seen.at_s is None:
            return Look(None, "merchant_id, posted_at")
        bad = self._timeline.bad_of_shop.get(seen.merchant, _EMPTY)
        looks = [
            self._look(seen.merchant, bad, _fullest(bad, seen.at_s, hours))
            for hours in self._rules.windows_hours
        ]
        bursts = [look.burst for look in looks if look.burst is not None]
        if bursts:
            return Look(min(bursts, key=lambda burst: (burst.chance, burst.hours)))
        all_missing = all(look.missing for look in looks)
        return Look(None, "reviews of the shop over more time" if all_missing else None)

    def _look(self, shop: str, bad: Course, window: _Window) -> Look:
        name = (shop, window)
        if name not in self._known:
            self._known[name] = self._judged(shop, bad, window)
        return self._known[name]

    def _judged(self, shop: str, bad: Course, window: _Window) -> Look:
        good = self._timeline.good_of_shop.get(shop, _EMPTY)
        width, rules = window.hours * _HOUR_S, self._rules
        times = [*bad.times, *good.times]
        quiet = max(times, default=0.0) - min(times, default=0.0) - width
        if quiet < max(rules.min_windows * width, rules.min_days * DAY_S):
            return Look(None, "reviews of the shop over more time")
        members = _one_each(bad.seens[window.first : window.last])
        if len(members) < rules.min_bad:
            return Look(None)
        exposure = width * self._season(bad, good, window) * _promotion(bad, good, window, quiet)
        before = len(bad.times) - (window.last - window.first) + 0.5  # Jeffreys' prior of a rate
        chance = min(1.0, tail(len(members), before, exposure / quiet) * (quiet / width + 1.0))
        if chance > rules.max_chance:
            return Look(None)
        return Look(self._named(window.hours, members, before * exposure / quiet, chance))

    def _season(self, bad: Course, good: Course, window: _Window) -> float:
        """How much busier the hours of a short window are than the mean hour of this shop."""
        start = bad.times[window.first]
        outside = np.concatenate(
            [np.delete(bad.array, slice(window.first, window.last)), good.array]
        )
        if window.hours >= 24 or len(outside) < self._rules.seasonal_reviews:
            return 1.0
        counts = np.bincount((outside // _HOUR_S % 24).astype(int), minlength=24) + 1.0
        covered = np.arange(start // _HOUR_S, (start + window.hours * _HOUR_S) // _HOUR_S + 1) % 24
        return float(counts[covered.astype(int)].mean() / counts.mean())

    def _named(
        self, hours: float, members: Sequence[Seen], expected: float, chance: float
    ) -> Burst:
        rules = self._rules
        free = [seen for seen in members if not self._is_linked(seen)]
        named = Counter(aspect for seen in free for aspect in seen.aspects)
        aspect = min(named, key=lambda name: (-named[name], name), default=None)
        naming = [seen for seen in free if aspect in seen.aspects]
        backed = sum(seen.is_backed for seen in naming)
        marks = self._marks(members, free)
        is_incident = (
            len(naming) >= max(rules.incident_buyers, rules.incident_share * len(free))
            and backed >= rules.incident_backed * len(naming)
            and "linked" not in marks
        )
        kind = "incident" if is_incident else "attack" if len(marks) >= 2 else "unclear"
        return Burst(hours, len(members), expected, chance, kind, aspect, len(naming), marks)

    def _marks(self, members: Sequence[Seen], free: Sequence[Seen]) -> tuple[str, ...]:
        """Which marks of an attack a burst bears."""
        rules, size = self._rules, len(members)
        named = Counter(aspect for seen in members for aspect in seen.aspects)
        shared = max(named.values(), default=0)
        marks = {
            "no_aspect": shared <= rules.attack_aspect_share * size,
            "thin": sum(seen.is_thin for seen in members) >= rules.attack_thin * size,
            "linked": size - len(free) >= rules.attack_linked * size,
        }
        return tuple(mark for mark, holds in marks.items() if holds)


def _fullest(bad: Course, at_s: float, hours: float) -> _Window:
    """The window with most bad reviews among those that begin with one and hold this one."""
    width = hours * _HOUR_S
    first = int(np.searchsorted(bad.array, at_s - width))
    last = int(np.searchsorted(bad.array, at_s, side="right"))
    if first >= last:
        return _Window(hours, first, first)
    ends = np.searchsorted(bad.array, bad.array[first:last] + width, side="right")
    best = int(np.argmax(ends - np.arange(first, last)))
    return _Window(hours, first + best, int(ends[best]))


def _promotion(bad: Course, good: Course, window: _Window, quiet: float) -> float:
    """How many times more good reviews than usual came then: many sales bring all kinds."""
    width = window.hours * _HOUR_S
    start = bad.times[window.first]
    inside = len(good.between(start, start + width))
    usual = (len(good.times) - inside) * width / quiet
    return max(1.0, inside / max(usual, 1.0))


def _one_each(members: Sequence[Seen]) -> list[Seen]:
    """The first review of each account."""
    first: dict[str, Seen] = {}
    for seen in members:
        first.setdefault(seen.who, seen)
    return list(first.values())
