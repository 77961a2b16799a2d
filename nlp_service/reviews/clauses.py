"""Clauses of a normalised review: the stretch over which one opinion, or one denial, reaches.

Finer than the clauses of chat: "质量不错但是物流慢" holds two opinions, so it is cut at 但是 too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

# One character class each, and a list of words: linear, and a loop over matches is several times
# faster here than with RE2.
_BREAK = re.compile(r"[。!?;,~、…:\n\t ]+|[.]{2,}|[.]\Z")
_TURN = re.compile(r"但是|但|不过|可是|然而|就是|只是|而且|另外|可惜|结果|除了")
_MIN_TURN = 2  # a turn word this near the start of a clause opens it and does not cut it


class Clause(NamedTuple):
    """Half-open place of a clause in the normalised text."""

    start: int
    end: int


class Placed(Protocol):
    """Anything at `[start, end)` of the normalised text."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The place behind its last character."""


_Hit = TypeVar("_Hit", bound=Placed)


def by_clause(found: Sequence[Clause], hits: Iterable[_Hit]) -> Iterator[tuple[Clause, list[_Hit]]]:
    """Clauses that hold hits whole, with these; `hits` come in the order of their ends."""
    number, own = 0, list[_Hit]()
    for hit in hits:
        while number < len(found) and found[number].end < hit.end:
            if own:
                yield found[number], own
            number, own = number + 1, []
        if number == len(found):
            return
        if hit.start >= found[number].start:
            own.append(hit)
    if own:
        yield found[number], own


def clauses(text: str) -> list[Clause]:
    """Clauses in order, separators left out; an empty text has none."""
    found: list[Clause] = []
    start = 0
    for match in _BREAK.finditer(text):
        first, last = match.span()
        if not _inside_number(text, first, last):
            found += _at_turns(text, start, first)
            start = last
    return found + _at_turns(text, start, len(text))


def _at_turns(text: str, start: int, end: int) -> list[Clause]:
    pieces: list[Clause] = []
    for match in _TURN.finditer(text, start, end):
        cut = match.start()
        if cut - start >= _MIN_TURN:
            pieces.append(Clause(start, cut))
            start = cut
    return [*pieces, Clause(start, end)] if end > start else pieces


def _inside_number(text: str, start: int, end: int) -> bool:
    return start > 0 and end < len(text) and text[start - 1].isdigit() and text[end].isdigit()
