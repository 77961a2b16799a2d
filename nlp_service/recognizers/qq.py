"""QQ numbers and groups: 5-11 digits, no leading zero, after a cue (qq, 扣扣, 企鹅, q群, 群号).

Refuses: qq糖 500g, QQ音乐会员, an address at qq.com, an amount of money.
"""

import re

from nlp_service.recognizers.account import between, chain_at
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.reading import LATIN_OR_DIGIT, Reading

KIND = "qq"
_CUE = re.compile(r"扣扣|叩叩|蔻蔻|企鹅|球球|qq|(?:加|\+|➕)qq?|q(?:群|号|:|我)|群号")
_SIZES = range(5, 12)
_UNITS = (*tuple("元块克粒颗包袋件个人@%月年赞"), "g", "ml", "号色", "多")


def find(reading: Reading) -> list[Hit]:
    """Numbers given as QQ accounts or groups; the value is the digits."""
    if reading.most_digits < 5:
        return []
    return [hit for match in _CUE.finditer(reading.text) if (hit := _hit(reading, match))]


def _hit(reading: Reading, match: re.Match[str]) -> Hit | None:
    text = reading.text
    if match[0][0] == "q" and text[match.start() - 1 : match.start()] in LATIN_OR_DIGIT:
        return None
    start, _ = between(text, match.end())
    chain = chain_at(reading, start)
    if chain is None or len(chain.digits) not in _SIZES or chain.digits[0] == "0":
        return None
    if len(chain.groups) > 4 or text.startswith(_UNITS, chain.end):
        return None
    score = 0.9 if len(chain.digits) >= 7 else 0.75
    return Hit(KIND, chain.start, chain.end, chain.digits, score, rank=Rank.NAMED)
