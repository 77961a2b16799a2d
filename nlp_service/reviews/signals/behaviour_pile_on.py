"""behaviour.pile_on 低分扎堆: others rate this item low around the same time, unlike before.

    stars of the item within days of this review | stars outside -> chance of so many low ones
        -> less, the more of them show one fault (images, refunds, details): then it is a bad batch

All stars count, so a promotion that brings buyers of both kinds is no pile.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from nlp_service.domain import Review, Signal
from nlp_service.reviews.rules import DAY_S, PileOn
from nlp_service.reviews.signals.evidence import absent, found, grown, missing
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.together.timeline import Course
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.pile_on"
_LOW_RATING = 2
_EMPTY = Course(())


class Pile(NamedTuple):
    """`low` of the `cases` around this review were low, it included; `usual` share of low ones
    among the `outside` ones.
    """

    low: int
    cases: int
    usual: float
    outside: int
    chance: float
    agreeing: float


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """Chance of the low ratings around this one, under the item's own share of them."""
    if around is None:
        return missing(CODE, needs="other reviews")
    if None in (review.buyer_id, review.item_id, review.posted_at, review.rating):
        return missing(CODE, needs="buyer_id, item_id, posted_at, rating")
    if not around.seen.is_bad:
        return absent(CODE)
    rules = view.policy.pile_on
    pile = pile_of(around, rules)
    if pile.outside < rules.min_outside:
        return missing(CODE, needs="the item's reviews of other times")
    if pile.low <= rules.min_others:
        return absent(CODE)
    strength = _strength(pile, rules)
    if strength <= 0.0:
        return absent(CODE)
    return found(
        CODE,
        view.policy.weights[CODE] * strength,
        f"该商品前后{rules.days:g}天内{pile.cases}个账号中{pile.low}个打低分,"
        f"平时约{pile.usual:.0%}" + ("" if pile.agreeing else ",且没有集中的同一问题"),
        value=pile.low,
        threshold=round(pile.usual * pile.cases, 1),
    )


def pile_of(around: Around, rules: PileOn) -> Pile:
    """The item around this review: one case an account, its own other reviews left out."""
    seen, at_s = around.seen, around.seen.at_s or 0.0
    course = around.timeline.course_of_item.get(seen.item or "", _EMPTY)
    rated = [one for one in course.seens if _is_peer(one, seen)]
    reach = rules.days * DAY_S
    inside = {one.who: one for one in rated if abs((one.at_s or 0.0) - at_s) <= reach}
    outside = [one for one in rated if one.who not in inside]
    low = [one for one in inside.values() if _is_low(one)]
    usual = rules.share(sum(map(_is_low, outside)), len(outside))
    weight = len(outside) + rules.prior_count
    chance = _tail(len(low), len(inside), usual * weight, (1.0 - usual) * weight)
    agreeing = 0.0 if around.is_linked else _agreement(seen, low)
    return Pile(len(low) + 1, len(inside) + 1, usual, len(outside), chance, agreeing)


def _strength(pile: Pile, rules: PileOn) -> float:
    rarity = -math.log10(max(pile.chance, 1e-12))
    start, full = -math.log10(rules.from_chance), -math.log10(rules.full_chance)
    return grown(rarity, start, full) * max(0.0, 1.0 - pile.agreeing / rules.batch_share)


def _agreement(seen: Seen, low: Sequence[Seen]) -> float:
    """Share of the others who name, and back, a fault of this one; any one, where it names none."""
    named = Counter(aspect for one in low if one.is_backed for aspect in one.aspects)
    asked = seen.aspects or named.keys()
    return max((named[aspect] for aspect in asked), default=0) / max(len(low), 1)


def _tail(low: int, cases: int, hits: float, misses: float) -> float:
    """Chance of `low` or more of `cases` under a share that is Beta(hits, misses) distributed."""
    return sum(_beta_binomial(count, cases, hits, misses) for count in range(low, cases + 1))


def _beta_binomial(count: int, cases: int, hits: float, misses: float) -> float:
    ways = math.lgamma(cases + 1) - math.lgamma(count + 1) - math.lgamma(cases - count + 1)
    return math.exp(ways + _beta(count + hits, cases - count + misses) - _beta(hits, misses))


def _beta(one: float, other: float) -> float:
    return math.lgamma(one) + math.lgamma(other) - math.lgamma(one + other)


def _is_peer(one: Seen, seen: Seen) -> bool:
    is_other = one.buyer is not None and one.buyer != seen.buyer and one.append_of is None
    return is_other and one.rating is not None and one.merchant == seen.merchant


def _is_low(one: Seen) -> bool:
    return one.rating is not None and one.rating <= _LOW_RATING
