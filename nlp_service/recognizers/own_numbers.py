"""This conversation's own order and parcel numbers: they are nothing else, wherever they stand.

    "订单3728…4461的", own {"3728…4461"} -> order_number, never a card

Compared without spaces and hyphens; a number inside a longer one is not the own one. An order id
with the form of a mobile does not hide one: after a phone word the number is left to the others.
"""

import re
from collections.abc import Collection

from nlp_service.recognizers import order_number, tracking_number
from nlp_service.recognizers.context import words_before
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.mobile import is_mainland
from nlp_service.recognizers.reading import LATIN_OR_DIGIT, Reading

_SEPARATORS = " -–—_·."
# Shorter ones would hit prices and sizes.
_LEAST_CHARACTERS = 6
# 电话, 手机号码, 联系方式, 联系我, with a country code behind it (电话+86).
_PHONE_WORD = re.compile(
    r"(?:电话|手机|联系)(?:号码?|方式|我|人)?(?:[^0-9a-z一-鿿]{0,3}(?:00)?86)?$"
)


def find(reading: Reading, own: Collection[str]) -> list[Hit]:
    """Occurrences of the own numbers; the kind is told by the form."""
    wanted = {compact for number in own if len(compact := _compact(number)) >= _LEAST_CHARACTERS}
    if not wanted or not reading.chains:
        return []
    places = [at for at, character in enumerate(reading.text) if character not in _SEPARATORS]
    joined = "".join(reading.text[at] for at in places)
    hits = (hit for number in wanted for hit in _occurrences(joined, places, number))
    return [hit for hit in hits if not _is_called_a_phone(reading.text, hit)]


def _compact(number: str) -> str:
    return "".join(character for character in number.lower() if character not in _SEPARATORS)


def _occurrences(joined: str, places: list[int], number: str) -> list[Hit]:
    hits: list[Hit] = []
    at = joined.find(number)
    while at >= 0:
        end = at + len(number)
        if _is_bounded(joined, places, at, end):
            kind = _kind(number)
            hits.append(
                Hit(kind, places[at], places[end - 1] + 1, number.upper(), 1.0, True, Rank.OWN)
            )
        at = joined.find(number, end)
    return hits


def _is_bounded(joined: str, places: list[int], at: int, end: int) -> bool:
    """Bounded in the text as written: a neighbour beyond a separator does not count."""
    before = at > 0 and joined[at - 1] in LATIN_OR_DIGIT and places[at] - places[at - 1] == 1
    after = (
        end < len(joined) and joined[end] in LATIN_OR_DIGIT and places[end] - places[end - 1] == 1
    )
    return not (before or after)


def _is_called_a_phone(text: str, hit: Hit) -> bool:
    if not is_mainland(hit.value):
        return False
    return _PHONE_WORD.search(words_before(text, hit.start)) is not None


def _kind(number: str) -> str:
    if not number.isdigit() or tracking_number.has_form(number):
        return tracking_number.KIND
    return order_number.KIND
