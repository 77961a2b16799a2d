"""Service lines: 400 and 800 numbers, 95…, 96…, 12xxx, carriers, emergency numbers.

Source: national numbering plan. 400/800: ten digits. 953xx and 955xx are held whole by securities
houses, couriers, banks, insurers and airlines; other short numbers stand in data/hotlines.txt, or
need a cue. A price, a count or a year is not a hotline.
"""

from nlp_service.recognizers.context import any_of, has_cue_near, names_a_code
from nlp_service.recognizers.hit import Hit
from nlp_service.recognizers.lists import words
from nlp_service.recognizers.reading import LATIN_OR_DIGIT, Piece, Reading

KIND = "hotline"
_LISTED = words("hotlines")
_EMERGENCY = frozenset({"110", "119", "120", "122"})
_LENGTHS = (3, 5, 6, 7, 8, 10)
_HEADS = ("95", "96", "12", "11", "10", "400", "800")
_CUES = any_of(
    "电话", "热线", "拨打", "致电", "打", "客服", "投诉", "举报", "咨询", "报警", "拨", "官方号码",
    "来电", "短信", "号码", "查询",
)  # fmt: skip
_CALL_CUES = ("拨打", "报警", "打", "拨", "热线", "电话", "叫")
# What follows a count, not a number to call.
_UNITS = (
    *"元块件个克斤米只双套张年月天号人次分万千粉秒赞条瓶盒包箱平毫多",
    *("ml", "kg", "mah", "w", "mm", "cm", "rmb", "公斤"),
)


def find(reading: Reading) -> list[Hit]:
    """Service lines; the value is the digits."""
    if reading.most_digits < 3:
        return []
    text = reading.text
    return [hit for piece in reading.pieces(_LENGTHS) if (hit := _hit(text, piece))]


def _hit(text: str, piece: Piece) -> Hit | None:
    if not piece.digits.startswith(_HEADS) or piece.start != piece.chain.start:
        return None
    if not _is_bounded(text, piece):
        return None
    if names_a_code(text, piece.start):
        return None
    if len(piece.digits) == 10:
        return _toll_free(piece)
    # A short number stands alone: 95533-1 would be a part number.
    if piece.end != piece.chain.end or len(piece.shape) > 1:
        return None
    return _short(text, piece)


def _is_bounded(text: str, piece: Piece) -> bool:
    before, after = text[piece.start - 1 : piece.start], text[piece.end : piece.end + 1]
    return not (before in LATIN_OR_DIGIT or after in LATIN_OR_DIGIT or before in ("¥", "$", "."))


def _toll_free(piece: Piece) -> Hit | None:
    if piece.digits[:3] not in ("400", "800") or piece.shape[0] not in (3, 4, 6, 10):
        return None
    # 400 numbers continue with 0, 1, 6, 7, 8, 9 (carrier digit); 800 with anything.
    if piece.digits[0] == "4" and piece.digits[3] not in "016789":
        return None
    return Hit(KIND, piece.start, piece.end, piece.digits, 0.95, verified=True)


def _short(text: str, piece: Piece) -> Hit | None:
    digits = piece.digits
    if text.startswith(_UNITS, piece.end):
        return None
    if digits in _EMERGENCY:
        called = text[max(0, piece.start - 3) : piece.start].endswith(_CALL_CUES)
        return Hit(KIND, piece.start, piece.end, digits, 0.9, verified=True) if called else None
    cued = has_cue_near(text, piece.start, piece.end, _CUES)
    if digits in _LISTED or (len(digits) == 5 and digits[:3] in ("953", "955")):
        return Hit(KIND, piece.start, piece.end, digits, 0.95 if cued else 0.7, verified=True)
    if cued and digits[:2] in ("95", "96") and 5 <= len(digits) <= 8:
        return Hit(KIND, piece.start, piece.end, digits, 0.7)
    return None
