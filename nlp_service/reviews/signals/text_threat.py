"""text.threat 威胁人身: harm threatened to a person, or a person's data made public.

Anger, curses and lawful steps are none.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.text_act import act_signal
from nlp_service.reviews.view import ReviewView

CODE = "text.threat"
_REASON = "评价威胁人身安全或公开他人个人信息"


def signal(review: Review, view: ReviewView) -> Signal:
    """What the reader heard of it, with its words."""
    del review
    return act_signal(view, "threatens", CODE, _REASON, heard=view.policy.heard.alone)
