"""fact.logistics 物流矛盾: "never received", "not sent" or a long wait against the scans.

So does a refund claimed as 未收到货 after the scan, where the review finds fault with the thing
itself and says nothing of a delivery: one of the two cannot be true.

A false sign-off, a parcel shop or a neighbour's signature are common and honest: a review that
names them is not contradicted, and the contradiction alone weighs little.
"""

from datetime import datetime

import re2

from nlp_service.domain import Review, ReviewOrder, Signal
from nlp_service.reviews.signals.claims import NUMBER, UNIT, duration_claims
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "fact.logistics"
REFUND = "fact.logistics.refund"
_NOT_RECEIVED = re2.compile(
    r"(?:没|未|没有|收不|一直没|还没|从没)(?:有)?(?:收到|到货|到手|送到|送达)(?:货|东西|商品|快递|包裹|宝贝)?"
)
_OTHER_THING = re2.compile(
    r"^(?:的)?(?:赠品|发票|回复|退款|短信|通知|赠送|礼品|优惠|返现|红包|消息|信息|电话|补发|配件|说明|客服|运费|差价|任何(?:回复|说法|通知))"
)
_NOT_SENT = re2.compile(r"(?:没|未|没有|不|还没|迟迟不|一直不|一直没)(?:有|给)?发货")
_WAITED = re2.compile(
    rf"(?:等了|花了|走了|过了|送了|路上)(?:整整|足足|将近|快|差不多|大概|我)*(?P<number>{NUMBER})(?:个)?多?(?:个)?(?P<unit>{UNIT})(?P<half>半)?(?:才|还|都|多才)"
)
_EXPLAINED = re2.compile(
    r"代签|代收|驿站|快递柜|丰巢|自提|丢件|丢了|弄丢|虚假签收|假签收|(?:显示|就|已经?|却|被|别人|谁|物业|门卫|保安|邻居)(?:已)?签收|签收了|误签|冒领|送错|地址错|拿错|"
    r"放门口|少发|漏发|空包|空盒|补发|换货|第一次|之前|上次"
)
_CLAIMED_LOST = re2.compile(r"(?:没|未|没有)(?:收到|到货|签收)|not.?received")
# What only he can say who had the thing in hands; a parcel may also come torn, late or rudely.
_IN_HANDS = frozenset(
    {"quality", "material", "size_fit", "appearance_color", "function", "effect", "taste_freshness"}
)
_HOUR_S, _DAY_S = 3600.0, 86400.0


def signal(review: Review, view: ReviewView) -> Signal:
    """Claims about the delivery against its scans."""
    order, posted = review.order, review.posted_at
    if order is None or posted is None or (order.delivered_at is None and order.shipped_at is None):
        return missing(CODE, needs="order.delivered_at")
    if _EXPLAINED.search(view.text):
        return absent(CODE)
    return (
        _not_received(view, order, posted)
        or _not_sent(view, order, posted)
        or _waited(view, order)
        or _refunded(view, order, posted)
        or absent(CODE)
    )


def _not_received(view: ReviewView, order: ReviewOrder, posted: datetime) -> Signal | None:
    if order.delivered_at is None:
        return None
    settled = (posted - order.delivered_at).total_seconds() / _HOUR_S
    for match in _NOT_RECEIVED.finditer(view.text):
        if settled < view.policy.logistics.settled_hours:
            return None
        if not _OTHER_THING.search(view.text[match.end() :]):
            return _stated(view, match.start(), match.end(), "称未收到货,而物流显示已签收", settled)
    return None


def _not_sent(view: ReviewView, order: ReviewOrder, posted: datetime) -> Signal | None:
    match = _NOT_SENT.search(view.text)
    if match is None or order.shipped_at is None:
        return None
    settled = (posted - order.shipped_at).total_seconds() / _HOUR_S
    if settled < view.policy.logistics.settled_hours:
        return None
    return _stated(view, match.start(), match.end(), "称未发货,而物流显示早已发出", settled)


def _waited(view: ReviewView, order: ReviewOrder) -> Signal | None:
    if order.ordered_at is None or order.delivered_at is None:
        return None
    days = (order.delivered_at - order.ordered_at).total_seconds() / _DAY_S
    rules = view.policy.logistics
    for claim in duration_claims(view.text, _WAITED):
        if claim.value > days * rules.wait_factor + rules.wait_slack_days:
            reason = f"称等了约{claim.value:g}天,而下单到签收约{days:.0f}天"
            return _stated(view, claim.start, claim.end, reason, claim.value)
    return None


def _refunded(view: ReviewView, order: ReviewOrder, posted: datetime) -> Signal | None:
    refund, delivered = order.refund, order.delivered_at
    if refund is None or refund.status == "none" or delivered is None or delivered > posted:
        return None
    if not _CLAIMED_LOST.search((refund.reason or "").lower()) or _NOT_RECEIVED.search(view.text):
        return None
    said = [o for o in view.aspects if o.polarity == "negative" and o.aspect in _IN_HANDS]
    if not said:
        return None
    reason = "以未收到货申请退款,评价却写收到的商品有问题"
    return found(REFUND, view.policy.weights[REFUND], reason, spans=said[0].spans, value=1.0)


def _stated(view: ReviewView, start: int, end: int, reason: str, value: float) -> Signal:
    spans = [view.raw_span(start, end)]
    return found(CODE, view.policy.weights[CODE], reason, spans=spans, value=round(value, 1))
