"""Signals: one pure function a file, each from a review and its view to one piece of evidence."""

from collections.abc import Callable

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals import (
    behaviour_bad_ratio,
    behaviour_bait_refund,
    counter_balanced_history,
    counter_detail,
    counter_images,
    counter_quality_refund,
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
from nlp_service.reviews.view import ReviewView

SignalFunction = Callable[[Review, ReviewView], Signal]
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
    behaviour_bait_refund,
    counter_images,
    counter_quality_refund,
    counter_detail,
    counter_balanced_history,
)
SIGNALS: dict[str, SignalFunction] = {module.CODE: module.signal for module in _MODULES}
