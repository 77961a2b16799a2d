"""behaviour.thin 账号单薄: an account with next to no orders, the fewer the more; weak.

Every honest buyer was new once, so this never lets the behaviour family speak by itself.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.thin"


def signal(review: Review, view: ReviewView) -> Signal:
    """Orders of the account, this one not counted where the caller does not count it."""
    history, most = review.history, view.policy.thin.max_orders
    if history is None or history.orders is None:
        return missing(CODE, needs="history.orders")
    if history.orders > most:
        return absent(CODE)
    weight = view.policy.weights[CODE] / (1 + history.orders)
    days = f"{history.window_days}天内" if history.window_days else ""
    reason = f"该账号{days}仅有{history.orders}单,几乎没有购物记录(新买家也如此,仅作参考)"
    return found(CODE, weight, reason, value=history.orders, threshold=most)
