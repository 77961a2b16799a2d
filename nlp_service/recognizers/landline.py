"""Landlines: area code (closed list) and seven or eight digits, or the digits alone after a cue.

Source: national numbering plan; two-digit codes (010, 020 …) and 15 large cities have eight local
digits, the others seven or eight. A local number starts with 2-8.
Refuses: 400/800 and 95… lines (hotline), numbers after an order or goods number cue.
"""

import re

from nlp_service.recognizers.context import (
    any_of,
    has_cue_before,
    has_cue_near,
    letters_before,
    names_a_code,
)
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.lists import words
from nlp_service.recognizers.reading import Piece, Reading

KIND = "landline"
AREA_CODES = words("area_codes")
_WITH_AREA = frozenset({10, 11, 12, 13, 14})
_LOCAL = frozenset({7, 8})
_BRACKETED = re.compile(r"\((0[0-9]{2,3})\) ?-?([2-8][0-9]{2,3}[- ]?[0-9]{4})(?![0-9])")
_CUES = any_of(
    "电话", "座机", "固话", "固定电话", "传真", "tel", "phone", "热线", "拨打", "致电", "联系"
)
_LOCAL_CUES = (
    "电话", "座机", "固话", "固定电话", "传真", "tel", "电话号码", "座机号", "座机号码", "店里电话",
)  # fmt: skip


def find(reading: Reading) -> list[Hit]:
    """Landline numbers; the value is area code and local digits without separators."""
    if reading.most_digits < 7:
        return []
    text = reading.text
    hits = [hit for piece in reading.pieces(_WITH_AREA) if (hit := _with_area(text, piece))]
    hits += [hit for piece in reading.pieces(_LOCAL) if (hit := _local(text, piece))]
    if "(0" in text:
        hits += [hit for match in _BRACKETED.finditer(text) if (hit := _bracketed(match))]
    return hits


def _bracketed(match: re.Match[str]) -> Hit | None:
    code, local = match[1], match[2].replace("-", "").replace(" ", "")
    if code not in AREA_CODES or not _is_local(local, code):
        return None
    return Hit(KIND, *match.span(), code + local, 0.9, verified=True)


def _with_area(text: str, piece: Piece) -> Hit | None:
    digits, start = _national(text, piece)
    code = _area_code(digits)
    if code is None or not _is_local(digits[len(code) :], code) or not _cut_at(piece, code, digits):
        return None
    if letters_before(text, piece.start) not in ("", "tel", "t", "fax") or names_a_code(
        text, start
    ):
        return None
    cued = has_cue_near(text, start, piece.end, _CUES)
    score = 0.95 if cued else 0.85 if len(piece.shape) > 1 else 0.6
    return Hit(KIND, start, piece.end, digits, score, verified=cued or len(piece.shape) > 1)


def _national(text: str, piece: Piece) -> tuple[str, int]:
    """Digits with the leading 0, and the start with +86 and an opening bracket."""
    digits, start = piece.digits, piece.start
    for code in ("0086", "86"):
        if digits.startswith(code) and len(digits) > 11:
            rest = digits[len(code) :]
            return (rest if rest[0] == "0" else "0" + rest), start - (
                text[start - 1 : start] == "+"
            )
    return digits, start


def _area_code(digits: str) -> str | None:
    return next((digits[:n] for n in (3, 4) if digits[:n] in AREA_CODES), None)


def _is_local(local: str, code: str) -> bool:
    lengths = (8,) if len(code) == 3 else (7, 8)
    return len(local) in lengths and local[0] in "2345678"


def _cut_at(piece: Piece, code: str, digits: str) -> bool:
    """A separated number is cut after the area code; the local part may be cut once more."""
    if len(piece.shape) == 1:
        return len(piece.digits) == len(digits)
    edges = {sum(piece.shape[: n + 1]) for n in range(len(piece.shape))}
    surplus = len(piece.digits) - len(digits)
    return (
        piece.shape[0] > 1
        and len(code) + surplus in edges
        and len(piece.shape) <= 4 + (surplus > 0)
    )


def _local(text: str, piece: Piece) -> Hit | None:
    if piece.digits[0] not in "2345678" or len(piece.shape) > 2:
        return None
    if not has_cue_before(text, piece.start, _LOCAL_CUES):
        return None
    return Hit(KIND, piece.start, piece.end, piece.digits, 0.7, rank=Rank.NAMED)
