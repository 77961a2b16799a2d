"""Disguised words: 薇信, 卫❤星, wei xin and 亻言 read as the word they stand for.

    text -> view without noise -> literal hits -> conditions -> no overlap -> edits

The words, their disguises and the cues they need are data (lexicon.py). A hit over a gap (微.信)
is taken only where the lexicon allows it, so noise is never removed from ordinary text.
"""

import itertools
import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import ahocorasick

from nlp_service.text.lexicon import Condition, Lexicon, Pattern, load_lexicon, surroundings
from nlp_service.text.offsets import Edit

# More than three signs between two characters separate them rather than hide them.
_MAX_GAP_CHARS = 3
# Punctuation that ends or parts ordinary clauses; across it two characters seldom are a word.
_CLAUSE_MARKS = frozenset(" \n\t,。!?;:、…~()[]{}<>《》〈〉「」『』【】“”‘’\"'—")
# One character at a time, four times or more: the gaps are the disguise (转 账 给 我).
_CHARACTER, _NOISE = r"[^\W_]", r"(?:[^\w\n]|_)"
_SPACED_OUT = re.compile(
    rf"(?<!{_CHARACTER})(?:{_CHARACTER}{_NOISE}{{1,3}}){{3,}}{_CHARACTER}(?!{_CHARACTER})"
)
# What follows the name in an e-mail address; the names of hosts end after 63 characters.
_MAIL_HOST = re.compile(r"@ ?[a-z0-9-]{1,63}+ ?[.点]")


class Readings(NamedTuple):
    """Edits of a text, and the stretches `[start, end)` that were read as another word."""

    edits: Sequence[Edit]
    read: Sequence[tuple[int, int]]


class _Hit(NamedTuple):
    start: int
    end: int
    pattern: Pattern
    places: Sequence[int]


class _Around:
    """Asks what stands around a place of one text; the same question in the same words once.

    Lives as long as one reading, so that no words of a text are kept.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._answers: dict[tuple[int, bytes], bool] = {}

    def fulfils(self, condition: Condition, start: int, end: int) -> bool:
        around = surroundings(self._text, start, end)
        question = (id(condition), around)
        if question not in self._answers:
            self._answers[question] = condition.holds(around)
        return self._answers[question]


class _View(dict[int, int | None]):
    """For `str.translate`: drops what is no letter, digit or kept symbol."""

    def __init__(self, kept: frozenset[str]) -> None:
        super().__init__()
        self._kept = kept

    def __missing__(self, code: int) -> int | None:
        stays = chr(code).isalnum() or chr(code) in self._kept
        self[code] = result = code if stays else None
        return result


class Reader:
    """Searches one lexicon; built once, shared by all threads, holds no state of a text."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._symbols = lexicon.symbols
        self._bare = _View(frozenset())
        self._signed = _View(lexicon.symbols)
        automaton = ahocorasick.Automaton()
        for literal, patterns in lexicon.patterns.items():
            automaton.add_word(literal, (len(literal), patterns))
        automaton.make_automaton()
        self._iter: Callable[[str], Iterator[tuple[int, tuple[int, tuple[Pattern, ...]]]]] = (
            automaton.iter
        )

    def read(self, text: str) -> Readings:
        """What `text` (folded, simplified) says under its disguises."""
        hits = self._hits(text, self._bare)
        if not self._symbols.isdisjoint(text):
            signed = self._hits(text, self._signed)
            hits += [hit for hit in signed if not hit.pattern.literal.isalnum()]
        if not hits:
            return _NOTHING
        spaced_out = _spaced_out(text) if not all(map(_gapless, hits)) else ()
        kept = [hit for hit in hits if not hit.pattern.word and _gapless(hit)]
        around = _Around(text)
        taken = [hit for hit in hits if _is_reading(text, hit, spaced_out, around)]
        return _readings(text, _without_overlap(taken, kept))

    def _hits(self, text: str, view: _View) -> list[_Hit]:
        """Every literal found, but for words that simply stand there as themselves."""
        found = list(self._iter(text.translate(view)))
        if not found:
            return []
        places = [at for at, character in enumerate(text) if view[ord(character)] is not None]
        hits: list[_Hit] = []
        for last, (size, patterns) in found:
            own = places[last + 1 - size : last + 1]
            gapless = own[-1] - own[0] + 1 == size
            for pattern in patterns:
                if not (gapless and pattern.literal == pattern.word):
                    inner = own[pattern.lead : size - pattern.trail]
                    hits.append(_Hit(inner[0], inner[-1] + 1, pattern, own))
        return hits


_NOTHING = Readings((), ())


@lru_cache(maxsize=1)
def shipped_reader() -> Reader:
    """The reader of the shipped lexicon; the first call takes about a fifth of a second."""
    return Reader(load_lexicon())


def variant_edits(text: str) -> Readings:
    """What `text` (folded, simplified) says under its disguises, by the shipped lexicon."""
    return shipped_reader().read(text)


