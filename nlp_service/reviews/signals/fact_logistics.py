"""fact.logistics 物流矛盾: "never received", "not sent" or a long wait against the scans.

So does a refund claimed as 未收到货 after the scan, and not before it, where the review finds fault
with the thing itself and says nothing of a delivery: one of the two cannot be true.

A false sign-off, a parcel shop or a neighbour's signature are common and honest: a review that
names them is not contradicted, and the contradiction alone weighs little. None of them makes a
wait of two days twenty: that weighs more.
"""

from datetime import datetime

import re2

from nlp_service.domain import Review, ReviewOrder, Signal
from nlp_service.reviews.signals import lost, waits
from nlp_service.reviews.signals.claim_context import is_own_claim, sides
from nlp_service.reviews.signals.claims import dates_agree, days_between
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "fact.logistics"
REFUND = "fact.logistics.refund"
WAIT = "fact.logistics.wait"
_NOT_SENT = re2.compile(
    r"(?:没|未)(?:有|给)?发货|(?:还|仍|至今|到现在|现在|迟迟|一直)(?:都|也|是|就|还)*不(?:给)?发货"
)
_STATE = re2.compile(r"^(?:了|呢|啊|呀)*(?:骗|垃圾|$)")
# "三天没发货", "催了才发": it was sent in the end.
_DAYS_LONG = re2.compile(r"(?:[天周月年]|星期|礼拜|小时)(?:了|都|还|也|时间|之内|内)*$")
_SENT_LATER = re2.compile(
    r"才发|才给发|终于|总算|后来|催了|催着|催促|催好?几|收到(?:了|后|的|货|以后|时)|到手|打开|才到|才收|问|为什么|为啥|取消|赠|其实|有的|假发货"
)
_EXPLAINED = re2.compile(
    r"代签|代收|驿站|快递柜|丰巢|自提|代理点|菜鸟|虚假签收|假签收|(?:显示|就|已经?|却|被|别人|谁|物业|门卫|保安|邻居|自动|系统|提前|擅自)(?:已|给|被|是|我|本人)*(?:签收|收货)|签收了|误签|冒领|送错|地址错|拿错|"
    r"放(?:在)?(?:门口|楼下|门卫|物业|前台)|扔(?:在|到)?(?:门口|楼下)|确认收货|给我收货|少发|漏发|少寄|空包|空盒|补发|换货|返修|维修|退货|第一次|之前|上次|上回|重新?(?:发|拍|寄|下单)|再次下单|退回|"
    r"完成|妥投|签单|确认了|点了确认|待评价|写评论|单号|预售|定金|订金|尾款|分(?:两|三|几|批|开)|两个包裹|另(?:一|外)|其中|只(?:收到|到了?|发了?|来了?)[一两半\d]|还有[一两几半]|剩下|同一个订单|缺货|拒收|"
    r"(?:快递|物流|客服|卖家|商家|店家|站点)(?:员|小哥|公司|那边)?(?:都|也|说|承认|告诉|通知)(?:我|是|被|已经|说)*(?:丢|弄丢|遗失)|理赔|查监控|偷|"
    r"后来|最后|找到|找回|补了|自己(?:去|下楼|跑去)?取|自取|先到"
)
_CLAIMED_LOST = re2.compile(r"(?:没|未|没有)(?:收到|到货|签收)|not.?received")
# What only he can say who had the thing in hands; a parcel may also come torn, late or rudely.
_IN_HANDS = frozenset(
    {"quality", "material", "size_fit", "appearance_color", "function", "effect", "taste_freshness"}
)
_HOUR_S = 3600.0


def signal(review: Review, view: ReviewView) -> Signal:
    """Claims about the delivery against its scans."""
    order, posted = review.order, review.posted_at
    if order is None or posted is None or not _has_dates(order):
        return missing(CODE, needs="order.delivered_at")
    if not dates_agree(review):
        return missing(CODE, needs="dates of the order that agree")
    if review.append_of is not None or _EXPLAINED.search(view.text):
        return absent(CODE)
    return (
        _not_received(review, view, order, posted)
        or _not_sent(view, order, posted)
        or _waited(review, view)
        or _refunded(view, order)
        or absent(CODE)
    )


def _has_dates(order: ReviewOrder) -> bool:
    return any((order.delivered_at, order.shipped_at, order.ordered_at))


def _not_received(
    review: Review, view: ReviewView, order: ReviewOrder, posted: datetime
) -> Signal | None:
    if order.delivered_at is None:
        return None
    settled = (posted - order.delivered_at).total_seconds() / _HOUR_S
    if settled < view.policy.logistics.settled_hours:
        return None
    for start, end in lost.claims(review, view):
        return _stated(view, start, end, "称未收到货,而物流显示已签收", settled)
    return None


def _not_sent(view: ReviewView, order: ReviewOrder, posted: datetime) -> Signal | None:
    match = _NOT_SENT.search(view.text)
    if match is None or order.shipped_at is None or _SENT_LATER.search(view.text):
        return None
    start, end = match.span()
    settled = (posted - order.shipped_at).total_seconds() / _HOUR_S
    if settled < view.policy.logistics.settled_hours or not is_own_claim(view, start, end):
        return None
    before, after = sides(view, start, end)
    if _DAYS_LONG.search(before) or not _STATE.search(after):
        return None
    return _stated(view, start, end, "称未发货,而物流显示早已发出", settled)


def _waited(review: Review, view: ReviewView) -> Signal | None:
    wait = waits.too_long(review, view)
    if wait is None:
        return None
    claim = wait.claim
    return _stated(view, claim.start, claim.end, wait.reason, claim.value, weight=WAIT)


def _refunded(view: ReviewView, order: ReviewOrder) -> Signal | None:
    refund = order.refund
    if refund is None or refund.status == "none":
        return None
    if not days_between(order.delivered_at, refund.requested_at):
        return None
    if not _CLAIMED_LOST.search((refund.reason or "").lower()) or lost.is_mentioned(view.text):
        return None
    said = [o for o in view.aspects if o.polarity == "negative" and o.aspect in _IN_HANDS]
    if not said:
        return None
    reason = "以未收到货申请退款,评价却写收到的商品有问题"
    return found(REFUND, view.policy.weights[REFUND], reason, spans=said[0].spans, value=1.0)


def _stated(
    view: ReviewView, start: int, end: int, reason: str, value: float, *, weight: str = CODE
) -> Signal:
    spans = [view.raw_span(start, end)]
    return found(CODE, view.policy.weights[weight], reason, spans=spans, value=round(value, 1))
