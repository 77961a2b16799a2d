"""Times and amounts that a review claims, read from its normalised text."""

from collections.abc import Iterator
from typing import NamedTuple

import re2

_NUMERALS = {
    "半": 0.5,
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
}
_NUMERALS |= {"十": 10, "几": 3}
_DAYS = {"天": 1.0, "日": 1.0, "周": 7.0, "星期": 7.0, "礼拜": 7.0, "月": 30.0, "年": 365.0}
NUMBER = r"(?:\d{1,4}(?:\.\d)?|[半一两二三四五六七八九十几]{1,3})"
UNIT = r"(?:天|日|周|星期|礼拜|月|年)"


class Claim(NamedTuple):
    """A stretch of the normalised text and the number that it claims."""

    start: int
    end: int
    value: float


def duration_claims(text: str, pattern: "re2.Pattern") -> Iterator[Claim]:
    """Days claimed; `pattern` has the groups `number`, `unit` and optionally `half`."""
    for match in pattern.finditer(text):
        days = _DAYS[match.group("unit")]
        value = read_number(match.group("number")) * days
        value += 0.5 * days if match.group("half") else 0.0
        yield Claim(match.start(), match.end(), value)


def read_number(text: str) -> float:
    """Arabic digits, or a Chinese number below one hundred; 几 is read as three."""
    if text[0].isdigit():
        return float(text)
    head, ten, tail = text.partition("十")
    if not ten:
        return float(_NUMERALS[text[-1]])
    tens = _NUMERALS[head[-1]] if head else 1
    return float(tens * 10 + (_NUMERALS[tail[0]] if tail else 0))
