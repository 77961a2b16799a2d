"""Virtual numbers that platforms and couriers lend for one order: a number and its extension.

Forms: mobile or 950… number, then 转, 分机, ext, #, a comma or a hyphen and 3-6 digits
(18412345678转1234, 17012345678-1234, 95013123456789转12), or the extension in brackets.
They reach a person only while the order lives, so they are kept apart from mobile numbers.
"""

import re

from nlp_service.recognizers.context import letters_before, names_a_code
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.mobile import is_mainland
from nlp_service.recognizers.reading import Chain, Reading

KIND = "privacy_number"
# Anchored at the end of the number, bounded and without choice: linear.
_SPOKEN = re.compile(
    r"[ ,;:]{0,2}(?:转接?|分机号?|ext\.?|extension|x|#)[ :.]{0,2}([0-9]{1,6})(?![0-9])"
)
_BRACKET = re.compile(r" ?[\[(【#,]([0-9]{3,6})(?:[\])】]|(?![0-9]))")
_VIRTUAL = re.compile(r"950(?:13|1[0-9]|[2-9][0-9])[0-9]{6,11}")


def find(reading: Reading) -> list[Hit]:
    """Numbers with an extension; the value is number-extension, or the bare 95013 number."""
    if reading.most_digits < 11:
        return []
    hits: list[Hit] = []
    for chain in reading.chains:
        if len(chain.digits) >= 11 and not names_a_code(reading.text, chain.start):
            hits += _in_chain(reading.text, chain)
    return hits


def _in_chain(text: str, chain: Chain) -> list[Hit]:
    if letters_before(text, chain.start) not in ("", "tel"):
        return []
    number, rest = _number(chain)
    if number is None:
        return []
    if rest:
        return [_hit(chain.start, chain.end, f"{number}-{rest}")]
    said = _SPOKEN.match(text, chain.end) or _BRACKET.match(text, chain.end)
    if said:
        return [_hit(chain.start, said.end(), f"{number}-{said[1]}")]
    return [_hit(chain.start, chain.end, number)] if _VIRTUAL.fullmatch(number) else []


def _number(chain: Chain) -> tuple[str | None, str]:
    """The number and a hyphenated extension of the chain, or None and nothing."""
    digits = chain.digits
    last = chain.groups[-1]
    size = last[1] - last[0]
    if len(chain.groups) > 1 and 3 <= size <= 6 and _is_number(digits[:-size]):
        # The group before the extension must end the number: 138-0013-8000-1234.
        return digits[:-size], digits[-size:]
    return (digits, "") if _is_number(digits) else (None, "")


def _is_number(digits: str) -> bool:
    return is_mainland(digits) or _VIRTUAL.fullmatch(digits) is not None


def _hit(start: int, end: int, value: str) -> Hit:
    return Hit(KIND, start, end, value, 0.95, verified=True, rank=Rank.NAMED)
