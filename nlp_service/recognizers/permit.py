"""Permits: travel between the mainland, Hong Kong, Macau and Taiwan, and residence of foreigners.

Forms: C/W (往来港澳), T/L (往来台湾) with eight digits or a second letter and seven; H/M with eight
or ten digits (回乡证); eight digits, or ten with a letter, for 台胞证. All are short enough to be
article numbers, so a word for the document must stand nearby; 台胞证 right before for bare digits.
"""

import re

from nlp_service.recognizers.context import any_of, has_cue_before, has_cue_near, names_a_code
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.reading import Reading

KIND = "permit"
_FORM = re.compile(
    r"(?<![a-z0-9_-])(?:[cwtl][a-hj-np-z]?[0-9]{7,8}|[hm][0-9]{8}(?:[0-9]{2})?|[a-z]{3}[0-9]{12})(?![a-z0-9_-])"
)
_BARE = re.compile(r"(?<![a-z0-9_-])[0-9]{8}(?:[0-9]{2})?(?:\([a-z]\))?(?![a-z0-9_-])")
_CUES = any_of(
    "通行证", "回乡证", "港澳", "台胞", "签注", "入台证", "居留证", "居留许可", "永居",
    "来往内地", "证件",
)  # fmt: skip
_TAIWAN = tuple(
    stem + tail
    for stem in ("台胞证", "台湾居民来往大陆通行证", "台胞", "来往大陆通行证")
    for tail in ("", "号", "号码", "编号")
)


def find(reading: Reading) -> list[Hit]:
    """Permit numbers; the value is in upper case."""
    if reading.most_digits < 7 or not _CUES.search(reading.text):
        return []
    text = reading.text
    hits = [hit for match in _FORM.finditer(text) if (hit := _lettered(text, *match.span()))]
    hits += [hit for match in _BARE.finditer(text) if (hit := _bare(text, *match.span()))]
    return hits


def _lettered(text: str, start: int, end: int) -> Hit | None:
    if names_a_code(text, start) or not has_cue_near(text, start, end, _CUES):
        return None
    return Hit(KIND, start, end, text[start:end].upper(), 0.9, True, Rank.NAMED)


def _bare(text: str, start: int, end: int) -> Hit | None:
    if not has_cue_before(text, start, _TAIWAN):
        return None
    return Hit(KIND, start, end, text[start:end].upper(), 0.85, True, Rank.NAMED)
