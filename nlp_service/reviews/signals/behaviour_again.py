"""behaviour.again 回购再差评: bought again what the account had rated low, and rated low again.

Nobody who was let down orders the same thing a second time; who asks for money or claims refunds
does. Orders placed before the first low rating (a pack of two, a re-order in hope) do not count.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.accounts import account_of, rated_low_before
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.again"
_WITHOUT_SERIES = 0.5  # once and alone it may be a cheap thing bought by habit


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """Low ratings of this item by this account, older than this order."""
    if around is None:
        return missing(CODE, needs="other reviews")
    if review.buyer_id is None or review.item_id is None or review.merchant_id is None:
        return missing(CODE, needs="buyer_id, item_id, merchant_id")
    if review.order is None or review.order.ordered_at is None or review.posted_at is None:
        return missing(CODE, needs="order.ordered_at")
    times = rated_low_before(around, review.order.ordered_at)
    if not times or not around.seen.is_bad:
        return absent(CODE)
    low = account_of(around, view.policy.account.series_days).low
    is_habit = times > 1 or low >= view.policy.bait_refund.series_low
    return found(
        CODE,
        view.policy.weights[CODE] * (1.0 if is_habit else _WITHOUT_SERIES),
        f"该账号此前已给同一商品{times}次一两星,之后又下单并再给差评",
        value=times,
        threshold=1,
    )
