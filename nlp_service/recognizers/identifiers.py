"""Gives identifiers back their letters where the normaliser read a word into them.

    加微信kefu_001 -> normalised 加微信客服_001 -> here 加微信kefu_001

Pinyin that touches digits, _, @ or other letters is part of a name somebody chose, not a disguised
word. Cues stay read (vx123456 is 微信 and a number). Undone here and not in the normaliser, because
what is best for finding an account (fanxian100 as typed) hides an act from the models (返现100).
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from nlp_service.text.offsets import NormalizedText

_CUES = frozenset(
    {"微信", "支付宝", "扣扣", "加", "电话", "手机", "微", "信", "企鹅", "钉钉", "群", "微信号"}
)
_TOUCHING = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_@")


class _Stretch(NamedTuple):
    """`[first, last)` in the normalised text was `letters`, from `start` on, in the raw text."""

    first: int
    last: int
    letters: str
    start: int


def with_identifiers(text: NormalizedText) -> NormalizedText:
    """The same text with identifiers as they were typed; untouched where nothing was disguised."""
    stretches = [found for found in _pinyin(text) if _is_part_of_a_name(text.text, found)]
    for found in reversed(stretches):
        text = _restored(text, found)
    return text


def _pinyin(text: NormalizedText) -> Iterator[_Stretch]:
    """Neighbouring characters read from one and the same raw stretch of letters."""
    spans = zip(text.starts, text.ends, strict=True)
    for (start, end), run in groupby(enumerate(spans), key=lambda place: place[1]):
        letters = text.raw[start:end].lower()
        if len(letters) > 1 and letters.isascii() and letters.isalpha():
            places = [at for at, _ in run]
            if not text.text[places[0]].isascii():
                yield _Stretch(places[0], places[-1] + 1, letters, start)


def _is_part_of_a_name(text: str, found: _Stretch) -> bool:
    after = text[found.last : found.last + 1]
    if text[found.first : found.last] in _CUES:
        return False
    return after in _TOUCHING or text[found.first - 1 : found.first] in _TOUCHING


def _restored(text: NormalizedText, found: _Stretch) -> NormalizedText:
    size = len(found.letters)
    starts = tuple(range(found.start, found.start + size))
    ends = tuple(range(found.start + 1, found.start + size + 1))
    return NormalizedText(
        text.raw,
        text.text[: found.first] + found.letters + text.text[found.last :],
        text.starts[: found.first] + starts + text.starts[found.last :],
        text.ends[: found.first] + ends + text.ends[found.last :],
        text.disguised,
    )
