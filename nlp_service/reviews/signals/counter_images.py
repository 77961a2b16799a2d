"""counter.images 有图: pictures came with the review."""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "counter.images"


def signal(review: Review, view: ReviewView) -> Signal:
    """Pictures speak for the buyer; none speak against nobody."""
    if review.images is None:
        return missing(CODE, needs="images")
    if review.images <= 0:
        return absent(CODE)
    reason = f"评价附有{review.images}张图片"
    return found(CODE, view.policy.weights[CODE], reason, value=review.images)
