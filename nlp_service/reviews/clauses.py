"""Clauses of a normalised review: the stretch over which one opinion, or one denial, reaches.

Finer than the clauses of chat: "质量不错但是物流慢" holds two opinions, so it is cut at 但是 too.
"""

from typing import NamedTuple

import re2

_BREAK = re2.compile(r"[。!?;,~、…:\n\t ]+|[.]{2,}|[.]$")
_TURN = re2.compile(r"(?:但是|但|不过|可是|然而|就是|只是|而且|另外|可惜|结果|除了)")
_MIN_TURN = 2  # a turn word this near the start of a clause opens it and does not cut it


class Clause(NamedTuple):
    """Half-open place of a clause in the normalised text."""

    start: int
    end: int


def clauses(text: str) -> list[Clause]:
    """Clauses in order, separators left out; an empty text has none."""
    found: list[Clause] = []
    start = 0
    for match in _BREAK.finditer(text):
        if not _inside_number(text, match.start(), match.end()):
            found += _at_turns(text, start, match.start())
            start = match.end()
    return found + _at_turns(text, start, len(text))


def _at_turns(text: str, start: int, end: int) -> list[Clause]:
    pieces: list[Clause] = []
    for match in _TURN.finditer(text[start:end]):
        cut = start + match.start()
        if cut - (pieces[-1].end if pieces else start) >= _MIN_TURN:
            pieces.append(Clause(pieces[-1].end if pieces else start, cut))
    last = pieces[-1].end if pieces else start
    return [*pieces, Clause(last, end)] if end > last else pieces


def _inside_number(text: str, start: int, end: int) -> bool:
    return start > 0 and end < len(text) and text[start - 1].isdigit() and text[end].isdigit()
