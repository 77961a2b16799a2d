"""Alipay accounts: a phone, an e-mail or a name right after 支付宝 and words like 账号, 转到.

Refuses: 支付宝 as a way to pay (支付宝付款99元), Alipay's own order and coupon numbers.
"""

import re

from nlp_service.recognizers.account import between, chain_at, is_phone
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.reading import LATIN_OR_DIGIT, Reading

KIND = "alipay"
_CUE = re.compile(r"支付宝|zfb|alipay|吱付宝")
_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]{1,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,3}")
_NAME = re.compile(r"[a-z][a-z0-9_]{5,31}")
_NOT_NAMES = frozenset({"alipay", "zhifubao", "alipays"})


def find(reading: Reading) -> list[Hit]:
    """Accounts named as Alipay's; the value is digits or lower-case text."""
    return [hit for match in _CUE.finditer(reading.text) if (hit := _hit(reading, match))]


def _hit(reading: Reading, match: re.Match[str]) -> Hit | None:
    text = reading.text
    start, _ = between(text, match.end())
    if email := _EMAIL.match(text, start):
        return Hit(KIND, start, email.end(), email[0], 0.99, True, Rank.NAMED)
    if text[start : start + 1].isdigit():
        return _phone(reading, start)
    name = _NAME.match(text, start)
    named = "号" in text[match.end() : start] or "户" in text[match.end() : start]
    if not (name and named) or name[0] in _NOT_NAMES:
        return None
    if (
        text[name.end() : name.end() + 1] in LATIN_OR_DIGIT
        or text[name.end() : name.end() + 1] == "."
    ):
        return None
    return Hit(KIND, start, name.end(), name[0], 0.8, rank=Rank.NAMED)


def _phone(reading: Reading, start: int) -> Hit | None:
    chain = chain_at(reading, start)
    if chain is None or not is_phone(chain):
        return None
    if reading.text[chain.end : chain.end + 1] == "@":
        return None
    return Hit(KIND, chain.start, chain.end, chain.digits, 0.95, True, Rank.NAMED)
