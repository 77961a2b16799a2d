"""copy.ring 同文成伙: several accounts tell one story at several shops within days.

Word for word or in other words (copy.cross_shop, copy.reworded say how alike). One household, one
dormitory or one bad batch tells its story at one shop; strangers do not share odd words at three.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.others import Around, is_foreign
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
    told = _told_by(around, view)
    reach = rules.hours * _HOUR_S
    near = [one for one in told if one.is_bad and _is_elsewhere(around.seen, one, reach)]
    accounts = len({one.buyer for one in near}) + 1
    shops = len({one.merchant for one in near}) + 1
    if accounts < rules.accounts or shops < rules.shops:
        return absent(CODE)
    reason = f"{rules.hours:g}小时内{accounts}个账号在{shops}家店写了同一套说辞"
    weight = view.policy.weights[CODE]
    return found(CODE, weight, reason, value=accounts, threshold=rules.accounts)


def _told_by(around: Around, view: ReviewView) -> list[Seen]:
    """Reviews of others with this text or this story; short texts meet by chance."""
    if not around.seen.is_bad or around.seen.length_chars < view.policy.copies.min_letters:
        return []
    copies = [one.seen for one in around.copies if is_foreign(around.seen, one)]
    return [*copies, *(one.seen for one in around.retellings)]


def _is_elsewhere(seen: Seen, other: Seen, seconds: float) -> bool:
    """At another known shop, about this time."""
    if None in (seen.merchant, other.merchant) or seen.merchant == other.merchant:
        return False
    if seen.at_s is None or other.at_s is None:
        return False
    return other.buyer is not None and abs(seen.at_s - other.at_s) <= seconds
