"""Postal addresses: at least two levels of which one is a road, an estate or a building.

    上海市 浦东新区 | 张江路 88号 | 阳光花园 3栋 2单元 501室
    region marks     road, number   estate, units

Neighbouring marks are joined into one address; its start is found by the closed lists of provinces,
cities and districts (GB/T 2260). A city or a district alone is no address. The masked form keeps
everything down to the district.
Refuses: 知道5号发货, 一楼二楼都有, 3号线, 广州仓发货.
"""

import re
from collections.abc import Iterator

from nlp_service.recognizers.address_marks import Mark, marks
from nlp_service.recognizers.context import any_of, has_cue_near
from nlp_service.recognizers.hit import Hit
from nlp_service.recognizers.reading import Reading
from nlp_service.recognizers.regions import longest_region_before, region_end

KIND = "address"
_GATE = re.compile(r"[路街道巷弄号栋幢座楼室园厦村镇乡苑寓府城湾庭组场]")
# Nothing before these belongs to a place name.
_STOPS = (
    "在到往至于是的住给寄送去从我您你他她这那哪请址货件收和与及或发走过有个条几多就"
    "麻烦亲不都也还没很了吗呢吧哦"
)
_NAME = re.compile(rf"[^{_STOPS}\W_]{{0,9}}")
_NAME_BACKWARD = re.compile(rf"[^{_STOPS}\W_0-9a-z]{{1,5}}$")
_CUES = any_of(
    "地址", "收货", "送到", "寄到", "寄往", "寄回", "住在", "住址", "发到", "收件", "家住",
    "位于", "退回", "派送", "住",
)  # fmt: skip
# 5号发货, 3号前: a day of the month.
_DATE_WORDS = (*tuple("发前到开晚早上下之左中当生放出截"), "左右", "以后", "以前")
_ROOM = re.compile(r"[ ,]?[-#]?[a-z]?[0-9]{1,4}(?:-[0-9]{1,5}){0,3}(?:室|号|房间|房)?(?![0-9a-z.])")
# 北京青年路支行 is a bank, 武汉转运中心 a stop of the parcel.
_NOT_ADDRESSED = ("支行", "分行", "营业厅", "营业部", "分理处")
_STATIONS = ("分拣中心", "转运中心", "集散中心", "配送中心", "营业中心", "客服中心", "大学城")
_STRUCTURES = ("栋", "幢", "单元", "座", "号楼", "号院", "弄")
_HOUSE_MARKS = ("号", "弄", "栋", "幢", "座", "楼", "单元", "室", "组", "院")
_DETAIL = frozenset({"unit", "estate", "road", "short"})
_BUILT = frozenset({"estate", "short"})


def find(reading: Reading) -> list[Hit]:
    """Addresses; the value is the text as normalised."""
    text = reading.text
    if not _GATE.search(text):
        return []
    return [hit for chain in _chains(text, marks(text)) if (hit := _hit(text, chain))]


def _chains(text: str, found: list[Mark]) -> Iterator[list[Mark]]:
    """Marks whose gaps hold a name of at most nine characters, no stop among them."""
    chain: list[Mark] = []
    for mark in found:
        if chain and not _continues(text, chain[-1], mark):
            yield chain
            chain = []
        chain.append(mark)
    if chain:
        yield chain


def _continues(text: str, last: Mark, mark: Mark) -> bool:
    gap = text[last.end : mark.start]
    sign = gap[:1] in (" ", ",", "-")
    if mark.level == "region" and last.level != "region" and sign:
        return False  # a second address begins
    name = gap[1:] if sign else gap
    return _NAME.fullmatch(name) is not None


def _hit(text: str, chain: list[Mark]) -> Hit | None:
    if not any(mark.level in _DETAIL for mark in chain) or _is_day(text, chain):
        return None
    start, anchored = _start(text, chain)
    chain = [mark for mark in chain if mark.start >= start]
    end = _end(text, chain)
    value = text[start:end]
    kept = region_end(value)
    if text.startswith(_NOT_ADDRESSED, end) or value.endswith(_STATIONS):
        return None
    if anchored and not _is_anchored_address(text, start + kept, chain):
        return None
    if not anchored and not _is_free_address(text, start, end, chain):
        return None
    shown = value[:kept] + "****"
    return Hit(KIND, start, end, value, 0.9 if anchored else 0.7, anchored, masked=shown)


def _is_day(text: str, chain: list[Mark]) -> bool:
    """5号发货: the only counted part is a day."""
    counted = [mark for mark in chain if mark.level == "unit"]
    last = chain[-1]
    is_number = text[last.end - 1] == "号"
    return counted == [last] and is_number and text.startswith(_DATE_WORDS, last.end)


def _start(text: str, chain: list[Mark]) -> tuple[int, bool]:
    """Where the address begins, and whether a listed province, city or district opens it."""
    first = chain[0]
    for mark in chain:
        if mark.level == "region" and (region := longest_region_before(text, mark.end)) is not None:
            return region, True
    start = first.start
    if first.level != "unit" and (name := _NAME_BACKWARD.search(text[max(0, start - 5) : start])):
        start -= len(name[0])
    for at in range(first.start, start - 1, -1):
        if (region := longest_region_before(text, at)) is not None:
            return region, True
    return start, False


def _end(text: str, chain: list[Mark]) -> int:
    """The last mark, and a bare room number after a building."""
    last = chain[-1]
    if last.level in ("unit", "estate", "short") and text[last.end - 1] not in "室层户":
        tail = _ROOM.match(text, last.end)
        return tail.end() if tail else last.end
    return last.end


def _is_anchored_address(text: str, region: int, chain: list[Mark]) -> bool:
    """A listed region, which ends at `region`, and a road or house below it.

    北京路 and 上海大学 have no name of their own; 义乌商城 alone is a place people talk about.
    """
    levels = {mark.level for mark in chain}
    if "unit" in levels:
        return len(chain) >= 2
    if not levels & {"road", "estate"} or chain[-1].start <= region:
        return False
    return "road" in levels or len(chain) >= 2 or has_cue_near(text, region, region, _CUES)


def _is_free_address(text: str, start: int, end: int, chain: list[Mark]) -> bool:
    """No listed region: a road with a number, an estate with a building, a building with rooms."""
    levels = {mark.level for mark in chain}
    units = [text[mark.start : mark.end] for mark in chain if mark.level == "unit"]
    cued = has_cue_near(text, start, start, _CUES)
    rooms = len(units) + (end > chain[-1].end)
    if chain[0].level == "unit":
        return units[0].endswith(_STRUCTURES) and rooms >= 2 and (cued or rooms >= 3)
    if not units:
        return cued and {"road", "estate"} <= levels
    if start == chain[0].start:
        return False  # a bare suffix without a name
    if "road" in levels or "town" in levels:
        return any(unit.endswith(_HOUSE_MARKS) for unit in units)
    return bool(levels & _BUILT) and (units[0].endswith(_STRUCTURES) or rooms >= 2 or cued)
