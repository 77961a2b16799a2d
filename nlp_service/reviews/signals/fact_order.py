"""fact.order 订单矛盾: the price that the review claims is far above what was paid. Weak.

Colour and quantity are not in the order that we get; a bundle or a gift card explains a price.
"""

import re2

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "fact.order"
_PRICE = re2.compile(
    r"(?:花了?|用了?|花费|付了?|交了?)(?:我|将近|快|近|整整|足足|了)*(\d{2,6})(?:多)?(?:元|块|大洋|rmb|刀)"
)
_EXPLAINED = re2.compile(
    r"一共|总共|加起来|两|三|几|全家|一套|运费|安装|维修|修|检测|医药|看病|挂号|原价"
)


def signal(review: Review, view: ReviewView) -> Signal:
    """Claimed price against the paid one."""
    paid = review.order.paid if review.order else None
    if not paid:
        return missing(CODE, needs="order.paid")
    match = _PRICE.search(view.text)
    if match is None or _EXPLAINED.search(view.text):
        return absent(CODE)
    claimed, limit = float(match.group(1)), paid * view.policy.order.price_factor
    if claimed <= limit:
        return absent(CODE)
    return found(
        CODE,
        view.policy.weights[CODE],
        f"称花了{claimed:g}元,而订单实付{paid:g}元",
        spans=[view.raw_span(match.start(), match.end())],
        value=claimed,
        threshold=limit,
    )
