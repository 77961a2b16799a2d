"""Checkable claims of a message against the facts that the caller vouches for (boundary 18).

Only what was supplied is checked: without facts nothing is true and nothing is contradicted.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import re2

from nlp_service.domain import ChatContext
from nlp_service.policy.facts import ClaimFact
from nlp_service.text.offsets import NormalizedText

_CHINESE = {
    "一": 1,
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_COUNTED = re2.compile(
    r"(?:只剩|仅剩|就剩|还剩|仅余|最后|库存只有|仓库只有|就这)下?了?(?:最后)?"
    r"([0-9]{1,5}|[一两二三四五六七八九十])"
    r"(?:件|个|台|双|套|单|份|箱|瓶|条|盒|张|包|只|把|本|支|款|枚|颗|块|对|副)"
)
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
_ENDS_TODAY = re2.compile(
    r"(?:今天|今晚|今日)[^,。!?;]{0,10}(?:结束|截止)|最后一天|明天就?(?:恢复原价|涨价)"
)
# A deadline counts as the campaign's only where the message speaks of an offer.
_OFFER = re2.compile(r"活动|优惠|特价|价|券|折|立减|满减|预售|定金|补款")
_LOWEST = re2.compile(
    r"(全年|历史|史上|史|年度|一年(?:里|内)?的?|([0-9]{1,4})天(?:内|里)?的?)(?:最低|最优惠|新低|底价)"
)
_VAGUE_SCARCITY_STOCK = 50  # "nearly gone" with this many in stock is contradicted
_YEAR_DAYS = 365


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
    for match in _COUNTED.finditer(text):
        if text.startswith(_NOT_GOODS, match.end()):
            continue
        said = match[1]
        count = int(said) if said.isdigit() else _CHINESE[said]
        # Sales go on while people type; half as much again is still a true report.
        yield "stock", stock <= max(count * 1.5, count + 2), match.start(), match.end()
    for match in _SCARCE.finditer(text):
        yield "stock", stock < _VAGUE_SCARCITY_STOCK, match.start(), match.end()
    for match in _IN_STOCK.finditer(text):
        if stock == 0 and not _NEGATED.search(text[: match.start()]):
            yield "stock", False, match.start(), match.end()


def _campaign_claims(
    text: str, context: ChatContext, zone: timezone
) -> Iterator[tuple[str, bool, int, int]]:
    ends, now = context.facts.campaign_ends_at, context.sent_at
    if ends is None or now is None or not _OFFER.search(text):
        return
    for match in _ENDS_TODAY.finditer(text):
        yield "campaign", _same_evening(ends, now, zone), match.start(), match.end()


def _same_evening(ends: datetime, now: datetime, zone: timezone) -> bool:
    """Whether the campaign ends on the day of `now`, the following midnight included."""
    local, today = ends.astimezone(zone), now.astimezone(zone).date()
    return (local - timedelta(minutes=1)).date() == today or local.date() == today


def _price_claims(text: str, context: ChatContext) -> Iterator[tuple[str, bool, int, int]]:
    days = context.facts.lowest_price_days
    if days is None:
        return
    for match in _LOWEST.finditer(text):
        claimed = int(match[2]) if match[2] else _YEAR_DAYS
        yield "lowest_price", days >= claimed, match.start(), match.end()
