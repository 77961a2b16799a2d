"""A value that stands masked by a placeholder, as logs and templates have it, shows nothing.

湖北[地址x] 可以送达, 【手机号】 是您本人吗: who typed it back showed no address and no number.
"""

from collections.abc import Sequence

import re2

from nlp_service.chat.reader import MerchantReading
from nlp_service.domain import Act, Span

_PLACEHOLDER = re2.compile(r"\[[^\[\]]{1,8}\]|【[^【】]{1,8}】|<[^<>]{1,8}>|\{[^{}]{1,8}\}")
_SHOWS = frozenset({"own", "other"})
_REST_CHARS = 6  # beside it: a province, a form of address


def is_masked(act: Act, reading: MerchantReading) -> bool:
    """Whether `act` claims that data is shown where hardly more than placeholders stand."""
    if act.act not in _SHOWS or any(
        _touches(act, entity.start, entity.end) for entity in reading.entities
    ):
        return False
    holes = _holes(reading.normalized.raw)
    if not any(_touches(act, *hole) for hole in holes):
        return False
    return all(_rest(span, holes) <= _REST_CHARS for span in act.spans)


def stands_masked(words: str) -> bool:
    """Whether `words` are placeholders and hardly anything else."""
    holes = _holes(words)
    return bool(holes) and _rest(Span(0, len(words)), holes) <= _REST_CHARS


def _holes(text: str) -> list[tuple[int, int]]:
    return [(match.start(), match.end()) for match in _PLACEHOLDER.finditer(text)]


def _touches(act: Act, start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in act.spans)


def _rest(span: Span, holes: Sequence[tuple[int, int]]) -> int:
    """Characters of `span` that stand in no placeholder."""
    covered = (min(span.end, end) - max(span.start, start) for start, end in holes)
    return span.end - span.start - sum(chars for chars in covered if chars > 0)
