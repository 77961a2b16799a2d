"""Resident identity numbers: 18 characters (GB 11643-1999) and the old 15 digits.

18: six-digit region, birth date, three-digit sequence, check character (0-9 or X). Region, date and
check together are certain. A number whose check fails is reported unverified after a cue (typo).
15 (valid until 2013): no check; the date is narrowed to holders that existed, and a Luhn-valid
number without a cue is left to device numbers (IMEI).
"""

from datetime import date

from nlp_service.recognizers.checksums import gb11643_check, luhn_holds
from nlp_service.recognizers.context import any_of, has_cue_before, has_cue_near, names_a_code
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.reading import LATIN_OR_DIGIT, Piece, Reading

KIND = "id_card"
# GB/T 2260 province codes; 71, 81, 82, 83: residence permits of Taiwan, Hong Kong, Macau.
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_LENGTHS = frozenset({15, 17, 18})
_CUES = any_of(
    "身份证", "证件", "身份号", "id card", "idcard", "sfz", "身份", "实名", "清关", "报关"
)
_NAMED_BY = tuple(
    stem + tail
    for stem in ("身份证", "证件", "身份", "sfz", "居住证")
    for tail in ("", "号", "号码", "编号", "证号", "证号码")
)
# A number issued now belongs to somebody born after 1900; births beyond 2049 wait for a new list.
_YEARS = range(1900, 2050)


def find(reading: Reading) -> list[Hit]:
    """Identity numbers; the value is 18 characters with an upper-case X, or 15 digits."""
    if reading.most_digits < 15:
        return []
    text = reading.text
    return [hit for piece in reading.pieces(_LENGTHS) if (hit := _hit(text, piece))]


def _hit(text: str, piece: Piece) -> Hit | None:
    if piece.digits[:2] not in _PROVINCES or not _is_bounded(text, piece):
        return None
    if names_a_code(text, piece.start):
        return None
    if len(piece.digits) == 15:
        return _old(text, piece)
    return _new(text, piece)


def _is_bounded(text: str, piece: Piece) -> bool:
    """No letter and no bare digit group of the same chain touches the number."""
    if text[piece.start - 1 : piece.start] in LATIN_OR_DIGIT:
        return False
    chain = piece.chain
    return len(piece.shape) == 1 or (piece.start == chain.start and piece.end == chain.end)


def _new(text: str, piece: Piece) -> Hit | None:
    number, end = piece.digits, piece.end
    if len(number) == 17:
        while text[end : end + 1] in (" ", "-"):
            end += 1
        if text[end : end + 1] != "x":
            return None
        number, end = number + "X", end + 1
    if text[end : end + 1] in LATIN_OR_DIGIT:
        return None
    return _judged(text, piece.start, end, number)


def _judged(text: str, start: int, end: int, number: str) -> Hit | None:
    if not _is_date(number[6:10], number[10:12], number[12:14]):
        return None
    rank = Rank.NAMED if has_cue_before(text, start, _NAMED_BY) else Rank.PATTERN
    if gb11643_check(number[:17]) == number[17]:
        return Hit(KIND, start, end, number, 0.99, verified=True, rank=rank)
    if has_cue_near(text, start, end, _CUES):
        return Hit(KIND, start, end, number, 0.6, rank=rank)
    return None


def _old(text: str, piece: Piece) -> Hit | None:
    number = piece.digits
    if text[piece.end : piece.end + 1] in LATIN_OR_DIGIT:
        return None
    if not _is_date("19" + number[6:8], number[8:10], number[10:12]):
        return None
    cued = has_cue_near(text, piece.start, piece.end, _CUES)
    if not cued and (len(piece.shape) > 1 or not _is_likely_old(number)):
        return None
    rank = Rank.NAMED if has_cue_before(text, piece.start, _NAMED_BY) else Rank.PATTERN
    return Hit(KIND, piece.start, piece.end, number, 0.9 if cued else 0.5, cued, rank)


def _is_likely_old(number: str) -> bool:
    """City and county codes in use then (01-34, 90; 01-40, 81-90), born 1920-1984, no IMEI."""
    city, county, year = int(number[2:4]), int(number[4:6]), int(number[6:8])
    plausible = (1 <= city <= 34 or city == 90) and (1 <= county <= 40 or 81 <= county <= 90)
    return plausible and 20 <= year <= 84 and not luhn_holds(number)


def _is_date(year: str, month: str, day: str) -> bool:
    if int(year) not in _YEARS:
        return False
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
