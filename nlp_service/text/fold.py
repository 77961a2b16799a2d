"""What one code point is read as, whatever stands around it: width, case, look-alikes, nothing.

    raw -> table lookup -> as long as raw (usual), or a draft with a map (something fell away)

Owned here: NFKC, lower case, accents, invisible characters, look-alike letters of other scripts.
Digits written otherwise (①, 壹) stay: whether they are digits depends on their neighbours.
"""

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from nlp_service.text.offsets import Draft, Edit

# A noncharacter: no honest text has it, and text that has it only takes the slower way.
_ODD = "\uffff"
_ODD_PLACE = re.compile(_ODD)

# Look blank but count as letters or symbols for Unicode: Hangul fillers, empty braille cell.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\ufffc")

# Marks that overlay or decorate; vowel signs of real scripts (Thai, Arabic) are not among them.
_MARK_RANGES = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0x302A, 0x302D),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)
_MARKS = frozenset(chr(code) for low, high in _MARK_RANGES for code in range(low, high + 1))
# Variation selectors and the keycap make an emoji of a figure; they hide nothing.
_PICTURE_MARKS = frozenset(map(chr, (0x20E3, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_EUROPEAN = ("LATIN", "GREEK", "CYRILLIC")

# Longer forms (ﷺ gives 18 characters, ㎯ six) stay as they are: a text must not grow without bound.
_LONGEST_FORM = 4
# All that NFKC lengthens (about 1,300 code points) fit; single characters only, so no text is kept.
_KNOWN_FOLDS = 4096


@lru_cache(maxsize=1)
def _look_alikes() -> tuple[dict[str, str], frozenset[str]]:
    """Letter by its look-alike, and those that count only beside a Latin letter (α, β)."""
    letters: dict[str, str] = {}
    beside: set[str] = set()
    table = files("nlp_service.text").joinpath("data/confusables.tsv").read_text("utf-8")
    for line in table.splitlines():
        if not line or line.startswith("#"):
            continue
        letter, always, only_beside = ([*line.split("\t"), "", ""])[:3]
        letters |= dict.fromkeys(always + only_beside, letter)
        beside |= set(only_beside)
    return letters, frozenset(beside)


def is_mark(character: str) -> bool:
    """Whether it is drawn over the character before it."""
    return character in _MARKS


def other_digit(character: str) -> int | None:
    """The value 0 to 9 of an enclosed, raised or lowered digit (①, ❶, ㊀, ⑴, ²)."""
    if unicodedata.category(character) != "No":
        return None
    value = unicodedata.numeric(character, -1.0)
    return int(value) if value in range(10) else None


def _is_numbering(character: str) -> bool:
    """⑩ and ㉑ number a list; NFKC would glue them to the figures beside them."""
    value = unicodedata.numeric(character, -1.0)
    return unicodedata.category(character) == "No" and value == int(value) >= 0


@lru_cache(maxsize=_KNOWN_FOLDS)
def fold(character: str) -> str:
    """What a character is read as, at most four; empty for what is not seen."""
    letters, _ = _look_alikes()
    if character in letters:
        return letters[character]
    category = unicodedata.category(character)
    if character in _BLANK or category == "Cs" or character in "\ufffe\uffff":
        return ""
    if category in ("Cc", "Cf", "Zs", "Zl", "Zp"):
        return _fold_space(character, category)
    if is_mark(character):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character == "…" or (category == "No" and _is_numbering(character)):
        return character
    return _fold_letter(character)


def _fold_space(character: str, category: str) -> str:
    if character in "\n\u2028\u2029\x85":
        return "\n"
    return " " if category == "Zs" or character in "\t\v\f" else ""


def _fold_letter(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).lower()
    if len(folded) > _LONGEST_FORM:
        return character
    if unicodedata.name(character, "").startswith(_EUROPEAN):
        folded = unicodedata.normalize("NFKD", folded)
    folded = "".join(piece for piece in folded if not is_mark(piece))
    if len(folded) == 1 and folded != character:
        return fold(folded)
    return folded.replace("\u2044", "/")


class _Table(dict[int, str]):
    """Folds that keep the length, for `str.translate`; everything else is marked odd.

    Filled as characters are met: an eager table would cost every start 100 ms.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = fold(character)
        plain = len(folded) == 1 and character not in _look_alikes()[0]
        self[code] = result = folded if plain else _ODD
        return result


_TABLE = _Table()


def fold_same_length(raw: str) -> str | None:
    """The folded text when every character gives exactly one, otherwise None."""
    folded = raw.translate(_TABLE)
    return None if _ODD in folded else folded


def fold_with_map(raw: str) -> Draft:
    """The folded text with its map; half-open code-point offsets into `raw`.

    A mark stretches the character before it, so that 1️⃣ is one whole; other unseen characters
    belong to nobody.
    """
    letters, beside = _look_alikes()
    folded = raw.translate(_TABLE)
    edits: list[Edit] = []
    read: list[tuple[int, int]] = []
    for match in _ODD_PLACE.finditer(folded):
        at = match.start()
        piece = fold(raw[at])
        if raw[at] in beside and not _beside_letter(raw, at, letters):
            piece = raw[at].lower()
        if is_mark(raw[at]):
            edits.append(_stretched(edits, folded, at))
        else:
            edits.append(Edit(at, at + 1, piece))
        if _misleads(raw, at, piece, letters):
            read.append((at, at + 1))
    return Draft(folded, range(len(raw)), range(1, len(raw) + 1)).rewritten(edits, read)


def _stretched(edits: list[Edit], folded: str, at: int) -> Edit:
    """The edit that gives a mark to the character before it; takes back that one's own edit."""
    if edits and edits[-1].end == at:
        before = edits.pop()
        return Edit(before.start, at + 1, before.replacement)
    return Edit(at - 1, at + 1, folded[at - 1]) if at else Edit(at, at + 1, "")


def _neighbours(raw: str, at: int) -> tuple[str, str]:
    return raw[at - 1 : at] if at else "", raw[at + 1 : at + 2]


def _beside_letter(raw: str, at: int, letters: dict[str, str]) -> bool:
    return any(
        near in letters or (near.isascii() and near.isalpha()) for near in _neighbours(raw, at)
    )


def _misleads(raw: str, at: int, piece: str, letters: dict[str, str]) -> bool:
    """Whether the eye is misled: a foreign letter, a mark or an unseen gap inside a word."""
    character = raw[at]
    before, after = _neighbours(raw, at)
    if character in letters:
        return piece == letters[character]
    if is_mark(character):
        return before.isalnum() and character not in _PICTURE_MARKS
    return not piece and before.isalnum() and after.isalnum()
