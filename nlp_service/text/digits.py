"""Numbers written so that a program does not see them: 一三八零零, l38OO, ①③⑧, 1 3 8-0 0.

    text -> runs of digit-like characters -> pieces that hold as one number -> edits

A run needs six of them, so that 一件, 二百 and 三个月 stay words; counting (1、2、3), price lists
and masks (138****) stay as they are. The usual grouping (138-0013-8000) is left to recognisers.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from nlp_service.text.fold import other_digit
from nlp_service.text.offsets import Edit

# Shorter numbers identify nobody: a group number or a short code begins at six figures.
_MIN_DIGITS = 6
# Spoken digits (拐, 吧) are everyday words; only a number as long as a phone's carries them.
_MIN_DIGITS_SPOKEN = 8
_SPOKEN_SHARE = 0.5
_MOBILE_DIGITS = 11
# Figures proper among the digit-like ones; l38OOl38OOO has four of eleven.
_PLAIN_SHARE, _PLAIN_SHARE_MOBILE = 0.5, 0.3

# How people group a mobile number; other groups of eleven figures are sizes and prices.
_MOBILE_GROUPS = ((3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 4, 3))

ASCII, WRITTEN, SPOKEN, DRAWN, ENCLOSED = "ascii", "written", "spoken", "drawn", "enclosed"


class Digits(NamedTuple):
    """Edits of a text, and the stretches `[start, end)` that were read as numbers."""

    edits: Sequence[Edit]
    read: Sequence[tuple[int, int]]


class _Token(NamedTuple):
    at: int
    digit: str
    kind: str


@lru_cache(maxsize=1)
def _alphabet() -> dict[str, tuple[str, str]]:
    """Digit and kind of every digit-like character."""
    alphabet = {digit: (digit, ASCII) for digit in "0123456789"}
    table = files("nlp_service.text").joinpath("data/digits.tsv").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            digit, *columns = line.split("\t")
            for kind, column in zip((WRITTEN, SPOKEN, DRAWN), columns, strict=True):
                alphabet |= dict.fromkeys(column, (digit, kind))
    for code in (*range(0xB2, 0x3300), *range(0x1F100, 0x1F10D)):
        value = other_digit(chr(code))
        if value is not None:
            alphabet[chr(code)] = (str(value), ENCLOSED)
    return alphabet


class _Outline(dict[int, str]):
    """For `str.translate`: 0 a plain figure, d a digit written otherwise, s a separator, x no part.

    No `*`, `:`, `$`, `%`, `+`, `=` among the separators: masks, times, prices and sums are not
    split numbers. Pictures and ornaments are.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        digit, kind = _alphabet().get(character, ("", ""))
        ornament = 0x2190 <= code < 0x2C00 or 0x1F000 <= code < 0x1FB00
        if digit:
            result = "0" if kind == ASCII else "d"
        else:
            result = "s" if ornament or character in " -_.·•~、,/|'—–―…`^" else "x"
        self[code] = result
        return result


_OUTLINE = _Outline()
# Up to three separators between two digits. Each start is decided within 24 characters: linear.
_RUN = re.compile(f"[0d](?:s{{0,3}}[0d]){{{_MIN_DIGITS - 1},}}")


def digit_edits(text: str) -> Digits:
    """What must change so that every disguised number stands in plain figures."""
    edits: list[Edit] = []
    read: list[tuple[int, int]] = []
    for match in _RUN.finditer(text.translate(_OUTLINE)):
        if not match.group().strip("0"):
            continue
        for piece in _pieces(text, _tokens(match.start(), text[match.start() : match.end()])):
            changes = _piece_edits(text, piece)
            edits += changes
            if changes:
                read.append((piece[0].at, piece[-1].at + 1))
    return Digits(edits, read)


def _tokens(start: int, run: str) -> list[_Token]:
    alphabet = _alphabet()
    return [
        _Token(start + at, *alphabet[character])
        for at, character in enumerate(run)
        if character in alphabet
    ]


def _pieces(text: str, tokens: list[_Token]) -> Iterator[list[_Token]]:
    """Parts of the run that hold as one number once words and list marks are cut out."""
    piece: list[_Token] = []
    for token, counts in zip(tokens, _counting(text, tokens), strict=True):
        if counts:
            piece.append(token)
        else:
            yield from _whole(text, piece)
            piece = []
    yield from _whole(text, piece)


def _whole(text: str, piece: list[_Token]) -> Iterator[list[_Token]]:
    piece = _without_words(text, piece)
    plain = sum(token.kind in (ASCII, WRITTEN, ENCLOSED) for token in piece)
    share = _PLAIN_SHARE_MOBILE if _is_mobile(piece) else _PLAIN_SHARE
    if len(piece) >= _MIN_DIGITS and plain >= share * len(piece):
        yield piece


def _counting(text: str, tokens: list[_Token]) -> Iterator[bool]:
    """For each token whether it is a digit here; facts of the whole run are found once."""
    mobile = _is_mobile(tokens)
    spoken = sum(token.kind == SPOKEN for token in tokens)
    speaks = len(tokens) >= _MIN_DIGITS_SPOKEN and spoken <= _SPOKEN_SHARE * len(tokens)
    code_end, code_counts = 0, False
    for order, token in enumerate(tokens):
        if token.kind == DRAWN:
            if token.at >= code_end:
                code_end, code_counts = _code_number(text, token.at, len(tokens))
            yield mobile or code_counts
        elif token.kind == SPOKEN:
            yield speaks and (mobile or _near(tokens, order, WRITTEN, SPOKEN))
        else:
            yield mobile or token.kind != ENCLOSED or _enclosed_counts(tokens, order)


