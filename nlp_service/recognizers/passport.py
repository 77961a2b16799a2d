"""Chinese passports: ordinary E/G, diplomatic D, service S, official P, and regional H/M series.

Forms: E or G and eight digits, E + letter (no I, O) + seven digits (issued since 2016), SE/DE/PE or
D/S/P and seven or eight digits. Only E/G with eight digits stands without a cue; the rest look like
article numbers and need 护照 nearby. There is no check digit in the number itself.
"""

import re

from nlp_service.recognizers.context import any_of, has_cue_before, has_cue_near, names_a_code
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.reading import Reading

KIND = "passport"
_FORM = re.compile(
    r"(?<![a-z0-9_-])(?:[eg][0-9]{8}|e[a-hj-np-z][0-9]{7}|[dsp]e?[0-9]{7,8}|1[45][0-9]{7})(?![a-z0-9_-])"
)
_STRONG = re.compile(r"[eg][0-9]{8}")
_CUES = any_of("护照", "passport", "证件")
_NAMED_BY = ("护照", "护照号", "护照号码", "护照编号", "passport", "passport no", "passport no.")


def find(reading: Reading) -> list[Hit]:
    """Passport numbers; the value is in upper case."""
    if reading.most_digits < 7:
        return []
    text = reading.text
    return [hit for match in _FORM.finditer(text) if (hit := _hit(text, *match.span()))]


def _hit(text: str, start: int, end: int) -> Hit | None:
    value = text[start:end]
    if names_a_code(text, start):
        return None
    cued = has_cue_near(text, start, end, _CUES)
    if not cued and not _STRONG.fullmatch(value):
        return None
    rank = Rank.NAMED if has_cue_before(text, start, _NAMED_BY) else Rank.PATTERN
    return Hit(KIND, start, end, value.upper(), 0.95 if cued else 0.5, cued, rank)
