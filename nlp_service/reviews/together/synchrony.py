"""Accounts that keep step: bad reviews at the same shops within few days, or of the same items.

Two ways, as a gang may hurry or take its time:
    the same three shops within hours, by one other account or more
    the same items of two shops within two weeks, by two other accounts or more; and nearly all who
    rated those items then rated them badly: fans of one livestream share what they praise too
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nlp_service.reviews.rules import Synchrony
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.together.timeline import Course, Timeline

_HOUR_S = 3600.0
_DAY_H = 24.0
_Place = tuple[str, str]  # shop, item


class Partner(NamedTuple):
    """Another account, at how many shops both wrote, and within how many hours."""

    buyer: str
    shops: int
    hours: float


class _Meeting(NamedTuple):
    """Two bad reviews of two accounts at one shop; times in seconds."""

    shop: str
    start: float
    end: float


def partners(seen: Seen, timeline: Timeline, rules: Synchrony) -> list[Partner]:
    """Accounts that keep step with that of this review, either way; by name."""
    if not seen.is_bad or seen.buyer is None or seen.merchant is None or seen.at_s is None:
        return []
    slow = {partner.buyer: partner for partner in _of_same_items(seen, timeline, rules)}
    fast = {partner.buyer: partner for partner in _of_same_shops(seen, timeline, rules)}
    return [partner for _, partner in sorted({**slow, **fast}.items())]


def _of_same_items(seen: Seen, timeline: Timeline, rules: Synchrony) -> list[Partner]:
    """Accounts that rated items of this one's round badly, if they are most of those who did rate.

    Whom a shared item leaves content, this account's own liking included, speaks against a gang.
    """
    here = (seen.merchant or "", seen.item or "")
    own = _rated(seen.buyer or "", seen, timeline, rules)
    if len({shop for (shop, _), is_bad in own.items() if is_bad}) < rules.item_shops:
        return []
    partners: list[Partner] = []
    fellows = 0
    for buyer in sorted(_fellows(here, own, seen, timeline, rules)):
        theirs = _rated(buyer, seen, timeline, rules)
        shared = own.keys() & theirs.keys()
        shops = len({shop for shop, _ in shared})
        fellows += shops >= rules.item_shops
        if shops >= rules.item_shops and all(own[one] and theirs[one] for one in shared):
            partners.append(Partner(buyer, shops, rules.item_days * _DAY_H))
    is_gang = len(partners) >= max(rules.item_accounts, rules.item_share * fellows)
    return partners if is_gang else []


def _fellows(
    here: _Place, own: Iterable[_Place], seen: Seen, timeline: Timeline, rules: Synchrony
) -> set[str]:
    """Other accounts that rated this item and one more of `own` around then."""
    elsewhere: set[str] = set()
    for place in own:
        if place[0] != here[0]:
            elsewhere |= _raters(place, seen, timeline, rules)
    return (_raters(here, seen, timeline, rules) & elsewhere) - {seen.buyer or ""}


def _raters(place: _Place, seen: Seen, timeline: Timeline, rules: Synchrony) -> set[str]:
    shop, item = place
    near = _around(timeline.course_of_item.get(item), seen, rules)
    return {one.buyer for one in near if one.buyer is not None and one.merchant == shop}


def _rated(buyer: str, seen: Seen, timeline: Timeline, rules: Synchrony) -> dict[_Place, bool]:
    """What an account rated around `seen`, and whether always badly."""
    rated: dict[_Place, bool] = {}
    for one in _around(timeline.of_buyer.get(buyer), seen, rules):
        if one.merchant is not None and one.item is not None:
            place = (one.merchant, one.item)
            rated[place] = rated.get(place, True) and one.is_bad
    return rated


def _around(course: Course | None, seen: Seen, rules: Synchrony) -> Sequence[Seen]:
    reach, at_s = rules.item_days * _DAY_H * _HOUR_S, seen.at_s or 0.0
    return course.between(at_s - reach, at_s + reach) if course else ()


def _of_same_shops(seen: Seen, timeline: Timeline, rules: Synchrony) -> list[Partner]:
    """Accounts with enough shops in common in one window that holds this review; by name.

    Half of the shops that either account rated badly around then must be shared: crowds of one
    livestream meet by chance at some shops and part at others.
    """
    own = timeline.bad_of_buyer.get(seen.buyer or "")
    if own is None or seen.at_s is None:
        return []
    if len(_shops(own, seen.at_s, rules)) < rules.shops:
        return []
    found: list[Partner] = []
    for buyer, meetings in sorted(_meetings(seen, own, timeline, rules).items()):
        shops = _most_shops(seen, meetings, rules.hours * _HOUR_S)
        if shops >= rules.shops and _overlap(seen, buyer, own, timeline, rules) >= rules.overlap:
            found.append(Partner(buyer, shops, rules.hours))
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
