"""counter.balanced_history 评价均衡: the account mostly writes good reviews."""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "counter.balanced_history"


def signal(review: Review, view: ReviewView) -> Signal:
    """Enough reviews, few of them bad."""
    history, rules = review.history, view.policy.balanced
    if history is None or history.reviews is None or history.bad_reviews is None:
        return missing(CODE, needs="history.reviews")
    if history.reviews < rules.min_reviews:
        return absent(CODE)
    ratio = history.bad_reviews / history.reviews
    if ratio > rules.max_ratio:
        return absent(CODE)
    reason = f"该账号{history.reviews}条评价中仅{history.bad_reviews}条差评"
    weight = view.policy.weights[CODE]
    return found(CODE, weight, reason, value=round(ratio, 3), threshold=rules.max_ratio)
