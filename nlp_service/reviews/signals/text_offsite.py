"""text.offsite 站外联系: a contact, or "find me", in a review.

Selling the item on and asking other buyers are none.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.text_act import act_signal
from nlp_service.reviews.view import ReviewView

CODE = "text.offsite"
_REASON = "评价中留下站外联系方式或要求私下联系"


def signal(review: Review, view: ReviewView) -> Signal:
    """What the reader heard of it, with its words."""
    del review
    return act_signal(view, "offsite", CODE, _REASON, heard=view.policy.heard.beside)
