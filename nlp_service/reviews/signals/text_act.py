"""An act of the text as a signal: its weight grows with how sure the reader is."""

from nlp_service.domain import Signal
from nlp_service.reviews.signals.evidence import absent, found
from nlp_service.reviews.view import ReviewView

# Of what is heard as extortion at .7 to .8 a third is, from .85 on 49 in 50 (models/LOG.md).
_FROM, _FULL = 0.87, 0.9  # probability from which an act speaks, and from which it speaks fully


def act_signal(view: ReviewView, act: str, code: str, reason: str) -> Signal:
    """The signal `code` of the act named `act`; silent where the reader is unsure of it."""
    act_found = next((one for one in view.acts if one.name == act), None)
    if act_found is None or act_found.score < _FROM:
        return absent(code)
    share = min(1.0, 0.25 + 0.75 * (act_found.score - _FROM) / (_FULL - _FROM))
    return found(
        code,
        view.policy.weights[code] * share,
        reason,
        spans=act_found.spans,
        value=act_found.score,
        threshold=_FROM,
    )
