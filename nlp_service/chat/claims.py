"""Checkable claims of a message against the facts that the caller vouches for (boundary 18).

    只剩3件, 仓里还有两百张 -> stock
    今晚24点结束, 券到20号   -> campaign
    三个月里最低            -> lowest price

Only what was supplied is checked: without facts nothing is true and nothing is contradicted.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

import re2

from nlp_service.domain import ChatContext
from nlp_service.policy.facts import ClaimFact
from nlp_service.text.numerals import DAYS, read_number
from nlp_service.text.offsets import NormalizedText

_NUMBER = r"(?P<number>[0-9]{1,5}|[一两二三四五六七八九十百几]{1,4})(?:来|多)?"
_MEASURE = "[件个台双套单份箱瓶条盒张包只把本支款枚颗块对副罐盆棵株袋卷辆架捆筐根束坛]"
_STORE = r"(?:库存里?|仓库里?|库里|仓里|仓)"
# Few are left.
_FEW = re2.compile(
    rf"(?:剩|仅余|只余|(?:^|[,。!?;\s])余|最后|{_STORE}只有|就这)下?[了这]?(?:最后)?{_NUMBER}{_MEASURE}"
)
_JUST = re2.compile(
    rf"就(?P<number>[0-9]{{1,5}}|[一两二三四五六七八九十]){_MEASURE}了(?:$|[,。!?;\s])"
)
# So many lie there; of a size or colour, or named as stock.
_THERE = re2.compile(
    rf"(?:{_STORE}(?:里|现在)?(?:还|只|就|才|仅|正好)?[有剩]?"
    rf"|(?:码|色|号|现货)的?(?:{_STORE})?(?:还|只|就|才|仅)(?:有|剩))了?{_NUMBER}{_MEASURE}"
)
# A clause about a parcel, which may hold what is left of an order: 还剩两件没发.
_OF_ORDER = re2.compile(r"[发寄补到退您你]|订单|快递|包裹")
# What follows the measure word of a count that is not of goods.
_NOT_GOODS = (
    "小时",
    "分钟",
    "月",
    "尺码",
    "颜色",
    "问题",
    "图",
    "步",
    "选择",
    "名额",
    "工作日",
    "人",
)
_SCARCE = re2.compile(
    r"快没货|马上没货|快断货|马上断货|即将售罄|所剩不多|库存告急|快卖完|马上卖完|快抢完|快抢光"
)
_IN_STOCK = re2.compile(r"有现?货|库存充足")
_NEGATED = re2.compile(r"[没无不][^,。!?;]*$")
_HOUR = (
    r"(?:(?:中午|上午|下午|晚上|晚|夜里|凌晨)?"
    r"(?:零点|[0-9]{1,2}(?:点|时|:00)|[一二三四五六七八九十]{1,3}点)(?:半|整|钟)?|晚上?|半夜)?"
)
_DAY = (
    r"(?P<day>今天|今晚|今日|今儿|今夜|明天|明晚|明日|"
    r"(?:(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,2})月)?(?P<date>[0-9]{1,2}|[一二三四五六七八九十]{1,3})[号日])"
)
# When the offer ends: 到20号, 今晚24点结束, 明天恢复原价.
_UNTIL = re2.compile(
    rf"(?:截止到?|截至|只到|就到|到){_DAY}{_HOUR}(?:为止|止|前|之前|$|[,。!?;\s了呢哦哈呀就结截收])"
)
_ENDS = re2.compile(
    rf"{_DAY}{_HOUR}(?:[^,。!?;]{{0,6}}?(?:结束|截止|就完|收官|就停|就撤|停$|没了$|拉倒|收摊|收尾|下线|恢复原价|涨价|原价)"
    r"|[,,]?一?过了?(?:就|点)?(?:可就|得)?(?:恢复|原价|涨|回到|没这))"
)
_LAST_DAY = re2.compile(r"最后一天|就今天了?$|就今晚了?$")
_RISES = re2.compile(r"^[^,。!?;]{0,8}(?:恢复|涨|调回|原价)")
# What ends, where it is no offer: the day's parcels, a form, a sign-up.
_OTHER_END = re2.compile(r"^[^,。!?;]{0,4}(?:发|寄|送|揽|接单|下班|报名|到货|签收)")
# Said in the same clause before a deadline: another matter than the offer.
_OTHER_MATTER = re2.compile(r"快递|包裹|货|尾款|定金|补款|退|保|发|师傅|会员|放假")
# A deadline counts as the campaign's only where the talk speaks of an offer.
_OFFER = re2.compile(r"活动|优惠|特价|价|券|折|立减|满减|预售|定金|补款|便宜|促")
_LOWEST = re2.compile(
    r"(?:(?P<always>全年|历史|史上|史|年度|一年(?:里|内)?的?|一整年)"
    r"|(?:(?P<half>半)|(?P<number>[0-9]{1,4}|[一两二三四五六七八九十百仨俩]{1,4}))个?(?P<unit>天|月|年|周|星期)(?:来|多)?)"
    r"(?:里|内|以来)?(?:的|头|都|就|数|这是|这|今天|回)*(?:最低|最优惠|新低|底价|最便宜|没低过|没这么低|没有?更低|没降过|便宜$)"
)
_VAGUE_SCARCITY_STOCK = 50  # "nearly gone" with this many in stock is contradicted
_ROUND = 0.95  # half a year is 180 days or 183
_BREAK = re2.compile(r"[,。!?;\s]")
_REST = 12  # characters read after a deadline
_TURNS = 3  # turns before the message in which an offer may have been spoken of


def claims_of(text: NormalizedText, context: ChatContext, zone: timezone) -> tuple[ClaimFact, ...]:
    """All checkable claims, with whether they hold; spans are raw, `zone` is the buyer's clock."""
    return tuple(
        ClaimFact(kind, holds, text.raw_span(start, end))
        for kind, holds, start, end in (
            *_stock_claims(text.text, context),
            *_campaign_claims(text.text, context, zone),
            *_price_claims(text.text, context),
        )
    )


