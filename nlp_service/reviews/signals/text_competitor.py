"""text.competitor 竞品引流: steers readers to another shop by name or link, as its purpose.

An ordinary comparison (没有XX家的好吃), a shop outside the web (去超市买) and 去别家买吧 are none.
"""

import re2

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found
from nlp_service.reviews.view import ReviewView

CODE = "text.competitor"
_PATTERN = re2.compile(
    r"(?:去|到|上|搜|搜索|认准|推荐|建议|关注|进|选)(?:大家|一下|下|去|你们|买)*[^,。!?;\s的]{1,12}(?:旗舰店|专营店|专卖店|官方店|小店|店铺|店|家)"
    r"(?:吧|买|看看|下单|入手|拍|又便宜|更便宜|便宜|质量|正品|真的|比这|那边|才是|好多了|的好)|"
    r"(?:认准|请认准|只认|搜索?)[^,。!?;\s]{2,12}(?:牌|旗舰店|专营店|店)|"
    r"(?:去|看|上|搜|点|买|关注)[^,。!?;]{0,6}(?:https?:|www\.)\S+|(?:去|上|搜|点)[^,。!?;@]{0,6}[a-z0-9-]+\.(?:com|cn|net|top|shop)(?:/\S*)?"
)
_ORDINARY = re2.compile(
    r"实体|酒店|饭店|宾馆|书店|花店|音像店|京东|天猫|淘宝|亚马逊|官方|专柜|超市|药店|门店|商场|菜市场|水果店|维修|这家|这个|本店|该店|你家|你们|他家|她家|自家|别家|别的|其他|其它|另一|另外|别处|隔壁|楼下|线下|网吧|医院|回家|到家|全家|大家|人家|商家|卖家|店家|国家|买家|上家|下家|专家|当家|厂家|独家|管家|官方旗舰店买|品牌店"
)


def signal(review: Review, view: ReviewView) -> Signal:
    """Named shops or links that readers are sent to."""
    del review
    spans = [
        view.raw_span(match.start(), match.end())
        for match in _PATTERN.finditer(view.text)
        if not _ORDINARY.search(match.group())
    ]
    if not spans:
        return absent(CODE)
    return found(CODE, view.policy.weights[CODE], "评价把读者引向其他店铺或外部链接", spans=spans)
