"""copy.self 自我雷同: the account repeats itself; lazy honest buyers do, so it weighs little."""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.together.places import shared_spans
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.view import ReviewView

CODE = "copy.self"


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """Own reviews of other orders with nearly this text."""
    if around is None:
        return missing(CODE, needs="other reviews")
    if review.buyer_id is None:
        return missing(CODE, needs="buyer_id")
    rules, is_long = view.policy.copies, around.seen.length_chars >= view.policy.copies.min_letters
    own = [one for one in around.copies if is_long and _is_own(around.seen, one.seen)]
    if not own or not around.seen.is_bad:
        return absent(CODE)
    return found(
        CODE,
        view.policy.weights[CODE],
        f"该账号另有{len(own)}条评价与此雷同(相似度{own[0].similarity:.0%})",
        spans=shared_spans(view.normalized, own[0].seen),
        value=own[0].similarity,
        threshold=rules.similarity,
    )


def _is_own(seen: Seen, other: Seen) -> bool:
    """Same account, surely another order: at one shop the orders must be known."""
    if other.buyer != seen.buyer:
        return False
    is_elsewhere = None not in (seen.merchant, other.merchant) and seen.merchant != other.merchant
    return is_elsewhere or None not in (seen.order, other.order)
