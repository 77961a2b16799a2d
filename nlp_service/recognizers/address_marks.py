"""Finds the words that mark the levels of an address: 省 市 区 镇 路 号 花园 栋 单元 室.

    "张江路88号3栋" -> road(路) unit(88号) unit(3栋)

Looks only at characters that can end such a word, then at the few characters before.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from nlp_service.recognizers.lists import words

_ENDS = re.compile(
    "[路街道巷同镇乡村屯省市区县旗州盟苑府庭湾轩园城里楼院号元栋幢座弄室层组户期门队"
    "厦寓场舍学居墅心站]"
)
# A counted part: 88号, 甲3号, a座, 十二栋, 3号楼. Anchored at its end on a slice of eight.
_COUNT = re.compile(
    r"(?:[甲乙丙丁]?[0-9]{1,5}(?:-[0-9]{1,4})?|[a-z][0-9]{0,4}|[0-9]{1,4}[a-z]"
    r"|[一二三四五六七八九十百]{1,4}|[甲乙丙丁东西南北])$"
)
_COUNT_ENDS = frozenset(
    "0123456789abcdefghijklmnopqrstuvwxyz一二三四五六七八九十百甲乙丙丁东西南北"
)
_UNIT_ENDS = frozenset("楼院号元栋幢座弄室层组户巷期门队区")
_LONG_UNITS = frozenset({"号楼", "号院", "单元"})
_ESTATES = words("address_words", "estates")
_ROADS = ("大道", "大街", "胡同", "路", "街", "巷", "道")
_TOWNS = ("街道", "镇", "乡", "村", "屯")
_REGIONS = ("自治区", "自治州", "地区", "新区", "省", "市", "区", "县", "旗", "州", "盟")
_SHORTS = ("苑", "府", "庭", "湾", "轩", "园", "城", "里", "居")
_LEVELS = (
    ("estate", _ESTATES),
    ("town", _TOWNS),
    ("road", _ROADS),
    ("region", _REGIONS),
    ("short", _SHORTS),
)
# By last character, longest first.
_ENDINGS: dict[str, list[tuple[str, str]]] = {}
for _level, _endings in _LEVELS:
    for _ending in _endings:
        _ENDINGS.setdefault(_ending[-1], []).append((_ending, _level))
for _listed in _ENDINGS.values():
    _listed.sort(key=lambda pair: -len(pair[0]))
_WORDS = words("address_words", "not_marks")
_NOT_AFTER_COUNT = (
    "线",
    "链",
    "色",
    "电池",
    "球",
    "仓",
    "店",
    "库",
    "机",
    "款",
    "码",
    "套餐",
    "客服",
)


class Mark(NamedTuple):
    """`start` is where the counted part, or the suffix word itself, begins."""

    level: str
    start: int
    end: int


def marks(text: str) -> list[Mark]:
    """Marks in order, half-open offsets; where two overlap the longer, later one stays."""
    found: list[Mark] = []
    for mark in _all(text):
        while found and mark.start < found[-1].end:
            found.pop()
        found.append(mark)
    return found


def _all(text: str) -> Iterator[Mark]:
    for match in _ENDS.finditer(text):
        end = match.end()
        mark = _unit(text, end) if match[0] in _UNIT_ENDS else None
        mark = mark or _named(text, end)
        if mark:
            yield mark


def _unit(text: str, end: int) -> Mark | None:
    counted = end - (2 if text[end - 2 : end] in _LONG_UNITS else 1)
    if counted < 1 or text[counted - 1] not in _COUNT_ENDS or text[counted] in "元院":
        return None
    match = _COUNT.search(text[max(0, counted - 8) : counted])
    if match is None or text.startswith(_NOT_AFTER_COUNT, end):
        return None
    start = counted - len(match[0])
    if text[start - 1 : start].isdigit() or text[start - 1 : start] in ("第", "前", "¥", "."):
        return None
    return Mark("unit", start, end)


def _named(text: str, end: int) -> Mark | None:
    if text[max(0, end - 2) : end] in _WORDS:
        return None
    for ending, level in _ENDINGS.get(text[end - 1], ()):
        if text.endswith(ending, 0, end):
            start = end - len(ending)
            is_half = level == "road" and text[end : end + 1] == "道"
            return None if is_half else Mark(level, start, end)
    return None
