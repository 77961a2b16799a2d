"""fact.time 时间矛盾: the claimed time of use is longer than the time since delivery.

So is a season of use (穿了一冬天) within days, a festival far from the order (双十一买的, in May),
and summer heat in January. A repurchase, a follow-up review and a known brand (一直用, 回购)
explain it away; plans, forecasts, hearsay and other items are none (claim_context.py).

    用了三个月就坏了, two days after delivery -> gross: a verb of use done, and what befell then
    穿了一冬天底就掉了, on the next day       -> gross: so is a season of use
    洗了十几水就起球, on the day of delivery  -> gross: worn for days before each wash
    买了三个月就坏了, 用三个月就坏了          -> weak
    用三个月就坏, 三个月就坏了, 手机用了两年   -> none: a forecast, nobody's use, another thing

Where the dates of the record contradict each other (delivered after the review, or before the
order) they prove nothing, and the signal is missing its input.
"""

from collections.abc import Iterator
from typing import NamedTuple

import re2

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals import seasons
from nlp_service.reviews.signals.claim_context import NEAR, is_lived, sides
from nlp_service.reviews.signals.claims import (
    DURATION,
    NUMBER,
    Claim,
    above,
    dates_agree,
    days_between,
    duration_claims,
)
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView
from nlp_service.text.numerals import read_number

CODE = "fact.time"
_VERBS = r"(?:使用|用|穿|戴|吃|喝|骑|玩|睡|盖|铺|涂|抹|擦|敷)"
_DONE = r"(?:有|才|还|都|也就|已经|我)*"
_USED = re2.compile(rf"{_VERBS}{_DONE}(?:了|过){_DONE}{DURATION}")
# What is used up in a month (一瓶用一个月) is no time of use: something broke then.
_USED_TILL = re2.compile(rf"{_VERBS}{_DONE}{DURATION}")
_OWNED = re2.compile(rf"(?:买来|买回来|买回家|买|入手|到手|收到|过)(?:{_DONE}了)?{_DONE}{DURATION}")
# A dye is rinsed out a dozen times in one evening; worn and washed is another matter.
_WASHED = re2.compile(
    rf"洗(?:了|过)+(?:有|好)?(?P<number>{NUMBER})(?:多|来)?(?:水|次)[^。!?不没未手碗头脸澡车锅菜蓬]{{0,6}}?"
    r"(?:起球|起毛|变形|走形|缩水|松(?:垮|了|掉|开)|(?:变|就)松|破|开线|变薄|没法穿|不能穿)"
)
_BREAKS = (
    r"(?:坏|裂|烂|开(?:裂|胶|线|焊)|掉(?:色|漆|皮|毛|底|渣|线|钻)|断|不能(?:用|开|充|穿)|不行|没法用|卡|死机|"
    r"报废|罢工|不工作|异响|失灵|黑屏|漏|生锈|起(?:球|皮|毛)|变形|褪色|脱(?:胶|线|皮|色)|钻绒|散架|不(?:亮|转|制|充|响|通电)|充不|打不|开不了机|没反应)"
)
_THEN = r"^(?:左右|的?时间|光景|不到|了)*(?:就|便|后)?(?:给我|全|又|彻底|直接)*(?:开始)?"
_BREAKS_THEN = re2.compile(rf"{_THEN}{_BREAKS}")
_BROKE_THEN = re2.compile(rf"{_THEN}{_BREAKS}[^,。!?的吧]{{0,2}}了(?:[^吧的个]|$)")
# 穿了一冬天底就掉了: a part of what was worn.
_PART_BREAKS = re2.compile(r"^[^,。!?的不没未]{1,3}(?:就|都|全|便)(?:掉|断|裂|破|塌|瘪|烂)")
_BREAKS_SOON = re2.compile(rf"^[^。!?的]{{0,12}}{_BREAKS}")
# After a time of use no name of what was used (喝了一个月中药), but an end, or what befell.
_GOES_ON = re2.compile(
    r"^(?:左右|的?时间|了)*(?:[,。!?…~;:\s]|$|就|便|后|还|又|也|现在|突然|开始|不|坏|越|一点|毫无)"
)
_OF_A_THING = re2.compile(r"^[^,。!?]{0,10}的[^时,。!?]")
_IS_WAIT = re2.compile(
    r"^(?:了|左右|多|的?时间)*(?:才|还没|都没|没|也没|还不|都不)(?:有|给)?(?:到|收|发|送|见|回|来|退|换)"
)
# "从下单到收到用了十二天", "还没用一个月就坏": a wait, and a time that was not.
_NOT_USE = re2.compile(
    r"(?:下单|拍下|快递|物流|发货|送货|配送|运输|路上|签收|维修|修理|返厂).{0,12}$|(?:没|没有|未|不)$"
)
_IS_AMOUNT = re2.compile(r"^(?:多)?(?:的?量|大|会员|套餐|课|延保|左右的量|[一二两三\d]+[次回粒片])")
_EXPLAINED = re2.compile(
    r"第[二三四五][个件台双部只条]|第一次(?:遇|碰|见|出现|这样|发生|希望|,)|忠实|只用这|全家|"
    r"回购|复购|再次购买|再买|又(?:买|入|拍|囤)|第[二三四五六七八九十\d]+次|之前|以前|上次|上回|一直(?:用|喝|吃|买|穿)|老(?:顾客|客户|用户|牌子|粉)|"
    r"家里(?:的|那|也|用|一直|有)|原来|原先|曾经|上一|每年|年年|追评|追加|补评|同款|另一个|先前|早就|早先|去年|前年|常年|多年|有效期|保质期|保修|质保|"
    r"换新|换货|换过|补发|重新发|维修|返修|修(?:好|过|了)|这牌子|这个牌|换配方|换包装|回头客|习惯|二手|闲置|别处|实体店|这次|这回|本来有|"
    r"降价|便宜了|保价|没拆|未拆|闺蜜|朋友送|送的|借的"
)
# Whoever tells of more years most often means the older thing that this one is for.
_PLAIN_DAYS = 365.0


