"""text.extortion 差评要挟: more than is owed, demanded as the price of the rating.

Asking for what is owed, or telling what the seller offered, is none.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.acts.extortion import is_retold, is_untied_claim
from nlp_service.reviews.signals.evidence import absent
from nlp_service.reviews.signals.text_act import act_signal
from nlp_service.reviews.view import ReviewView

CODE = "text.extortion"
_REASON = "评价以改删评价为条件索要钱物或私下联系"


def signal(review: Review, view: ReviewView) -> Signal:
    """What the reader heard of it, with its words; silent where all is told of the seller, or
    claimed as any buyer may and tied to no rating.
    """
    del review
    heard = act_signal(view, "extorts", CODE, _REASON, heard=view.policy.heard.alone)
    text = view.normalized
    is_honest = bool(heard.weight) and (is_retold(text) or is_untied_claim(text))
    return absent(CODE) if is_honest else heard
