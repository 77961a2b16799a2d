"""behaviour.synchrony 协同: the same accounts rate the same shops or items badly within days."""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.synchrony"


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """How many accounts keep step with this one, and at how many shops."""
    if around is None:
        return missing(CODE, needs="other reviews")
    if review.buyer_id is None or review.merchant_id is None or review.posted_at is None:
        return missing(CODE, needs="buyer_id, merchant_id, posted_at")
    if not around.seen.is_bad or not around.partners:
        return absent(CODE)
    rules, count = view.policy.synchrony, len(around.partners)
    best = max(around.partners, key=lambda partner: (partner.shops, -partner.hours))
    share = 0.6 + 0.4 * min(1.0, (count - 1) / (rules.full_accounts - 1))
    return found(
        CODE,
        view.policy.weights[CODE] * share,
        f"与另外{count}个账号在{_within(best.hours)}内给同样的{best.shops}家店写了差评",
        value=best.shops,
        threshold=rules.shops if best.hours == rules.hours else rules.item_shops,
    )


def _within(hours: float) -> str:
    return f"{hours:g}小时" if hours < 7 * 24 else f"{hours / 24:g}天"
