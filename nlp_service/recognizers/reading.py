"""The normalised text, cut once into what several recognisers ask for.

    "电话138-0013-8000,尾号8000" -> chains "13800138000" (three groups) and "8000"
                                 -> pieces by length: 3, 4, 7, 8, 11 digits

A chain is a maximal run of digit groups with at most two separators between them. Recognisers
look at whole groups only, so nothing is ever found inside a longer digit run.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

# Trivially linear (one character class after the other), so the standard engine is safe here, and
# ten times cheaper than a loop over RE2 matches.
_CHAIN = re.compile(r"[0-9]+(?:[-–—‐−._· ]{1,2}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
_LATIN = re.compile(r"[a-z]")
LATIN_OR_DIGIT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
# The longest number any recogniser takes in groups: 19 card digits.
_LONGEST_PIECE = 21


class Chain(NamedTuple):
    """Half-open offsets into the normalised text, all digits, and the groups they came in."""

    start: int
    end: int
    digits: str
    groups: tuple[tuple[int, int], ...]


class Piece(NamedTuple):
    """Neighbouring groups of one chain; `shape` holds their lengths."""

    start: int
    end: int
    digits: str
    shape: tuple[int, ...]
    chain: Chain


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` as normalised; `most_digits` is the length of the longest chain."""

    text: str
    chains: tuple[Chain, ...]
    by_length: dict[int, list[Piece]]
    most_digits: int
    has_latin: bool

    def pieces(self, lengths: Iterable[int]) -> list[Piece]:
        """Every run of neighbouring groups whose digits add up to one of `lengths`."""
        index = self.by_length
        return [piece for length in lengths if length in index for piece in index[length]]


def read(text: str) -> Reading:
    """Cut the normalised text into chains of digits, and index their pieces."""
    chains: list[Chain] = []
    for match in _CHAIN.finditer(text):
        written = match[0]
        if written.isdigit():
            chains.append(Chain(*match.span(), written, (match.span(),)))
        else:
            chains += _grouped(text, *match.span())
    by_length: dict[int, list[Piece]] = {}
    for chain in chains:
        for piece in _pieces(text, chain):
            by_length.setdefault(len(piece.digits), []).append(piece)
    most = max((len(chain.digits) for chain in chains), default=0)
    return Reading(text, tuple(chains), by_length, most, _LATIN.search(text) is not None)


def _grouped(text: str, start: int, end: int) -> Iterator[Chain]:
    groups: list[tuple[int, int]] = []
    for match in _GROUP.finditer(text, start, end):
        if groups and _are_two_numbers(text, groups[-1], match.span()):
            yield _chain(text, groups)
            groups = []
        groups.append(match.span())
    yield _chain(text, groups)


def _are_two_numbers(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Two long groups with a space between: two phones, an order number and a date."""
    if text[one[1]] != " ":
        return False
    sizes = (one[1] - one[0], other[1] - other[0])
    return min(sizes) >= 9 or max(sizes) >= 15


def _chain(text: str, groups: list[tuple[int, int]]) -> Chain:
    digits = "".join(text[start:end] for start, end in groups)
    return Chain(groups[0][0], groups[-1][1], digits, tuple(groups))


def _pieces(text: str, chain: Chain) -> Iterable[Piece]:
    if len(chain.groups) == 1:
        return (Piece(chain.start, chain.end, chain.digits, (len(chain.digits),), chain),)
    return _runs(text, chain)


def _runs(text: str, chain: Chain) -> Iterator[Piece]:
    sizes = [end - start for start, end in chain.groups]
    for first, (start, _) in enumerate(chain.groups):
        digits = ""
        for last in range(first, len(chain.groups)):
            begin, end = chain.groups[last]
            digits += text[begin:end]
            if len(digits) > _LONGEST_PIECE:
                break
            yield Piece(start, end, digits, tuple(sizes[first : last + 1]), chain)