def _gaps(hit: _Hit) -> list[tuple[int, int, int]]:
    """Offset in the literal, start and end in the text of every gap."""
    places = hit.places
    return [
        (order, one + 1, two)
        for order, (one, two) in enumerate(itertools.pairwise(places), start=1)
        if two > one + 1
    ]


def _spaced_out(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _SPACED_OUT.finditer(text)]


def _gapless(hit: _Hit) -> bool:
    return hit.places[-1] - hit.places[0] + 1 == len(hit.places)


def _is_reading(
    text: str, hit: _Hit, spaced_out: Sequence[tuple[int, int]], around: _Around
) -> bool:
    pattern = hit.pattern
    if not pattern.word or text[hit.start : hit.end] == pattern.word:
        return False
    start, end = hit.places[0], hit.places[-1] + 1
    if not _bounded(text, start, end, pattern.literal):
        return False
    if not _gapless(hit) and not _may_gap(text, hit, spaced_out):
        return False
    if pattern.unless is not None and around.fulfils(pattern.unless, start, end):
        return False
    return pattern.needs is None or around.fulfils(pattern.needs, start, end)


def _bounded(text: str, start: int, end: int, literal: str) -> bool:
    """Latin letters end where the literal ends; wx.qq.com and kefu@163.com stay whole."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if _is_latin(literal[0]) and _is_latin(before):
        return False
    if _is_latin(literal[-1]) and _is_latin(after):
        return False
    if not literal.isascii():
        return True
    far = text[end + 1 : end + 2]
    if _MAIL_HOST.match(text, end):
        return False
    return before not in tuple("./@_-") and not (after in tuple("./") and _is_latin(far))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _may_gap(text: str, hit: _Hit, spaced_out: Sequence[tuple[int, int]]) -> bool:
    gaps = _gaps(hit)
    if any(end - start > _MAX_GAP_CHARS for _, start, end in gaps):
        return False
    pattern = hit.pattern
    if all(order in pattern.joints for order, _, _ in gaps):
        return True
    if not _between_characters(pattern.literal, [order for order, _, _ in gaps]):
        return False
    if _within(hit, spaced_out):
        return True
    if pattern.gaps == "symbols":
        return not any(_CLAUSE_MARKS & set(text[start:end]) for _, start, end in gaps)
    return pattern.gaps == "any"


def _within(hit: _Hit, stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether one of the ordered stretches holds the whole hit."""
    at = bisect_right(stretches, (hit.places[0], sys.maxsize)) - 1
    return at >= 0 and hit.places[-1] < stretches[at][1]


def _between_characters(literal: str, orders: Sequence[int]) -> bool:
    """Gaps inside a Latin piece count only when they stand between all of its letters."""
    inner = [
        order
        for order in range(1, len(literal))
        if _is_latin(literal[order - 1]) and _is_latin(literal[order])
    ]
    split = [order for order in inner if order in orders]
    return not split or split == inner


def _without_overlap(hits: Sequence[_Hit], kept: Sequence[_Hit]) -> list[_Hit]:
    """The longest readings first from the left, none on an ordinary phrase it does not cover."""
    phrases = sorted(kept, key=lambda phrase: phrase.start)
    starts = [phrase.start for phrase in phrases]
    longest = max((phrase.end - phrase.start for phrase in phrases), default=0)
    chosen: list[_Hit] = []
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        near = slice(bisect_left(starts, hit.start - longest), bisect_left(starts, hit.end))
        if chosen and hit.start < chosen[-1].end:
            continue
        if not any(_guards(phrase, hit) for phrase in phrases[near]):
            chosen.append(hit)
    return chosen


def _guards(phrase: _Hit, hit: _Hit) -> bool:
    overlaps = phrase.start < hit.end and hit.start < phrase.end
    inside = hit.places[0] <= phrase.start and phrase.end <= hit.places[-1] + 1
    smaller = phrase.end - phrase.start < hit.places[-1] + 1 - hit.places[0]
    return overlaps and not (inside and smaller)


def _readings(text: str, hits: Sequence[_Hit]) -> Readings:
    edits: list[Edit] = []
    for hit in hits:
        inner = [at for at in hit.places if hit.start <= at < hit.end]
        word = hit.pattern.word
        if len(inner) == len(word):
            edits += _one_for_one(text, inner, word)
        else:
            edits.append(Edit(hit.start, hit.end, word))
    return Readings(edits, [(hit.start, hit.end) for hit in hits])


def _one_for_one(text: str, places: Sequence[int], word: str) -> Iterator[Edit]:
    """Character for character; what stood in the gaps falls away."""
    previous = places[0] - 1
    for at, character in zip(places, word, strict=True):
        if at > previous + 1:
            yield Edit(previous + 1, at, "")
        if text[at] != character:
            yield Edit(at, at + 1, character)
        previous = at
