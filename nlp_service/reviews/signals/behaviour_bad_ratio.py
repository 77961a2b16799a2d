"""behaviour.bad_ratio 差评占比: the account's share of bad reviews, shrunk to ordinary accounts.

Many people write only when angry: set against the orders, their bad reviews are few.
"""

from nlp_service.domain import BuyerHistory, Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.bad_ratio"
_UNKNOWN_ORDERS = 0.5  # without a number of orders the angry-only writer cannot be told apart


def signal(review: Review, view: ReviewView) -> Signal:
    """Shrunk share of bad reviews, this one not counted."""
    history = review.history
    if history is None or history.reviews is None or history.bad_reviews is None:
        return missing(CODE, needs="history.bad_reviews")
    rules = view.policy.bad_ratio
    ratio = rules.share(history.bad_reviews, history.reviews)
    trust = _trust(history, rules.min_order_share)
    if history.reviews < rules.min_reviews or ratio < rules.from_ratio or not trust:
        return absent(CODE)
    strength = min(1.0, (ratio - rules.from_ratio) / (rules.full_ratio - rules.from_ratio))
    return found(
        CODE,
        view.policy.weights[CODE] * trust * (0.5 + 0.5 * strength),
        f"该账号{history.reviews}条评价中{history.bad_reviews}条为差评",
        value=round(ratio, 3),
        threshold=rules.from_ratio,
    )


def _trust(history: BuyerHistory, min_order_share: float) -> float:
    if not history.orders or history.bad_reviews is None:
        return _UNKNOWN_ORDERS
    return 1.0 if history.bad_reviews / history.orders >= min_order_share else 0.0