def _near(tokens: list[_Token], order: int, *kinds: str) -> bool:
    """Whether the token before or behind is of one of these kinds."""
    around = tokens[max(order - 1, 0) : order] + tokens[order + 1 : order + 2]
    return any(token.kind in kinds for token in around)


def _code_number(text: str, at: int, run: int) -> tuple[int, bool]:
    """Where the code around a drawn digit ends, and whether it is a number.

    It is one of seven tenths figures. In a run as long as a mobile only a mobile is a number.
    """
    start, end = at, at + 1
    while start and _is_code(text[start - 1]):
        start -= 1
    while end < len(text) and _is_code(text[end]):
        end += 1
    code = text[start:end]
    figures = sum(character.isdecimal() for character in code)
    only = all(character in "0123456789oli丨" for character in code)
    share = figures * 10 >= len(code) * 7
    return end, only and share and run != _MOBILE_DIGITS and len(code) >= _MIN_DIGITS


def _is_code(character: str) -> bool:
    return (character.isascii() and character.isalnum()) or character == "丨"


def _enclosed_counts(tokens: list[_Token], order: int) -> bool:
    """A lone ① begins a list entry; one between digits, or several in a row, is a digit."""
    if _near(tokens, order, ENCLOSED):
        return True
    around = tokens[max(order - 1, 0) : order + 2]
    return len(around) == 3 and around[2].at - around[0].at == 2


def _without_words(text: str, piece: list[_Token]) -> list[_Token]:
    """The piece without Han digits at its rim that belong to a word (单号1234567一直没动)."""
    piece = _trim_spoken(piece)
    if _is_mobile(piece) or not piece:
        return piece
    return _trim_rim(text, _trim_rim(text, piece, last=True), last=False)


def _trim_spoken(piece: list[_Token]) -> list[_Token]:
    if _is_mobile(piece):
        return piece
    start, end = 0, len(piece)
    while end and piece[end - 1].kind == SPOKEN:
        end -= 1
    while start < end and piece[start].kind == SPOKEN:
        start += 1
    return piece[start:end]


def _trim_rim(text: str, piece: list[_Token], *, last: bool) -> list[_Token]:
    ordered = piece[::-1] if last else piece
    rim = 0
    while rim < len(ordered) and ordered[rim].kind != ASCII:
        rim += 1
    outside = ordered[0].at + (1 if last else -1)
    touches = 0 <= outside < len(text) and text[outside].isalpha()
    if 0 < rim <= 2 and rim < len(ordered) and touches and ordered[0].kind in (WRITTEN, SPOKEN):
        ordered = ordered[rim:]
    return ordered[::-1] if last else ordered


def _is_mobile(piece: Sequence[_Token]) -> bool:
    number = "".join(token.digit for token in piece)
    return len(number) == _MOBILE_DIGITS and number[0] == "1" and number[1] in "3456789"


def _piece_edits(text: str, piece: list[_Token]) -> list[Edit]:
    groups = _groups(piece)
    if _is_listing(text, groups):
        return []
    join = _is_scattered(text, groups)
    edits: list[Edit] = []
    for token, following in zip(piece, [*piece[1:], None], strict=True):
        if token.kind != ASCII:
            edits.append(Edit(token.at, token.at + 1, token.digit))
        if join and following is not None and following.at > token.at + 1:
            edits.append(Edit(token.at + 1, following.at, ""))
    return edits


def _groups(piece: list[_Token]) -> list[list[_Token]]:
    groups: list[list[_Token]] = [[piece[0]]]
    for token in piece[1:]:
        if token.at == groups[-1][-1].at + 1:
            groups[-1].append(token)
        else:
            groups.append([token])
    return groups


def _is_listing(text: str, groups: list[list[_Token]]) -> bool:
    """Counting up or down, a ruled line (一一一一), or 一 for a dash (1000一2000)."""
    if len(groups) > 1:
        steps = _steps([_value(group) for group in groups])
        return all(step > 0 for step in steps) or all(step < 0 for step in steps)
    single = groups[0]
    if _is_ruled(text, single) or _is_dashed(text, single):
        return True
    foreign = any(token.kind != ASCII for token in single)
    return foreign and _steps([int(token.digit) for token in single]) in ({1}, {-1})


def _steps(numbers: list[int]) -> set[int]:
    return {after - before for before, after in itertools.pairwise(numbers)}


def _value(group: list[_Token]) -> int:
    """The number, or its first figures: enough to see counting, and no huge conversion."""
    return int("".join(token.digit for token in group[:_MOBILE_DIGITS]))


def _is_ruled(text: str, group: list[_Token]) -> bool:
    return {text[token.at] for token in group} in ({"一"}, {"二"}, {"三"}, {"o"}, {"|"})


def _is_dashed(text: str, group: list[_Token]) -> bool:
    if _is_mobile(group):
        return False
    foreign = [token for token in group if token.kind != ASCII]
    return len(foreign) <= 2 and all(text[token.at] == "一" for token in foreign)


def _is_scattered(text: str, groups: list[list[_Token]]) -> bool:
    """Whether the separators only scatter one number; prices (1.5 2.0) are several."""
    gaps = {text[one[-1].at + 1 : two[0].at] for one, two in itertools.pairwise(groups)}
    if "." in gaps and gaps != {"."}:
        return False
    sizes = tuple(len(group) for group in groups)
    if sizes.count(1) >= 5 and sizes.count(1) * 5 >= len(sizes) * 3:
        return True
    odd = len(gaps) == 1 and gaps.isdisjoint((" ", "-"))
    return odd and sizes in _MOBILE_GROUPS and _is_mobile([t for group in groups for t in group])
