"""Who speaks in a review: a demand that the seller made is told by an honest buyer.

"客服加我微信说退20让我删差评" tells of the seller; "我跟客服说退200就改" is the buyer's own demand.
"""

import re2

_SELLER = (
    r"(?:客服|卖家|商家|店家|老板|掌柜|店主|对方|他们?|她们?|店铺|店里|厂家|售后|有人|骑手|外卖员|快递员|"
    r"机器人|(?:小)?卡片?|返现卡|纸条|短信|页面|宣传)"
)
_SPEAKS = (
    r"(?:说|让|叫|要求|要我|求|承诺|答应|打电话|打我电话|联系我|加我|加了|私信|愿意|想让|问我|忽悠|保证|提出|非要|主动|写着|印着|上写|"
    r"威胁|恐吓|骚扰|骂我|发短信|发信息|发消息|一直|提议|暗示|劝|拿|用)"
)
_REPORTED = re2.compile(rf"(?:^|[^跟和对给找让叫问向]){_SELLER}(?:[^。!?;\n]{{0,10}}?){_SPEAKS}")
# Between seller and verb nothing may address the seller: "老板你让我不爽,转我200".
_ADDRESSED = re2.compile(
    rf"{_SELLER}[,:!]?\s*(?:你|您|们?看到|看见|识相|赶紧|快|自己|如果|要|想|不|再)|"
    # 老板加我微信 calls the owner; 客服加我微信 tells of what a clerk did.
    r"(?:老板|卖家|商家|店家|掌柜|店主)[,:!]?\s*(?:加我|联系我|私信我|来找我)"
)
_TELLS = re2.compile(r"(?:说|让我|叫我|要我|求我|承诺|答应)")  # 卖家加我微信说…… tells after all
_PASSIVE = re2.compile(
    r"(?:让|叫|把|被|将|要求|求|求着|请|劝|催|逼|逼着|哄|喊|诱导|引诱|希望|骗|威胁|缠着|骚扰|追着)(?:着)?(?:我|俺|咱|买家|顾客|消费者|人家?|大家|你)(?:们)?"
    r"[^,。!?;\n]{0,8}$"
)
_SOUGHT = re2.compile(r"(?:请求|恳求|求|让|叫|用钱|花钱|出钱|给钱|拿钱)$")  # 打电话请求删评论
_CALLED = re2.compile(  # 一直打电话要我改好评; 要我改好评,先退200 is the buyer's own
    r"(?:打(?:来)?电话|来电话?|发短信|发消息|发信息|私信|骚扰)[^,。!?;\n]{0,4}要(?:我|俺|咱)$"
)
_OWN_TERMS = re2.compile(
    r"(?:想|要想|想要|若要|如果要|如果想|要|别想|休想|非要|真想)(?:让|叫|要|求|请)(?:我|俺|咱)[^,。!?;\n]{0,8}$"
)


def told_of_seller(text: str, start: int, *, reach: int = 40) -> bool:
    """Whether the words before `start`, back to the sentence's begin, name the seller as acting."""
    before = text[max(0, start - reach) : start + 6]
    before = _last_sentence(before)
    if not _REPORTED.search(before):
        return False
    return bool(_TELLS.search(text[start : start + 16])) or not _ADDRESSED.search(before)


def asked_of_buyer(text: str, start: int) -> bool:
    """Whether `text[start:]` is what somebody asks of the buyer (让我改), not the buyer's terms."""
    at = start + 1 if text[start] == "我" else start
    before = text[max(0, at - 14) : at]
    if _SOUGHT.search(before) or _CALLED.search(before):
        return True
    return bool(_PASSIVE.search(before)) and not _OWN_TERMS.search(before)


def _last_sentence(text: str) -> str:
    cut = max(text[:-6].rfind(mark) for mark in "。!?\n")
    return text[cut + 1 :]
