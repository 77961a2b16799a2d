"""counter.balanced_history 评价均衡: mostly good reviews, or many orders and few complaints."""

from nlp_service.domain import BuyerHistory, Review, Signal
from nlp_service.reviews.rules import Balanced
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "counter.balanced_history"


def signal(review: Review, view: ReviewView) -> Signal:
    """The stronger of both; a short history speaks softly."""
    history, rules = review.history, view.policy.balanced
    if history is None or history.reviews is None or history.bad_reviews is None:
        return missing(CODE, needs="history.reviews")
    of_reviews = _of_reviews(history.reviews, history.bad_reviews, rules)
    strength = max(of_reviews, _of_orders(history, rules))
    if strength <= 0.0:
        return absent(CODE)
    has_praise = strength == of_reviews
    total, what = (history.reviews, "条评价") if has_praise else (history.orders or 0, "单")
    reason = f"该账号{total}{what}中仅{history.bad_reviews}条差评"
    limit = rules.max_ratio if has_praise else rules.none_order_share
    value = round(history.bad_reviews / max(total, 1), 3)
    return found(CODE, view.policy.weights[CODE] * strength, reason, value=value, threshold=limit)


def _of_reviews(reviews: int, bad: int, rules: Balanced) -> float:
    ratio = bad / max(reviews, 1)
    few = (rules.none_ratio - ratio) / (rules.none_ratio - rules.max_ratio)
    return min(1.0, (reviews - bad) / rules.full_good) * min(1.0, max(0.0, few))


def _of_orders(history: BuyerHistory, rules: Balanced) -> float:
    orders, bad = history.orders or 0, history.bad_reviews or 0
    few = 1.0 - bad / max(orders, 1) / rules.none_order_share
    return rules.orders_part * min(1.0, orders / rules.full_orders) * max(0.0, few)
