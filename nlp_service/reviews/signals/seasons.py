"""Seasons, festivals and weather that a review claims, against the dates of its order.

Months are bounded so widely that neither a warm south nor an early sale makes a contradiction:
大热天 speaks from December to mid-February only, 双十一买的 far from every autumn only. Weather
says nothing in a text that names a journey or a place where the season is another.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

import re2

from nlp_service.domain import Review
from nlp_service.reviews.signals.claim_context import NEAR, is_own_claim, sentence, sides
from nlp_service.reviews.signals.claims import Claim
from nlp_service.reviews.view import ReviewView

_USE = re2.compile(
    r"(?:用|穿|戴|盖|吹|喝|吃|睡|骑|铺|垫|踩)(?:了|过了|过)(?:快|大概|差不多)?(?:一|整)(?:一|整|个)*"
    r"(?P<season>冬天|冬季|冬|夏天|夏季|夏|春天|秋天|暑假|寒假|学期|季度|季)"
)
# Days that nobody calls so who had fewer: half of each.
_SEASON_DAYS = {"暑假": 30.0, "寒假": 15.0, "学期": 60.0}
_ANY_SEASON_DAYS = 45.0

# Month and day between which people buy "for" or "at" the festival, and a month and a half around.
_FESTIVALS = {
    "双十一|双11|双1111|光棍节": ((9, 1), (1, 15)),
    "双十二|双12": ((10, 15), (2, 10)),
    "618|六一八": ((4, 1), (8, 15)),
    "国庆节?|十一黄金周": ((8, 15), (11, 30)),
    "中秋节?": ((7, 20), (11, 20)),
    "过年|春节|年货节": ((11, 1), (4, 15)),
    "元旦": ((11, 15), (2, 28)),
    "五一|劳动节": ((3, 10), (6, 20)),
    "端午节?": ((4, 10), (8, 5)),
}
_BUYING = (
    r"(?:活动)?(?:的时候|那天|那会儿?|当天|当晚|期间|前|时|节|凌晨|零点)*"
    r"(?:我|就|在你家|在这家|在这)?(?:(?:买|入手|下单|拍|抢|囤)(?:的|了|下|到)|下的单)"
)
_BOUGHT_AT = [
    (re2.compile(rf"(?:{names}){_BUYING}"), first, last)
    for names, (first, last) in _FESTIVALS.items()
]
_NOT_AT = re2.compile(r"又不是|不是|没有|比|价|赶|等到?|想|为|送|留着|一样|还|不如|本|给|别")
# 618买的人, 国庆买的票: others who bought, and other things.
_BOUGHT_IT = re2.compile(r"^(?:了|的)*(?:[,。!?…~;:\s]|$|就|才|结果|现在|到)")
_OTHERS = re2.compile(r"人说|他们|别人|人家|大家|都说|评论|网友|价|便宜|贵")

_HEAT = re2.compile(r"大热天|大夏天|三伏天|炎炎夏日|酷暑|高温天")
_COLD = re2.compile(r"大冬天|寒冬腊月|三九天|数九寒天|大雪天|冰天雪地")
_WINTER, _SUMMER = ((12, 1), (2, 15)), ((6, 10), (9, 5))
_ON_THE_WAY = re2.compile(r"化|馊|臭|烂|变质|冻|快递|物流|发货|送货|送来|路上|运|捂|晒")
_IMAGINED = re2.compile(r"会|肯定|能|怎么|似的|一般|像|穿|适合|用不|到时|等到|屋|暖气|火车|车里")
_ELSEWHERE = re2.compile(
    r"三亚|海南|海口|广州|广东|深圳|珠海|东莞|佛山|广西|南宁|云南|昆明|西双版纳|版纳|福建|厦门|福州|台湾|香港|澳门|南方|北方|东北|哈尔滨|漠河|"
    r"西藏|拉萨|新疆|青海|高原|雪山|国外|海外|国际|澳洲|澳大利亚|悉尼|新西兰|新加坡|马来|泰国|越南|印尼|菲律宾|巴厘|非洲|南美|巴西|南半球|"
    r"出差|旅游|旅行|度假|飞机|机场|出国|留学|转运|集运|去年|前年|冷库|像夏天|像冬天"
)
_CHINA = timezone(timedelta(hours=8))


class Odd(NamedTuple):
    """A stretch of the normalised text and, in one Chinese sentence, what contradicts it."""

    start: int
    end: int
    words: str


def dates_of(review: Review) -> list[datetime]:
    """What is known of when the order was made, sent and delivered."""
    order = review.order
    known = (order.ordered_at, order.shipped_at, order.delivered_at) if order else ()
    return [date for date in known if date is not None]


def of_use(text: str) -> Iterator[Claim]:
    """Seasons of use (穿了一冬天), as the days that they are at the least."""
    for match in _USE.finditer(text):
        days = _SEASON_DAYS.get(match.group("season"), _ANY_SEASON_DAYS)
        yield Claim(match.start(), match.end(), days)


def contradiction(review: Review, view: ReviewView) -> Odd | None:
    """A festival or a weather that cannot have been."""
    return _festival(review, view) or _weather(review, view)


def _festival(review: Review, view: ReviewView) -> Odd | None:
    ordered = review.order.ordered_at if review.order else None
    day = _day(ordered) if ordered else None
    if day is None:
        return None
    for pattern, first, last in _BOUGHT_AT:
        if _is_within(day, first, last):
            continue
        for match in pattern.finditer(view.text):
            start, end = match.span()
            if _is_bought_by_him(view, start, end):
                return Odd(start, end, f"称{match.group()},而订单在{day[0]}月")
    return None


def _is_bought_by_him(view: ReviewView, start: int, end: int) -> bool:
    before, _ = sides(view, start, end)
    if _NOT_AT.search(before) or not _BOUGHT_IT.search(view.text[end : end + NEAR]):
        return False
    if _OTHERS.search("".join(sentence(view, start, end))):
        return False
    return is_own_claim(view, start, end)


def _weather(review: Review, view: ReviewView) -> Odd | None:
    dates = [*dates_of(review), *([review.posted_at] if review.posted_at else [])]
    days = [day for date in dates if (day := _day(date)) is not None]
    if len(days) < len(dates) or _ELSEWHERE.search(view.text):
        return None
    for pattern, (first, last) in ((_HEAT, _WINTER), (_COLD, _SUMMER)):
        if not all(_is_within(day, first, last) for day in days):
            continue
        for match in pattern.finditer(view.text):
            start, end = match.span()
            if _is_told(view, start, end):
                return Odd(start, end, f"称{match.group()},而下单至评价都在反季")
    return None


def _is_told(view: ReviewView, start: int, end: int) -> bool:
    """Whether the weather is told of the parcel's way, and not imagined (夏天肯定会化)."""
    around = "".join(sides(view, start, end))
    is_past = "了" in around and _ON_THE_WAY.search(around) is not None
    return is_past and not _IMAGINED.search(around) and is_own_claim(view, start, end)


def _day(date: datetime) -> tuple[int, int] | None:
    """Month and day in China, where a date without a zone is; None at the end of the calendar."""
    try:
        local = date if date.tzinfo is None else date.astimezone(_CHINA)
    except OverflowError:
        return None
    return local.month, local.day


def _is_within(day: tuple[int, int], first: tuple[int, int], last: tuple[int, int]) -> bool:
    """Whether a day lies between two days of the year, over New Year where they say so."""
    return first <= day <= last if first <= last else day >= first or day <= last
