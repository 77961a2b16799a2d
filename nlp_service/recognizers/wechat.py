"""WeChat ids: a letter and 5-19 letters, digits, - or _, or a phone or QQ number, after a cue.

Source: WeChat's own rule for ids. Without a cue only wxid_… is certain. Cues: 微信 (into which the
normaliser turns 薇信, 威信, 卫星 …), v信, wx, vx, weixin, wechat, 加v, v:.
Refuses: the cue as a product or payment way (微信支付, 微信图标抱枕), letters-only words with no
sign that an id follows, anything followed by @ or a domain.
"""

import re

from nlp_service.recognizers.account import between, chain_at, is_phone
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.reading import LATIN_OR_DIGIT, Reading

KIND = "wechat"
_CUE = re.compile(
    r"微信|薇信|威信|徽信|微❤️?|v信|v❤️?|wei信|(?:添加|加|\+|➕)(?:个|下|我)?(?:微信|薇信|威信|卫星|微(?!信)|薇|威|vx|v信|v(?!x))|卫星号"
    r"|weixin|wechat|wxid(?!_)|wx(?!id_)|vx|[我的私扫]v|v(?:我|号|:)"
)
_ID = re.compile(r"[a-z][-_a-z0-9]{5,19}")
_WXID = re.compile(r"(?<![a-z0-9_])wxid_[a-z0-9]{6,22}")
# The id stands before 是我微信; the look-behind keeps each start unique, so the scan is linear.
_BEFORE_CUE = re.compile(
    r"(?<![-_a-z0-9.@/])([a-z][-_a-z0-9]{5,19})[ ,]{0,2}(?:这个?)?(?:就?是)?"
    r"(?:我|咱|本店|店长|客服|老板)的?(?:微信|v信|vx|wx|weixin|v)"
)
# Latin words that follow 微信 in shop talk and are nobody's id.
_WORDS = frozenset(
    {"wechat", "weixin", "alipay", "taobao", "tmall", "jingdong", "pinduoduo", "douyin", "iphone"}
    | {"android", "huawei", "xiaomi", "official", "service", "wechatpay", "google", "samsung"}
    | {
        "windows",
        "macbook",
        "please",
        "thanks",
        "number",
        "wxpay",
        "unionpay",
        "kuaishou",
        "switch",
    }
)
_NUMBER_SIZES = range(5, 12)


def find(reading: Reading) -> list[Hit]:
    """Ids and numbers given as WeChat accounts; the value is in lower case."""
    text = reading.text
    if not (reading.has_latin or reading.most_digits >= 5):
        return []
    hits = [hit for match in _CUE.finditer(text) if (hit := _after(reading, match))]
    if "wxid_" in text:
        hits += [_hit(*match.span(), match[0], 0.98) for match in _WXID.finditer(text)]
    if not hits and ("微信" in text or "v" in text or "wx" in text):
        hits = [_hit(*m.span(1), m[1], 0.75) for m in _BEFORE_CUE.finditer(text) if _is_id(m[1])]
    return hits


def _after(reading: Reading, match: re.Match[str]) -> Hit | None:
    text, cue = reading.text, match[0]
    if "a" <= cue[0] <= "z" and text[match.start() - 1 : match.start()] in LATIN_OR_DIGIT:
        return None
    start, announced = between(text, match.end())
    announced = announced or cue[0] in "加添+➕" or cue.endswith(("id", ":", "号"))
    if text[start : start + 1].isdigit():
        return _number(reading, start, announced)
    account = _ID.match(text, start)
    return _id(text, *account.span(), announced) if account else None


def _id(text: str, start: int, end: int, announced: bool) -> Hit | None:
    value = text[start:end].rstrip("-")
    end = start + len(value)
    following = text[end : end + 1]
    if value in _WORDS or following in LATIN_OR_DIGIT or following in ("@", "/", ":"):
        return None
    if following == "." and text[end + 1 : end + 2] in LATIN_OR_DIGIT:
        return None
    if value.isalpha() and not announced:
        return None
    return _hit(start, end, value, 0.95 if announced else 0.85)


def _number(reading: Reading, start: int, announced: bool) -> Hit | None:
    chain = chain_at(reading, start)
    if chain is None or len(chain.digits) not in _NUMBER_SIZES or chain.digits[0] == "0":
        return None
    following = reading.text[chain.end : chain.end + 1]
    if following in LATIN_OR_DIGIT or following in ("@", "元", "块"):
        return None
    if is_phone(chain):
        return _hit(chain.start, chain.end, chain.digits, 0.95, verified=True)
    if not announced or len(chain.groups) > 3:
        return None
    return _hit(chain.start, chain.end, chain.digits, 0.7)


def _is_id(value: str) -> bool:
    return value not in _WORDS and not value.isalpha()


def _hit(start: int, end: int, value: str, score: float, verified: bool = False) -> Hit:
    return Hit(KIND, start, end, value, score, verified, Rank.NAMED)
