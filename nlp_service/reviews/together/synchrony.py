"""Accounts that keep step: bad reviews at the same shops within few days."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from nlp_service.reviews.policy import Synchrony
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.together.timeline import Course, Timeline

_HOUR_S = 3600.0


class Partner(NamedTuple):
    """Another account and at how many shops both wrote."""

    buyer: str
    shops: int


class _Meeting(NamedTuple):
    """Two bad reviews of two accounts at one shop; times in seconds."""

    shop: str
    start: float
    end: float


def partners(seen: Seen, timeline: Timeline, rules: Synchrony) -> list[Partner]:
    """Accounts with enough shops in common in one window that holds this review; by name.

    Half of the shops that either account rated badly around then must be shared: crowds of one
    livestream meet by chance at some shops and part at others.
    """
    own = timeline.bad_of_buyer.get(seen.buyer or "")
    if own is None or seen.merchant is None or seen.at_s is None:
        return []
    if len(_shops(own, seen.at_s, rules)) < rules.shops:
        return []
    found: list[Partner] = []
    for buyer, meetings in sorted(_meetings(seen, own, timeline, rules).items()):
        shops = _most_shops(seen, meetings, rules.hours * _HOUR_S)
        if shops >= rules.shops and _overlap(seen, buyer, own, timeline, rules) >= rules.overlap:
            found.append(Partner(buyer, shops))
    return found


def _shops(course: Course, at_s: float, rules: Synchrony) -> set[str]:
    reach = rules.hours * _HOUR_S
    near = course.between(at_s - reach, at_s + reach)
    return {one.merchant for one in near if one.merchant is not None}


def _meetings(
    seen: Seen, own: Course, timeline: Timeline, rules: Synchrony
) -> dict[str, list[_Meeting]]:
    """By other account, the pairs of reviews at one shop within one window."""
    reach, at_s = rules.hours * _HOUR_S, seen.at_s or 0.0
    found: dict[str, list[_Meeting]] = defaultdict(list)
    for mine in own.between(at_s - reach, at_s + reach):
        mine_s, shop = mine.at_s or 0.0, mine.merchant
        for theirs in (
            timeline.bad_of_shop[shop].between(mine_s - reach, mine_s + reach) if shop else ()
        ):
            if theirs.buyer is not None and theirs.buyer != seen.buyer and shop is not None:
                times = sorted((mine_s, theirs.at_s or 0.0))
                found[theirs.buyer].append(_Meeting(shop, *times))
    return found


def _most_shops(seen: Seen, meetings: Sequence[_Meeting], reach: float) -> int:
    """The most shops met at in one window that holds a meeting at this review's shop."""
    best = 0
    for start in {meeting.start for meeting in meetings}:
        shops = {m.shop for m in meetings if m.start >= start and m.end <= start + reach}
        is_here = seen.merchant in shops and start <= (seen.at_s or 0.0) <= start + reach
        best = max(best, len(shops) if is_here else 0)
    return best


def _overlap(seen: Seen, buyer: str, own: Course, timeline: Timeline, rules: Synchrony) -> float:
    at_s = seen.at_s or 0.0
    mine, theirs = _shops(own, at_s, rules), _shops(timeline.bad_of_buyer[buyer], at_s, rules)
    return len(mine & theirs) / len(mine | theirs)
