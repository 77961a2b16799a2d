"""behaviour.bait_refund 低价即评: cheap item, refund claim and bad review at once, as a habit.

Needs the account's refunds: one cheap item sent back at once is nothing.
"""

from nlp_service.domain import Refund, Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.bait_refund"
_HOUR_S = 3600.0


def signal(review: Review, view: ReviewView) -> Signal:
    """Cheap order, refund near the review, and a history of refunds."""
    order, history, rules = review.order, review.history, view.policy.bait_refund
    if order is None or order.paid is None or order.refund is None:
        return missing(CODE, needs="order.refund")
    if history is None or history.refunds is None or not history.orders:
        return missing(CODE, needs="history.refunds")
    share = rules.share(history.refunds, history.orders)
    is_bait = order.paid <= rules.max_paid and share >= rules.min_refund_share
    if not is_bait or not _at_once(review, order.refund, rules.within_hours):
        return absent(CODE)
    return found(
        CODE,
        view.policy.weights[CODE],
        f"低价订单在差评前后即申请退款,且{history.orders}单中{history.refunds}单退款",
        value=round(share, 3),
        threshold=rules.min_refund_share,
    )


def _at_once(review: Review, refund: Refund, within_hours: float) -> bool:
    if refund.status == "none" or refund.requested_at is None or review.posted_at is None:
        return False
    gap_s = abs((review.posted_at - refund.requested_at).total_seconds())
    return gap_s <= within_hours * _HOUR_S
