"""text.rating_mismatch 星文不符: one or two stars over a text that praises.

A slip of the finger looks the same, so this weighs little and never decides. Sarcasm and default
texts lower the positive prob and so stay out.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "text.rating_mismatch"
_LOW_RATING = 2


def signal(review: Review, view: ReviewView) -> Signal:
    """Stars against the polarity of the text."""
    if review.rating is None:
        return missing(CODE, needs="rating")
    positive, threshold = view.sentiment.positive, view.policy.mismatch.positive
    if review.rating > _LOW_RATING or positive < threshold:
        return absent(CODE)
    weight = view.policy.weights[CODE]
    return found(CODE, weight, "低星评价的文字却是称赞", value=positive, threshold=threshold)
