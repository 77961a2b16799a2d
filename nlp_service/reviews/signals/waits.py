"""Waiting times that a review claims, against the time from the order to its scans.

    十来天才到     -> the way from order to delivery
    一周多才发货   -> the same way: a seller may book a parcel as sent long before it moves
    半个月还没到   -> from order to review

Counted from the order, the earliest date known, and only where the dates agree with each other.
Waiting for an answer, a refund, a repair or the missing part is another wait; 拿到手 is no scan.
"""

from collections.abc import Iterator
from typing import NamedTuple

import re2

from nlp_service.domain import Review
from nlp_service.reviews.rules import Logistics
from nlp_service.reviews.signals.claim_context import NEAR, is_own_claim
from nlp_service.reviews.signals.claims import DURATION, Claim, above, days_between, duration_claims
from nlp_service.reviews.view import ReviewView

_LEAD = (
    r"(?:^|[,。!?;:、~…\s]|等待|等|拖|过了|走|送|路上|花了|用了|历时|历经|前后|下单|拍下|买了|物流|快递|发货|在途|结果|竟然|居然|愣是|硬是)"
    r"(?:了|我|上|得|将近|都|已经|竟然|居然|愣是|硬是|要|足足|整整|时间|有|快)*"
)
_PAUSE = r"(?:了|左右|时间|以上|的时间|吧|啊|,|。|!| |…|~|有余|之久|开外)*"
_AT_LAST = r"(?:才|终于|总算|可算)(?:给我?|把货|慢悠悠|慢吞吞|姗姗|让我)*"
_ARRIVED = re2.compile(
    rf"{_LEAD}{DURATION}{_PAUSE}{_AT_LAST}(?:收到|送到|送来|签收|寄到|等到|派送|到)"
)
_SENT = re2.compile(
    rf"{_LEAD}{DURATION}{_PAUSE}{_AT_LAST}(?:发货|发出|发快递|寄出|出库|揽收|揽件|发走)"
)
_STILL = re2.compile(
    rf"{_LEAD}{DURATION}{_PAUSE}(?:还|都|也|仍|就是|愣是|至今|到现在|依然|硬是|货|快递|东西|包裹|物流)*"
    r"(?:(?:没|未)(?:有|见|给)?(?:收到|拿到|送到|送来|到货|到手|发货|发出|寄出|到)|不(?:给|肯)?(?:发货|发出|寄出)(?:[,。!?…~;\s]|$))"
)
_SLOW = re2.compile(
    rf"(?:物流|快递|发货|配送|送货)[^,。!?]{{0,5}}慢[^。!?]{{0,6}}(?:等|拖|走)(?:了|我|整整|足足|都|差不多)*{DURATION}"
)
_CLOSED = re2.compile(r"^(?:了|左右|时间|多|啊|呢|吧)*(?:[,。!?…~;\s]|$)")
# "半年没到就坏了" is no wait; "才到账", "才收到退款": what came late is not the parcel.
_OTHER_THING = re2.compile(
    r"^我?们?的?手|^(?:的|了|我的|一?个|你们|客服|商家|卖家)*(?:账|帐|退|赔|钱|货款|回|答|消息|信息|短信|通知|电话|发票|赠|礼|补|换|配件|零件|说明|差价|优惠|红包|返|师傅|安装|维修|新的|另|第|一半|部分|就|[一两三几]件)"
)
_OTHER_WAIT = re2.compile(r"客服|售后|退|换|补|修|安装|师傅|赔|发票|回复|处理")
# Away from home, a second parcel, a way without scans, a wait before the order.
_EXPLAINED = re2.compile(
    r"放假|暑假|寒假|住校|学校|宿舍|同学|代购|转运|集运|海外|海淘|清关|换的|换货|赠|取消|重新|重拍|再拍|出差|旅[游行]|不在家|外地|回家|回来|老家|"
    r"村|乡下|停运|分拨|改过?地址|镇上?|驿站|隔离|疫情|封控|补货|拼团|拼单|成团|凑单|优惠券|有券|等券|等到(?:了|有|活动)|缺货|断货|有货|盼|蹲|抢到|收藏|犹豫|预售|定制|活动|去年|前年|上次|第[一二三]单|第二次"
)
_MAX_DAYS = 100.0  # above it, and in years, waiting is a figure of speech


class Wait(NamedTuple):
    """A wait that is longer than what the scans leave room for."""

    claim: Claim
    reason: str


def too_long(review: Review, view: ReviewView) -> Wait | None:
    """The first wait claimed that cannot have been; None without the date of the order."""
    order, rules = review.order, view.policy.logistics
    if order is None or _EXPLAINED.search(view.text):
        return None
    since = days_between(order.ordered_at, review.posted_at)
    way = days_between(order.ordered_at, order.delivered_at or review.posted_at)
    if since is None or way is None or way > since:
        return None
    if order.delivered_at:
        least = way * rules.wait_factor + rules.wait_slack_days
        for claim in _claims(view, least, _ARRIVED, _SLOW):
            return Wait(claim, f"称等了约{claim.value:g}天,而下单到签收约{way:.0f}天")
    for claim in _claims(view, _whole(way, rules), _SENT):
        return Wait(claim, f"称约{claim.value:g}天才发货,而下单到签收仅约{way:.0f}天")
    for claim in _claims(view, _whole(since, rules), _STILL):
        return Wait(claim, f"称已等约{claim.value:g}天,而下单至评价仅约{since:.0f}天")
    return None


def _whole(days: float, rules: Logistics) -> float:
    """Days from which on a part of a time is claimed to be far longer than the whole of it."""
    return days * rules.whole_factor + rules.whole_slack_days


def _claims(view: ReviewView, least: float, *patterns: "re2.Pattern") -> Iterator[Claim]:
    """Waits for the parcel of more than `least` days."""
    for pattern in patterns:
        if pattern is _SLOW and _OTHER_WAIT.search(view.text):
            continue
        for claim in above(duration_claims(view.text, pattern), least):
            if claim.value < _MAX_DAYS and _is_of_parcel(view, claim, pattern):
                yield claim


def _is_of_parcel(view: ReviewView, claim: Claim, pattern: "re2.Pattern") -> bool:
    rest = view.text[claim.end : claim.end + NEAR]
    if pattern is _SLOW and not _CLOSED.search(rest):
        return False
    return not _OTHER_THING.search(rest) and is_own_claim(view, claim.start, claim.end)
