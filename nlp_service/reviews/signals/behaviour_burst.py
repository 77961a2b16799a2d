"""behaviour.burst 差评突发: part of a burst at the shop that looks like an attack.

A burst that looks like a bad batch of goods speaks for its buyers instead: counter_incident. In an
attack, a review that names a fault and belongs to no group is left alone.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.bursts import Burst
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.burst"
_MARKS = {"no_aspect": "没有共同问题", "thin": "内容空泛", "linked": "账号彼此关联"}


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """The shop's own rate against its fullest window around this review."""
    del review
    if around is None:
        return missing(CODE, needs="other reviews")
    if not around.seen.is_bad:
        return absent(CODE)
    burst, needs = around.burst
    if needs is not None:
        return missing(CODE, needs=needs)
    has_part = around.seen.is_thin or around.is_linked
    if burst is None or burst.kind != "attack" or not has_part:
        return absent(CODE)
    weight = view.policy.weights[CODE] * len(burst.marks) / len(_MARKS)
    expected = max(0.1, round(burst.expected, 1))
    return found(CODE, weight, _reason(burst), value=burst.buyers, threshold=expected)


def _reason(burst: Burst) -> str:
    marks = "、".join(_MARKS[mark] for mark in burst.marks)
    return (
        f"本店{burst.hours:g}小时内{burst.buyers}个账号差评,平时约{burst.expected:.1f}条,且{marks}"
    )
