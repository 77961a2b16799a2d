"""text.generic 内容空泛: no aspect and no claim; next to nothing alone."""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found
from nlp_service.reviews.view import ReviewView

CODE = "text.generic"
_SHORT_CHARS = 12  # "差评,太差了,不要买" and the like


def signal(review: Review, view: ReviewView) -> Signal:
    """A short negative text that names nothing."""
    del review
    is_empty = not view.aspects and view.severity.level == "none"
    if not is_empty or len(view.text) > _SHORT_CHARS or not view.text.strip():
        return absent(CODE)
    return found(CODE, view.policy.weights[CODE], "评价没有提到任何具体问题", value=len(view.text))