class Use(NamedTuple):
    """A time claimed, the days that there were for it, and the days of use that it plainly tells.

    Only what is told plainly may count as gross.
    """

    claim: Claim
    possible: float
    plain_days: float = 0.0
    words: str = "使用约{:g}天"


def signal(review: Review, view: ReviewView) -> Signal:
    """Days of use, seasons and festivals claimed against the dates of the order."""
    if review.posted_at is None or not seasons.dates_of(review):
        return missing(CODE, needs="order.delivered_at")
    if not dates_agree(review):
        return missing(CODE, needs="dates of the order that agree")
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
    """The plainest and longest time claimed that is far longer than the time that there was."""
    in_hands, owned = _possible_days(review)
    over = [*_used(view, in_hands), *_owned(view, owned)]
    if not over:
        return None
    return _contradiction(view, max(over, key=lambda use: (use.plain_days, use.claim.value)))


def _used(view: ReviewView, possible: float | None) -> Iterator[Use]:
    """Overlong times of use, counted from the delivery."""
    if possible is None:
        return
    for claim in _claims(view, duration_claims(view.text, _USED), possible):
        rest = _rest(view, claim)
        is_broken = _BREAKS_THEN.search(rest) is not None
        if is_broken or _GOES_ON.search(rest):
            yield Use(claim, possible, _plain(claim.value) if is_broken else 0.0)
    for claim in _claims(view, duration_claims(view.text, _USED_TILL), possible):
        if _BROKE_THEN.search(_rest(view, claim)):
            yield Use(claim, possible)
    for claim in _claims(view, seasons.of_use(view.text), possible):
        rest = _rest(view, claim)
        is_broken = any(broke.search(rest) for broke in (_BREAKS_THEN, _PART_BREAKS))
        if is_broken or _GOES_ON.search(rest):
            yield Use(claim, possible, claim.value if is_broken else 0.0)
    for claim in _claims(view, _washes(view.text), possible):
        worn = _plain(claim.value * view.policy.time.wash_days)
        yield Use(claim, possible, worn, words="洗过约{:g}次")


def _plain(days: float) -> float:
    return days if days <= _PLAIN_DAYS else 0.0


def _washes(text: str) -> Iterator[Claim]:
    """Days that so many washes take."""
    for match in _WASHED.finditer(text):
        yield Claim(match.start(), match.end(), read_number(match.group("number")))


def _owned(view: ReviewView, possible: float | None) -> Iterator[Use]:
    """Overlong times since buying after which it broke, counted from the first date known."""
    if possible is None:
        return
    for claim in _claims(view, duration_claims(view.text, _OWNED), possible):
        soon = _BROKE_THEN if view.text.startswith("过", claim.start) else _BREAKS_SOON
        if soon.search(_rest(view, claim)):
            yield Use(claim, possible)


def _possible_days(review: Review) -> tuple[float | None, float | None]:
    """Days from the delivery and from the first date known to the review; None if not known."""
    order = review.order
    if order is None:
        return None, None
    first = next(iter(seasons.dates_of(review)), None)
    in_hands = days_between(order.delivered_at or order.shipped_at, review.posted_at)
    return in_hands, days_between(first, review.posted_at)


def _claims(view: ReviewView, claims: Iterator[Claim], possible: float) -> Iterator[Claim]:
    """This buyer's own claims that are far longer than the days there were."""
    return (claim for claim in above(claims, _limit(view, possible)) if _is_own(view, claim))


def _limit(view: ReviewView, possible: float) -> float:
    return possible * view.policy.time.factor + view.policy.time.slack_days


def _rest(view: ReviewView, claim: Claim) -> str:
    return view.text[claim.end : claim.end + NEAR]


def _is_own(view: ReviewView, claim: Claim) -> bool:
    _, after = sides(view, claim.start, claim.end)
    if _NOT_USE.search(view.text[max(claim.start - NEAR, 0) : claim.start]):
        return False
    if any(other.search(after) for other in (_IS_WAIT, _IS_AMOUNT, _OF_A_THING)):
        return False
    return is_lived(view, claim.start, claim.end)


def _contradiction(view: ReviewView, use: Use) -> Signal:
    times, claim, possible = view.policy.time, use.claim, use.possible
    gross = possible * times.gross_factor + times.gross_days
    is_gross = use.plain_days > gross
    return found(
        CODE,
        view.policy.weights["fact.time.gross" if is_gross else CODE],
        f"称已{use.words.format(claim.value)},而签收至评价约{possible:.0f}天",
        spans=[view.raw_span(claim.start, claim.end)],
        value=claim.value,
        threshold=round(_limit(view, possible), 1),
    )
