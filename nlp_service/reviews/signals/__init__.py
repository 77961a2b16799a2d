"""Signals: one pure function a file, each from a review and its view to one piece of evidence.

Those of TOGETHER also see what stands around the review: copies, crowds, coordinated accounts.
Where no other reviews are at hand, they get None and say what is missing.
"""

from collections.abc import Callable

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals import (
    behaviour_account,
    behaviour_again,
    behaviour_bad_ratio,
    behaviour_bait_refund,
    behaviour_burst,
    behaviour_pile_on,
    behaviour_refund_habit,
    behaviour_synchrony,
    behaviour_thin,
    copy_cross_shop,
    copy_reworded,
    copy_ring,
    copy_rival,
    copy_self,
    counter_balanced_history,
    counter_detail,
    counter_images,
    counter_incident,
    counter_quality_refund,
    counter_same_aspect,
    fact_logistics,
    fact_order,
    fact_time,
    text_competitor,
    text_extortion,
    text_generic,
    text_offsite,
    text_rating_mismatch,
    text_threat,
    text_wrong_product,
)
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.view import ReviewView

SignalFunction = Callable[[Review, ReviewView], Signal]
TogetherFunction = Callable[[Review, ReviewView, Around | None], Signal]
_MODULES = (
    text_extortion,
    text_threat,
    text_offsite,
    text_competitor,
    text_rating_mismatch,
    text_wrong_product,
    text_generic,
    fact_logistics,
    fact_time,
    fact_order,
    behaviour_bad_ratio,
    behaviour_refund_habit,
    behaviour_thin,
    counter_images,
    counter_quality_refund,
    counter_detail,
    counter_balanced_history,
)
SIGNALS: dict[str, SignalFunction] = {module.CODE: module.signal for module in _MODULES}
_TOGETHER_MODULES = (
    copy_cross_shop,
    copy_reworded,
    copy_ring,
    copy_rival,
    copy_self,
    behaviour_account,
    behaviour_again,
    behaviour_bait_refund,
    behaviour_synchrony,
    behaviour_burst,
    behaviour_pile_on,
    counter_same_aspect,
    counter_incident,
)
TOGETHER: dict[str, TogetherFunction] = {module.CODE: module.signal for module in _TOGETHER_MODULES}
