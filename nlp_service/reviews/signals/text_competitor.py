"""text.competitor 竞品引流: steers readers to another shop or brand, as its purpose.

An ordinary comparison is none.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.text_act import act_signal
from nlp_service.reviews.view import ReviewView

CODE = "text.competitor"
_REASON = "评价把读者引向其他店铺或外部链接"


def signal(review: Review, view: ReviewView) -> Signal:
    """What the reader heard of it, with its words."""
    del review
    return act_signal(view, "steers", CODE, _REASON, heard=view.policy.heard.beside)
