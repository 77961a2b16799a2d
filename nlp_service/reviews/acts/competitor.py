"""Steering by pattern: steers readers to another shop by name or link, as its purpose.

An ordinary comparison (没有XX家的好吃), a shop outside the web (去超市买) and 去别家买吧 are none.
"""

from collections.abc import Sequence

import re2

from nlp_service.reviews.acts.act import Finding
from nlp_service.reviews.lexicon import union
from nlp_service.text.offsets import NormalizedText

_SURE = 0.9
_ALTERNATIVES = (
    r"(?:去|到|上|搜|搜索|认准|推荐|建议|关注|进|选)(?:大家|一下|下|去|你们|买)*[^,。!?;\s的]{1,12}(?:旗舰店|专营店|专卖店|官方店|小店|店铺|店|家)"
    r"(?:吧|买|看看|下单|入手|拍|又便宜|更便宜|便宜|质量|正品|真的|比这|那边|才是|好多了|的好)",
    r"(?:认准|请认准|只认|搜索?)[^,。!?;\s]{2,12}(?:牌|旗舰店|专营店|店)",
    r"(?:去|看|上|搜|点|买|关注)[^,。!?;]{0,6}(?:https?:|www\.)\S+",
    r"(?:去|上|搜|点)[^,。!?;@]{0,6}[a-z0-9-]+\.(?:com|cn|net|top|shop)(?:/\S*)?",
)
_PATTERN = union(_ALTERNATIVES)
_ORDINARY = re2.compile(
    r"实体|酒店|饭店|宾馆|书店|花店|音像店|京东|天猫|淘宝|亚马逊|官方|专柜|超市|药店|门店|商场|菜市场|水果店|维修|这家|这个|本店|该店|你家|你们|他家|她家|自家|别家|别的|其他|其它|另一|另外|别处|隔壁|楼下|线下|网吧|医院|回家|到家|全家|大家|人家|商家|卖家|店家|国家|买家|上家|下家|专家|当家|厂家|独家|管家|官方旗舰店买|品牌店"
)


def needed() -> Sequence[str]:
    """Patterns of which one must match where anything is found."""
    return _ALTERNATIVES


def find(text: NormalizedText) -> Finding | None:
    """Named shops or links that readers are sent to."""
    spans = tuple(
        text.raw_span(match.start(), match.end())
        for match in _PATTERN.finditer(text.text)
        if not _ORDINARY.search(match.group())
    )
    return (_SURE, spans) if spans else None
