"""Parcel numbers: by their letters (SF, YT, JD…, JT, DPK, LP, UPU S10), by digits, by courier cue.

Source: couriers' published forms; UPU S10 for postal items (AA123456785CN, check digit by weights
8 6 4 2 3 5 9 7). Digits alone: ZTO 12 or 14 (73, 75-78), STO 15 (77), Yunda 15 (31, 43, 46) are
likely; other lengths need 单号, 运单 or the courier's name right before.
"""

import re

from nlp_service.recognizers.context import (
    CODE_CUES,
    TRACKING_CUES,
    has_cue_before,
    names_a_code,
    words_before,
)
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.mobile import is_mainland
from nlp_service.recognizers.reading import Reading

KIND = "tracking_number"
_LETTERED = re.compile(
    r"(?<![a-z0-9_])(?:sf[a-z0-9]?[0-9]{12,13}|yt[a-z0-9]?[0-9]{12,15}|jd[a-z]{0,2}[0-9]{10,15}(?:-[0-9]{1,3}){0,2}"
    r"|jt[0-9]{13}|dpk[0-9]{12,13}|lp[0-9]{14,16}|cn[0-9]{12,15}|zto[0-9]{12,14}|sto[0-9]{12,15}"
    r"|yd[0-9]{13,15}|ky[e]?[0-9]{11,13}|ane[0-9]{12,13}|fw[0-9]{12,13}|uc[0-9]{12,14}|ht[0-9]{12,14}"
    r"|best[0-9]{10,14}|1z[0-9a-z]{16})(?![a-z0-9_])"
)
_POSTAL = re.compile(r"(?<![a-z0-9_])[a-z]{2}([0-9]{8})([0-9])[a-z]{2}(?![a-z0-9_])")
_DIGITS = re.compile(r"7[35678][0-9]{10}(?:[0-9]{2})?|77[0-9]{13}|(?:31|43|46)[0-9]{13}")
_ANY = re.compile(r"[a-z]{0,4}[0-9]{8,20}(?:-[0-9]{1,3}){0,2}(?![a-z0-9])")
_LATIN_HEAD = re.compile(r"(?<![a-z0-9])[a-z]{1,4}(?=[0-9]{8})")
COURIERS = (
    "顺丰", "圆通", "中通", "申通", "韵达", "极兔", "百世", "德邦", "邮政", "ems", "京东快递",
    "京东物流", "菜鸟", "丰网", "天天快递", "宅急送", "优速", "跨越", "安能", "顺丰快递",
    "圆通快递", "中通快递", "快递", "申通快递", "韵达快递", "极兔快递", "德邦快递", "邮政快递",
    "邮政小包", "物流", "顺丰速运", "极兔速递", "圆通速递", "百世快递", "包裹", "丹鸟",
    "邮政包裹",
)  # fmt: skip
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def find(reading: Reading) -> list[Hit]:
    """Parcel numbers; the value is in upper case without separators."""
    if reading.most_digits < 8:
        return []
    text = reading.text
    hits = _by_digits(reading)
    if reading.has_latin:
        hits += [_hit(*m.span(), text, 0.9, True) for m in _LETTERED.finditer(text)]
        hits += [_postal(text, m) for m in _POSTAL.finditer(text)]
    return hits


def _by_digits(reading: Reading) -> list[Hit]:
    text, hits = reading.text, []
    for chain in reading.chains:
        if len(chain.digits) < 8:
            continue
        start = _head(text, chain.start)
        if hit := _cued(text, start) or _formed(text, chain.start, chain.end, chain.digits):
            hits.append(hit)
    return hits


def _head(text: str, at: int) -> int:
    """Where up to four letters before the digits begin."""
    head = _LATIN_HEAD.search(text, max(0, at - 4), at + 8)
    return head.start() if head and head.end() == at else at


def _cued(text: str, start: int) -> Hit | None:
    """Any number after 运单号; a number that is no phone after a courier's name."""
    match = _ANY.match(text, start)
    if match is None:
        return None
    before = words_before(text, start)
    if before.endswith(TRACKING_CUES):
        return _hit(*match.span(), text, 0.95, True, Rank.NAMED)
    if _names_courier_and_number(before):
        return _hit(*match.span(), text, 0.96, True, Rank.NAMED)
    if before.endswith(COURIERS) and len(match[0]) >= 10 and not is_mainland(match[0]):
        return _hit(*match.span(), text, 0.85, False, Rank.NAMED)
    return None


def _names_courier_and_number(before: str) -> bool:
    """顺丰单号, 圆通的单号, 快递的编号."""
    stem = before.removesuffix("号码").removesuffix("单号").removesuffix("编号").removesuffix("的")
    return stem != before and stem.endswith(COURIERS)


def _formed(text: str, start: int, end: int, digits: str) -> Hit | None:
    if not _DIGITS.fullmatch(digits) or end - start != len(digits):
        return None
    if text[start - 1 : start].isalnum() and "a" <= text[start - 1] <= "z":
        return None
    if has_cue_before(text, start, CODE_CUES):
        return None
    named = names_a_code(text, start)
    return _hit(
        start, end, text, 0.95 if named else 0.6, False, Rank.NAMED if named else Rank.PATTERN
    )


def _postal(text: str, match: re.Match[str]) -> Hit:
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, match[1], strict=True))
    check = {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)
    return _hit(
        *match.span(), text, 0.98 if check == int(match[2]) else 0.75, check == int(match[2])
    )


def _hit(
    start: int, end: int, text: str, score: float, verified: bool, rank: Rank = Rank.NAMED
) -> Hit:
    return Hit(KIND, start, end, text[start:end].upper(), score, verified, rank)


def has_form(number: str) -> bool:
    """Whether a compact lower-case number looks like a parcel number by itself."""
    return any(form.fullmatch(number) for form in (_LETTERED, _POSTAL, _DIGITS))
