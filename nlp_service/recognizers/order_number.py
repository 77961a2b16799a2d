"""Order numbers: a long number after 订单号, Pinduoduo's date and 15 digits, date-led numbers.

Forms: Pinduoduo 240315-123456789012345; payment and platform numbers of 16-32 digits that begin
with a date (20240315…); Taobao's bare 19 digits that begin with 1-5. After a cue 8-32 digits.
These hits exist so that the number is taken for nothing else.
"""

import re

from nlp_service.recognizers.context import (
    CODE_CUES,
    has_cue_before,
    names_an_order,
)
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.reading import LATIN_OR_DIGIT, Chain, Reading

KIND = "order_number"
_PINDUODUO = re.compile(r"2[0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{15}")
_DATED = re.compile(r"20[123][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{8,24}")
_TAOBAO = re.compile(r"[1-5][0-9]{18}")
_CUED_SIZES = range(8, 33)


def find(reading: Reading) -> list[Hit]:
    """Order numbers; the value is the digits."""
    if reading.most_digits < 8:
        return []
    return [hit for chain in reading.chains if (hit := _hit(reading.text, chain))]


def _hit(text: str, chain: Chain) -> Hit | None:
    if len(chain.digits) not in _CUED_SIZES or text[chain.end : chain.end + 1] in LATIN_OR_DIGIT:
        return None
    if names_an_order(text, chain.start):
        return Hit(KIND, chain.start, chain.end, chain.digits, 0.95, True, Rank.NAMED)
    if text[chain.start - 1 : chain.start] in LATIN_OR_DIGIT:
        return None
    if has_cue_before(text, chain.start, CODE_CUES):
        return None
    return _by_form(chain)


def _by_form(chain: Chain) -> Hit | None:
    shape = tuple(end - start for start, end in chain.groups)
    if shape == (6, 15) and _PINDUODUO.fullmatch(chain.digits):
        return Hit(KIND, chain.start, chain.end, chain.digits, 0.95, True, Rank.NAMED)
    if len(shape) == 1 and (_DATED.fullmatch(chain.digits) or _TAOBAO.fullmatch(chain.digits)):
        return Hit(KIND, chain.start, chain.end, chain.digits, 0.6)
    return None
