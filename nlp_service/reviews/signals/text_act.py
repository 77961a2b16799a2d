"""An act of the text as a signal: its weight grows with how sure the reader is."""

from nlp_service.domain import Signal
from nlp_service.reviews.rules import Heard
from nlp_service.reviews.signals.evidence import absent, found, grown
from nlp_service.reviews.view import ReviewView

_LEAST = 0.25  # share of the weight with which an act begins to speak


def act_signal(view: ReviewView, act: str, code: str, reason: str, *, heard: Heard) -> Signal:
    """The signal `code` of the act named `act`; silent where the reader is unsure of it."""
    act_found = next((one for one in view.acts if one.name == act), None)
    if act_found is None or act_found.score < heard.start:
        return absent(code)
    share = _LEAST + (1.0 - _LEAST) * grown(act_found.score, heard.start, heard.full)
    return found(
        code,
        view.policy.weights[code] * share,
        reason,
        spans=act_found.spans,
        value=act_found.score,
        threshold=heard.start,
    )
