"""Provinces, cities and districts by name: where a region name ends or begins in a text.

Closed lists after GB/T 2260 in data/. Provinces and cities count with and without 省 or 市,
districts in full only.
"""

import re

from nlp_service.recognizers.lists import words

_SUFFIX = re.compile(r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|省|市|地区|盟)$")
_PROVINCES = words("provinces")
_CITIES = words("cities")
_DISTRICTS = words("districts")


def _short(names: frozenset[str]) -> frozenset[str]:
    shorts = (_SUFFIX.sub("", name) for name in names)
    return frozenset(short for short in shorts if len(short) >= 2)


# Short names that are also words or roads stay out: 中山 and 朝阳 need 市.
_AMBIGUOUS = frozenset({"朝阳", "中山", "东方", "平安", "长春花"})
_REGIONS = _PROVINCES | _CITIES | _DISTRICTS | (_short(_PROVINCES | _CITIES) - _AMBIGUOUS)
# Lengths of the names, longest first, by their first and by their last two characters: one or two
# look-ups instead of ten.
_BY_HEAD: dict[str, list[int]] = {}
_BY_TAIL: dict[str, list[int]] = {}
for _name in sorted(_REGIONS, key=len, reverse=True):
    for _index, _key in ((_BY_HEAD, _name[:2]), (_BY_TAIL, _name[-2:])):
        if len(_name) not in _index.setdefault(_key, []):
            _index[_key].append(len(_name))
_DISTRICT_MARK = re.compile(r"(?:自治县|自治旗|新区|区|县|旗)")
_NOT_DISTRICT = (
    "小区",
    "社区",
    "园区",
    "业区",
    "发区",
    "校区",
    "厂区",
    "自治区",
    "地区",
    "片区",
    "郊区",
    "景区",
    "军区",
)


def longest_region_before(text: str, end: int) -> int | None:
    """Start of the region names, one after the other, that end at `end`; None if there is none."""
    start = _one_before(text, end)
    if start is None:
        return None
    while (earlier := _one_before(text, _skip_sign(text, start))) is not None:
        start = earlier
    return start


def _one_before(text: str, end: int) -> int | None:
    for size in _BY_TAIL.get(text[max(0, end - 2) : end], ()):
        if end >= size and text[end - size : end] in _REGIONS:
            return end - size
    return None


def _skip_sign(text: str, start: int) -> int:
    return start - 1 if text[start - 1 : start] in (" ", ",", "-", "/") else start


def region_end(address: str) -> int:
    """How many characters of an address name regions, down to the district; 0 if none."""
    at, kept = 0, 0
    while at < len(address):
        size = _region_size(address, at)
        if size == 0:
            break
        at += size
        kept = at
        if address[at : at + 1] in (" ", ",", "-"):
            at += 1
    return _with_unlisted_district(address, kept)


def _region_size(address: str, at: int) -> int:
    for size in _BY_HEAD.get(address[at : at + 2], ()):
        if address[at : at + size] in _REGIONS:
            return size
    return 0


def _with_unlisted_district(address: str, kept: int) -> int:
    """A new or two-character district right after the listed names (忠县, 高新区)."""
    match = _DISTRICT_MARK.search(address, kept, kept + 6)
    if kept == 0 or match is None or address[kept - 1] in "区县旗":
        return kept
    found = address[: match.end()]
    return kept if found.endswith(_NOT_DISTRICT) else match.end()
