"""Mobile numbers: mainland 11 digits, and Hong Kong, Macau, Taiwan with their country code.

Source: number segments as issued by MIIT, checked against libphonenumber. Left out because nobody
holds them: 142, 143, 154, 160, 161, 163, 164, 168, 169, 179, 194; 140, 141, 144, 146 and 148 are
13-digit numbers of machines. 170, 171, 162, 165, 167 belong to virtual operators.
Refuses: anything inside a longer digit run, after an order or goods number cue, inside a code.
"""

import re

from nlp_service.recognizers.context import (
    any_of,
    has_cue_near,
    letters_after,
    letters_before,
    names_a_code,
)
from nlp_service.recognizers.hit import Hit
from nlp_service.recognizers.reading import Piece, Reading

KIND = "mobile"
MAINLAND = re.compile(
    r"1(?:3[0-9]|4[579]|5[0-35-9]|6[2567]|7[0-35-8]|74[0-5]|8[0-9]|9[0-35-9])[0-9]{7,8}"
)
# Eight or nine digits after +852, +853, +886: mobile ranges only.
_OVERSEAS = re.compile(r"(?:852[4-79][0-9]{7}|852 ?8[0-9]{7}|8536[0-9]{7}|8860?9[0-9]{8})")
_LENGTHS = frozenset({11, 13, 15})
_OVERSEAS_LENGTHS = frozenset({11, 12, 13, 14, 15})
# How people space a number; any other cutting is read as something else.
_SHAPES = frozenset(
    {
        (11,),
        (3, 4, 4),
        (3, 8),
        (7, 4),
        (3, 3, 5),
        (4, 4, 3),
        (4, 3, 4),
        (3, 4, 2, 2),
        (5, 6),
        (6, 5),
    }
    | {(1,) * 11, (1, 10), (1, 2, 4, 4), (3, 2, 2, 2, 2), (2, 3, 3, 3), (5, 3, 3), (3, 5, 3)}
)
_CUES = any_of(
    "电话", "手机", "联系", "号码", "拨打", "致电", "打给", "短信", "tel", "phone", "mobile",
    "热线", "机主", "预留",
)  # fmt: skip
# Letters that may touch the number: cues, not parts of a code.
_TOUCHING = frozenset(
    {"tel", "phone", "mobile", "mob", "call", "dial", "v", "vx", "wx", "wechat", "weixin", "qq"}
    | {"t", "p", "m", "h", "cell", "sms", "zfb", "vv", "wxid", "add", "id", "is", "no", "to"}
)


def find(reading: Reading) -> list[Hit]:
    """Mobile numbers; the value is the 11 digits, or country code and number overseas."""
    if reading.most_digits < 11:
        return []
    text = reading.text
    hits = [hit for piece in reading.pieces(_LENGTHS) if (hit := _mainland(text, piece))]
    if "852" in text or "853" in text or "886" in text:
        pieces = reading.pieces(_OVERSEAS_LENGTHS)
        hits += [hit for piece in pieces if (hit := _overseas(text, piece))]
    return hits


def is_mainland(digits: str) -> bool:
    """Whether exactly these eleven digits are an issued mainland mobile number."""
    return len(digits) == 11 and MAINLAND.fullmatch(digits) is not None


def _mainland(text: str, piece: Piece) -> Hit | None:
    digits, shape, start = _without_country_code(text, piece)
    if shape not in _SHAPES or not is_mainland(digits):
        return None
    if not _stands_alone(text, piece) or names_a_code(text, start) or _is_price(text, piece):
        return None
    sure = has_cue_near(text, start, piece.end, _CUES)
    return Hit(KIND, start, piece.end, digits, 0.98 if sure else 0.85, verified=True)


def _without_country_code(text: str, piece: Piece) -> tuple[str, tuple[int, ...], int]:
    """Digits, shape and start, with +86, 0086 or 86 taken off (the + belongs to the span)."""
    for code in ("0086", "86"):
        if piece.digits.startswith(code) and len(piece.digits) == 11 + len(code):
            start = piece.start - (text[piece.start - 1 : piece.start] in ("+", "("))
            head = piece.shape[0] - len(code)
            shape = piece.shape[1:] if head == 0 else (head, *piece.shape[1:])
            return piece.digits[len(code) :], shape, start
    return piece.digits, piece.shape, piece.start


def _stands_alone(text: str, piece: Piece) -> bool:
    """Not part of a code: no stray letters at the edges, no other long groups in the chain."""
    before, after = letters_before(text, piece.start), letters_after(text, piece.end)
    if before and before not in _TOUCHING:
        return False
    if after and text[piece.end + len(after) : piece.end + len(after) + 1].isdigit():
        return False
    if len(piece.shape) == 1:
        return True
    groups = piece.chain.groups
    outside = [end - start for start, end in groups if end <= piece.start or start >= piece.end]
    return all(length <= 2 or length in (4, 6, 11) for length in outside)


def _is_price(text: str, piece: Piece) -> bool:
    """1380013.8000元."""
    return text.startswith(("元", "块", "%"), piece.end)


def _overseas(text: str, piece: Piece) -> Hit | None:
    digits, start = piece.digits, piece.start
    plus = text[start - 1 : start] == "+"
    if digits.startswith("00"):
        digits = digits[2:]
    elif not plus:
        return None
    if piece.end != piece.chain.end or not _OVERSEAS.fullmatch(digits):
        return None
    return Hit(KIND, start - plus, piece.end, digits, 0.9, verified=True)
