"""Vehicle plates: 沪A·12345, new-energy 沪AD12345, 学 挂 警 港 澳 endings (GA 36-2018).

One province character, a letter (no I, O), then five letters and digits, two digits at least,
or six for new energy: D/F-like letter first and four digits, or five digits and the letter last.
Province characters that end or are everyday words (全新A12345, 北京A1) need a cue or a dot.
"""

import re

from nlp_service.recognizers.context import any_of, has_cue_near
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.reading import LATIN_OR_DIGIT, Reading

KIND = "plate"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
# Classes of one fixed length each: linear. The dot is the embossed one.
_FORM = re.compile(
    rf"([{_PROVINCES}])([a-hj-np-z])([ .·•-]?)"
    r"((?:[a-hjk][a-hj-np-z0-9][0-9]{4}|[0-9]{5}[a-hjk]|[a-hj-np-z0-9]{5}|[a-hj-np-z0-9]{4}[学挂警港澳]))"
)
_CUES = any_of(
    "车牌", "车号", "牌照", "号牌", "违章", "车主", "车子", "停车", "开车", "车是", "的车"
)
# Words that end in a province character: 全新, 北京, 多云, 富贵, 年青, 收藏, 安宁, 四川, 冰川.
_WORD_ENDINGS = (
    "全新", "最新", "更新", "上新", "清新", "崭新", "创新", "焕新", "翻新", "九成新", "成新",
    "北京", "南京", "东京", "多云", "白云", "乌云", "富贵", "宝贵", "珍贵", "太贵", "好贵",
    "年青", "收藏", "珍藏", "安宁", "南宁", "辽宁", "四川", "天津", "重新", "最黑", "曜黑",
    "亮黑", "纯黑", "哑黑", "内蒙", "甘", "行使", "即使", "使",
)  # fmt: skip
# 新, 黑, 青, 贵, 云, 京 before Latin letters are often words: 新x5 款, 黑m12345.
_EVERYDAY = "新黑青贵云使藏吉"


def find(reading: Reading) -> list[Hit]:
    """Plates; the value is province, letter and number without the dot, in upper case."""
    if not reading.has_latin or not reading.chains:
        return []
    text = reading.text
    return [hit for match in _FORM.finditer(text) if (hit := _hit(text, match))]


def _hit(text: str, match: re.Match[str]) -> Hit | None:
    start, end = match.span()
    province, letter, dot, number = match.groups()
    if text[end : end + 1] in LATIN_OR_DIGIT or sum(c.isdigit() for c in number) < 2:
        return None
    cued = has_cue_near(text, start, end, _CUES)
    if not (cued or dot in ("·", "•")) and not _reads_as_plate(text, start, province, number):
        return None
    value = (province + letter + number).upper()
    return Hit(KIND, start, end, value, 0.95 if cued else 0.75, verified=True, rank=Rank.NAMED)


def _reads_as_plate(text: str, start: int, province: str, number: str) -> bool:
    """Without a cue: no word ends in the province character, and at most two letters follow."""
    before = text[max(0, start - 2) : start + 1]
    if before.endswith(_WORD_ENDINGS) and len(before) > 1:
        return False
    letters = sum("a" <= character <= "z" for character in number)
    if province in _EVERYDAY:
        touches_han = start > 0 and "一" <= text[start - 1] <= "鿿"
        return not touches_han and letters <= 1
    return letters <= 2
