"""behaviour.refund_habit 退款成习: nearly all reviews bad and half of all orders refunded.

Either alone has honest readings: who writes only when angry keeps what he bought, who returns
clothes by the bag writes kindly. Both together, over many orders, are a trade.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.refund_habit"


def signal(review: Review, view: ReviewView) -> Signal:
    """As strong as the weaker of both shares, each shrunk to that of an ordinary account."""
    history = review.history
    if history is None or history.reviews is None or history.bad_reviews is None:
        return missing(CODE, needs="history.bad_reviews")
    if history.orders is None or history.refunds is None:
        return missing(CODE, needs="history.refunds")
    rules = view.policy.refund_habit
    if min(history.orders, history.reviews) < rules.min_count:
        return absent(CODE)
    refunded = rules.share(history.refunds, history.orders)
    bad = rules.share(history.bad_reviews, history.reviews)
    strength = min(rules.strength(refunded, rules.refunds), rules.strength(bad, rules.bad))
    if strength <= 0.0:
        return absent(CODE)
    return found(
        CODE,
        view.policy.weights[CODE] * strength,
        f"该账号{history.reviews}条评价中{history.bad_reviews}条为差评,"
        f"且{history.orders}单中{history.refunds}单退款",
        value=round(refunded, 3),
        threshold=rules.refunds[0],
    )
