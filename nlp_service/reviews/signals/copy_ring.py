"""copy.ring 同文成伙: several accounts tell one story at several shops within days.

Word for word or in other words (copy.cross_shop, copy.reworded say how alike). One household, one
dormitory or one bad batch tells its story at one shop; strangers do not share odd words at three,
unless those words come all the time.
"""

from collections.abc import Sequence

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.chance import is_usual
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.view import ReviewView

CODE = "copy.ring"
_HOUR_S = 3600.0


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """Other accounts with this story at other shops, this account and shop counted."""
    if around is None:
        return missing(CODE, needs="other reviews")
    if review.buyer_id is None or review.merchant_id is None or review.posted_at is None:
        return missing(CODE, needs="buyer_id, merchant_id, posted_at")
    rules = view.policy.ring
    told, reach_s = _told_by(around, view), rules.hours * _HOUR_S
    ring = _ring(around.seen, told, reach_s)
    accounts = len({one.buyer for one in ring}) + 1
    shops = len({one.merchant for one in ring}) + 1
    if accounts < rules.accounts or shops < rules.shops:
        return absent(CODE)
    if is_usual(around.seen, ring, told, reach_s, view.policy.copies):
        return absent(CODE)
    reason = f"{rules.hours:g}小时内{accounts}个账号在{shops}家店写了同一套说辞"
    weight = view.policy.weights[CODE]
    return found(CODE, weight, reason, value=accounts, threshold=rules.accounts)


def _ring(seen: Seen, told: Sequence[Seen], reach_s: float) -> list[Seen]:
    """Most accounts that told it elsewhere within one stretch of time that holds this review.

    Whose text is the first of all may be robbed of it: he belongs to no ring.
    """
    at_s = seen.at_s or 0.0
    others = [one for one in told if _is_elsewhere(seen, one)]
    times = [one.at_s for one in others if one.at_s is not None]
    if not times or at_s < min(times):
        return []
    starts = [start for start in {*times, at_s} if start <= at_s <= start + reach_s]
    rings = [
        [one for one in others if one.at_s is not None and start <= one.at_s <= start + reach_s]
        for start in starts
    ]
    return max(rings, key=lambda ring: len({one.buyer for one in ring}))


def _told_by(around: Around, view: ReviewView) -> list[Seen]:
    """Reviews of others with this text or this story; short texts meet by chance."""
    if not around.seen.is_bad or around.seen.length_chars < view.policy.copies.min_letters:
        return []
    return [one for one in around.alike if one.is_bad]


def _is_elsewhere(seen: Seen, other: Seen) -> bool:
    """By a known account at another known shop."""
    if other.buyer is None or None in (seen.merchant, other.merchant):
        return False
    return seen.merchant != other.merchant
