"""behaviour.refund_habit 退款成习: over many orders nearly all reviews bad, half of all refunded.

Adds to the share of bad reviews what the refunds tell. Where goods are tried on and sent back,
more refunds are usual; who writes only when angry is trusted as far as for bad_ratio.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, grown, missing
from nlp_service.reviews.signals.history import trust_of
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.refund_habit"


def signal(review: Review, view: ReviewView) -> Signal:
    """As strong as the weaker of both shares, each shrunk to that of an ordinary account."""
    history = review.history
    if history is None or history.reviews is None or history.bad_reviews is None:
        return missing(CODE, needs="history.bad_reviews")
    if history.orders is None or history.refunds is None:
        return missing(CODE, needs="history.orders, history.refunds")
    rules = view.policy.refund_habit
    if min(history.orders, history.reviews) < rules.min_count:
        return absent(CODE)
    refunded = rules.share(history.refunds, history.orders)
    bad = rules.share(history.bad_reviews, history.reviews)
    above = refunded - rules.usual.get(review.category or "", 0.0)
    strength = min(
        grown(above, rules.from_refunds, rules.full_refunds),
        grown(bad, rules.from_bad, rules.full_bad),
    ) * trust_of(history, view.policy.bad_ratio.min_order_share)
    if strength <= 0.0:
        return absent(CODE)
    return found(
        CODE,
        view.policy.weights[CODE] * strength,
        f"该账号{history.reviews}条评价中{history.bad_reviews}条为差评,"
        f"且{history.orders}单中{history.refunds}单退款",
        value=round(refunded, 3),
        threshold=rules.from_refunds,
    )