def _stock_claims(text: str, context: ChatContext) -> Iterator[tuple[str, bool, int, int]]:
    stock = context.facts.stock
    if stock is None:
        return
    for pattern in (_FEW, _JUST, _THERE):
        for match in pattern.finditer(text):
            is_of_order = _OF_ORDER.search(_clause(text, match.end()))
            if is_of_order or text.startswith(_NOT_GOODS, match.end()):
                continue
            said = read_number(match["number"])
            holds = _is_about(said, stock) and (pattern is not _THERE or _is_about(stock, said))
            yield "stock", holds, match.start(), match.end()
    for match in _SCARCE.finditer(text):
        yield "stock", stock < _VAGUE_SCARCITY_STOCK, match.start(), match.end()
    for match in _IN_STOCK.finditer(text):
        if stock == 0 and not _NEGATED.search(text[: match.start()]):
            yield "stock", False, match.start(), match.end()


def _clause(text: str, place: int) -> str:
    """The clause around `place`; short ones stand by themselves here, unlike in text.clauses."""
    return f"{_BREAK.split(text[:place])[-1]}{_BREAK.split(text[place:])[0]}"


def _is_about(least: float, real: float) -> bool:
    """Sales go on while people type; half as much again is still a true report."""
    return real <= max(least * 1.5, least + 2)


def _campaign_claims(
    text: str, context: ChatContext, zone: timezone
) -> Iterator[tuple[str, bool, int, int]]:
    ends = context.facts.campaign_ends_at
    if ends is None or not _speaks_of_offer(text, context):
        return
    now = context.sent_at.astimezone(zone).date() if context.sent_at else None
    for pattern in (_UNTIL, _ENDS):
        for match in pattern.finditer(text):
            day = _day(match, ends.astimezone(zone).date(), now)
            rest = text[match.end(pattern.groupindex["day"]) :][:_REST]
            told = _BREAK.split(text[: match.start()])[-1]
            if day and not _OTHER_END.search(rest) and not _OTHER_MATTER.search(told):
                holds = _ends_on(day, ends, zone)
                # 明天恢复原价: today is the last day.
                if not holds and _RISES.search(rest):
                    holds = _ends_on(day - timedelta(days=1), ends, zone)
                yield "campaign", holds, match.start(), match.end()
    for match in _LAST_DAY.finditer(text):
        if now:
            yield "campaign", _ends_on(now, ends, zone), match.start(), match.end()


def _speaks_of_offer(text: str, context: ChatContext) -> bool:
    turns = context.history[-_TURNS:]
    return any(_OFFER.search(said) for said in (text, *(turn.text for turn in turns)))


def _day(match: "re2.Match", ends: date, now: date | None) -> date | None:
    """The day that a deadline names; without a month that of the campaign's, None if unknown."""
    named = match["date"]
    if not named:
        return now and now + timedelta(days=match["day"].startswith("明"))
    month = int(read_number(match["month"])) if match["month"] else ends.month
    try:
        return date(ends.year, month, int(read_number(named)))
    except ValueError:
        return None


def _ends_on(day: date, ends: datetime, zone: timezone) -> bool:
    """Whether the campaign ends on `day`, the following midnight included."""
    local = ends.astimezone(zone)
    return day in {(local - timedelta(minutes=1)).date(), local.date()}


def _price_claims(text: str, context: ChatContext) -> Iterator[tuple[str, bool, int, int]]:
    days = context.facts.lowest_price_days
    if days is None:
        return
    for match in _LOWEST.finditer(text):
        claimed = DAYS["年"] if match["always"] else _claimed_days(match)
        yield "lowest_price", days >= claimed * _ROUND, match.start(), match.end()


def _claimed_days(match: "re2.Match") -> float:
    number = 0.5 if match["half"] else read_number(match["number"])
    return number * DAYS[match["unit"]]
