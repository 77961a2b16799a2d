"""counter.incident 质量事故: part of a burst in which unlinked buyers show one fault."""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.lexicon import aspect_lexicon
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.view import ReviewView

CODE = "counter.incident"


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """For those who name the fault and belong to no group."""
    del review
    if around is None:
        return missing(CODE, needs="other reviews")
    if not around.seen.is_bad:
        return absent(CODE)
    burst, needs = around.burst
    if needs is not None:
        return missing(CODE, needs=needs)
    if burst is None or burst.kind != "incident" or burst.aspect not in around.seen.aspects:
        return absent(CODE)
    if around.is_linked or burst.aspect is None:
        return absent(CODE)
    name = aspect_lexicon().aspects[burst.aspect].name
    reason = (
        f"本店{burst.hours:g}小时内{burst.naming}位互不关联的买家反映同一{name}问题,疑为质量事故"
    )
    return found(CODE, view.policy.weights[CODE], reason, value=burst.naming)
