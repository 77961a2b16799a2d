"""fact.time 时间矛盾: the claimed time of use is longer than the time since delivery.

So is a season of use (穿了一冬天) within days, a festival far from the order (双十一买的, in May),
and summer heat in January. A repurchase, a follow-up review and a known brand (一直用, 回购)
explain it away; plans, promises, hearsay and other items are none (claim_context.py).
"""

from collections.abc import Iterator
from datetime import datetime

import re2

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals import seasons
from nlp_service.reviews.signals.claim_context import is_own_claim, sides
from nlp_service.reviews.signals.claims import DURATION, Claim, duration_claims
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "fact.time"
_DONE = r"(?:了|过|有|才|还|都|也就|已经|着|我)"
_VERBS = r"(?:使用|用|穿|戴|吃|喝|骑|开|玩|睡|盖|铺|涂|抹|擦|敷|充)"
# What is used up in a month (一瓶用一个月) is no time of use: done, or something befell then.
_USED = re2.compile(rf"(?:{_VERBS}{_DONE}+|(?:到手|收到){_DONE}*){DURATION}")
_USED_TILL = re2.compile(rf"{_VERBS}{DURATION}(?:左右|时间|不到)*(?:就|便|后|坏)")
_BOUGHT = re2.compile(rf"(?:买来|买回来|买回家|买|入手|下单){_DONE}*{DURATION}")
_BREAKS = (
    r"坏|裂|烂|开(?:裂|胶|线|焊)|掉(?:色|漆|皮|毛|底|渣|线|钻)|断(?:了|裂|开|掉|线)|不能(?:用|开|充|穿)|不行了|没法用|"
    r"报废|罢工|失灵|黑屏|漏|生锈|起(?:球|皮|毛)|变形|褪色|脱(?:胶|线|皮|色)|散架|不(?:亮|转|制|充|响|通电)|充不|打不|开不了机|没反应"
)
_BROKE = re2.compile(
    rf"(?:^|[,。!?;:、~…\s]|过了?|才|刚){DURATION}(?:时间|左右|的时间|不到|光景)?(?:都没到)?(?:就|便)(?:给我|全|又|彻底|直接|开始)?(?:{_BREAKS})"
)
# After a time since buying only what befell then; "买了三个月会员", "买了半年的量" are amounts.
_SINCE = re2.compile(r"^(?:左右|时间|了)*(?:[,。!?…~;\s]|就|便|$|后|的时|现在|都没)")
_IS_WAIT = re2.compile(
    r"^(?:了|左右|多|的?时间)*(?:才|还没|都没|没|也没|还不|都不)(?:有|给)?(?:到|收|发|送|见|回|来|退|换)"
)
# "从下单到收到用了十二天", "还没用一个月就坏": a wait, and a time that was not.
_NOT_USE = re2.compile(
    r"(?:下单|拍下|快递|物流|发货|送货|配送|运输|路上|签收|维修|修理|返厂).{0,12}$|(?:没|没有|未|不)$"
)
# "用了十年某某": years of a brand, where no stop and no mishap follows.
_AFTER_YEARS = re2.compile(
    r"^(?:左右|的?时间|了)*(?:[,。!?…~;:\s]|$|就|便|后|还|又|也|现在|突然|开始|不|坏|才)"
)
_YEARS_DAYS = 365.0
_IS_AMOUNT = re2.compile(r"^(?:多)?(?:的?量|大|会员|套餐|课|延保|左右的量|[一二两三\d]+[次回粒片])")
_EXPLAINED = re2.compile(
    r"第[二三四五][个件台双部只条]|第一次(?:遇|碰|见|出现|这样|发生|希望|,)|忠实|只用这|全家|"
    r"回购|复购|再次购买|再买|又(?:买|入|拍|囤)|第[二三四五六七八九十\d]+次|之前|以前|上次|上回|一直(?:用|喝|吃|买|穿)|老(?:顾客|客户|用户|牌子|粉)|"
    r"家里(?:的|那|也|用|一直|有)|原来|原先|曾经|上一|每年|年年|追评|追加|补评|同款|另一个|先前|早就|早先|去年|前年|常年|多年|有效期|保质期|保修|质保|"
    r"换新|换货|换过|补发|重新发|维修|返修|修(?:好|过|了)|这牌子|这个牌|换配方|换包装|回头客|习惯|二手|闲置|别处|实体店|这次|这回|本来有"
)
_DAY_S = 86400.0


def signal(review: Review, view: ReviewView) -> Signal:
    """Days of use, seasons and festivals claimed against the dates of the order."""
    if review.posted_at is None or not any(seasons.dates_of(review)):
        return missing(CODE, needs="order.delivered_at")
    if review.append_of is not None or _EXPLAINED.search(view.text):
        return absent(CODE)
    odd = _overlong(review, view)
    if odd is not None:
        return odd
    reason = seasons.contradiction(review, view)
    if reason is None:
        return absent(CODE)
    spans = [view.raw_span(reason.start, reason.end)]
    return found(CODE, view.policy.weights[CODE], reason.words, spans=spans, value=1.0)


def _overlong(review: Review, view: ReviewView) -> Signal | None:
    """The longest time claimed, where it is far longer than the time that there was."""
    rules = view.policy.time
    over = [
        (claim.value, claim, possible)
        for claim, possible in _timed(review, view)
        if claim.value > possible * rules.factor + rules.slack_days
    ]
    if not over:
        return None
    _, claim, possible = max(over)
    return _contradiction(view, claim, possible)


def _timed(review: Review, view: ReviewView) -> Iterator[tuple[Claim, float]]:
    """Times claimed of this item, each with the days that there were for it."""
    order = review.order
    if order is None:
        return
    in_hands = _days_since(order.delivered_at or order.shipped_at, review)
    owned = _days_since(min(seasons.dates_of(review), default=None), review)
    if in_hands is not None:
        for pattern in (_USED, _USED_TILL, _BROKE):
            yield from ((claim, in_hands) for claim in _claims(view, pattern))
        yield from (
            (claim, in_hands) for claim in seasons.of_use(view.text) if _is_own(view, claim)
        )
    if owned is not None:
        for claim in _claims(view, _BOUGHT):
            if _SINCE.search(view.text[claim.end :]):
                yield claim, owned


def _claims(view: ReviewView, pattern: "re2.Pattern") -> Iterator[Claim]:
    return (claim for claim in duration_claims(view.text, pattern) if _is_own(view, claim))


def _is_own(view: ReviewView, claim: Claim) -> bool:
    _, after = sides(view, claim.start, claim.end)
    if _NOT_USE.search(view.text[: claim.start]):
        return False
    if claim.value >= _YEARS_DAYS and not _AFTER_YEARS.search(view.text[claim.end :]):
        return False
    if _IS_WAIT.search(after) or _IS_AMOUNT.search(after):
        return False
    return is_own_claim(view, claim.start, claim.end)


def _contradiction(view: ReviewView, claim: Claim, possible: float) -> Signal:
    times = view.policy.time
    is_gross = claim.value > possible * times.gross_factor + times.gross_days
    return found(
        CODE,
        view.policy.weights["fact.time.gross" if is_gross else CODE],
        f"称已使用约{claim.value:g}天,而签收至评价约{possible:.0f}天",
        spans=[view.raw_span(claim.start, claim.end)],
        value=claim.value,
        threshold=round(possible * times.factor + times.slack_days, 1),
    )


def _days_since(since: datetime | None, review: Review) -> float | None:
    """Days up to the review; none before the delivery."""
    if since is None or review.posted_at is None:
        return None
    return max((review.posted_at - since).total_seconds() / _DAY_S, 0.0)
