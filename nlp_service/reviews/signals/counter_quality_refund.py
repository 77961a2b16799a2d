"""counter.quality_refund 质量退款: the seller refunded for a fault, and so admitted it."""

import re2

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "counter.quality_refund"
_FAULT = re2.compile(
    r"质量|破损|损坏|坏|瑕疵|假|描述不符|不符|错发|发错|漏发|少件|少发|变质|过期|异物|故障|缺陷|未收到|没收到|quality|defect|damage|fake|wrong|missing|broken"
)


def signal(review: Review, view: ReviewView) -> Signal:
    """A completed refund whose reason is a fault of goods or delivery."""
    refund = review.order.refund if review.order else None
    if refund is None:
        return missing(CODE, needs="order.refund")
    if refund.status != "completed" or not _FAULT.search((refund.reason or "").lower()):
        return absent(CODE)
    return found(CODE, view.policy.weights[CODE], "卖家已因商品问题完成退款")
