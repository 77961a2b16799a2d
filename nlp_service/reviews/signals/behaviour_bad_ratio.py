"""behaviour.bad_ratio 差评占比: the account's share of bad reviews, shrunk to ordinary accounts.

Many people write only when angry: set against the orders, their bad reviews are few.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.rules import BadRatio
from nlp_service.reviews.signals.evidence import absent, found, grown, missing
from nlp_service.reviews.signals.history import trust_of
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.bad_ratio"


def signal(review: Review, view: ReviewView) -> Signal:
    """Shrunk share of bad reviews, this one not counted."""
    history = review.history
    if history is None or history.reviews is None or history.bad_reviews is None:
        return missing(CODE, needs="history.bad_reviews")
    rules = view.policy.bad_ratio
    ratio = rules.share(history.bad_reviews, history.reviews)
    strength = _strength(ratio, rules) * trust_of(history, rules.min_order_share)
    if history.reviews < rules.min_reviews or strength <= 0.0:
        return absent(CODE)
    return found(
        CODE,
        view.policy.weights[CODE] * strength,
        f"该账号{history.reviews}条评价中{history.bad_reviews}条为差评",
        value=round(ratio, 3),
        threshold=rules.from_ratio,
    )


def _strength(ratio: float, rules: BadRatio) -> float:
    """0 at the start, 1 from the full share on; a share little above the usual says little."""
    return float(grown(ratio, rules.from_ratio, rules.full_ratio) ** rules.power)
