"""counter.same_aspect 多人同诉: independent buyers name the same fault of the same item."""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.lexicon import aspect_lexicon
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.view import ReviewView

CODE = "counter.same_aspect"


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """Other accounts that neither copy nor keep step; mere anger is no aspect."""
    if around is None:
        return missing(CODE, needs="other reviews")
    if review.item_id is None or review.buyer_id is None:
        return missing(CODE, needs="item_id, buyer_id")
    rules = view.policy.agreement
    if not around.agreeing or around.is_linked:
        return absent(CODE)
    aspect, count = min(around.agreeing.items(), key=lambda pair: (-pair[1], pair[0]))
    if count < rules.min_buyers:
        return absent(CODE)
    share = 0.5 + 0.5 * min(
        1.0, (count - rules.min_buyers) / (rules.full_buyers - rules.min_buyers)
    )
    name = aspect_lexicon().aspects[aspect].name
    return found(
        CODE,
        view.policy.weights[CODE] * share,
        f"另有{count}位互不关联的买家也反映该商品的{name}问题",
        value=count,
        threshold=rules.min_buyers,
    )
