"""Extortion by pattern: more than is owed, demanded as the price of the rating.

    demand near tie -> who speaks? owed by law or promise? already settled? -> how sure, by kind

Plain (money, goods, contact): 加我微信退我200就改好评. Veiled: 懂的都懂,私下表示一下就改五星.
Bargain: 退我一半就改 (a fair settlement more often than not).
Honest: 把漏发的补给我就改好评; 客服说删差评就给我20; 不退款就找12315.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import re2

from nlp_service.reviews.acts.act import Finding
from nlp_service.reviews.acts.speakers import asked_of_buyer, told_of_seller
from nlp_service.reviews.lexicon import Strict, parse, shipped, union
from nlp_service.text.offsets import NormalizedText

_PLAIN = ("money", "goods", "keep", "contact")
_NEVER = re2.compile(r"[也都]不")  # 返200我也不给好评
_COUNTED = tuple(
    "天日小星分号年月次件点码斤寸个度级克毫厘kmg"
)  # 来20天: a number of something else
_DONE = re2.compile(r"(?:改|删|撤)\S{0,6}了")
_GAP_CHARS = 18  # a demand and its price stand in the same breath
# Half the price back for a change may be a fair settlement.
_SURE = {"plain": 0.98, "veiled": 0.9, "bargain": 0.6}


class _Demand(NamedTuple):
    kind: str
    subject: str
    start: int
    end: int


class _Pair(NamedTuple):
    kind: str
    start: int
    end: int


def find(text: NormalizedText) -> Finding | None:
    """The gravest demand of the review, its span from the demand to the tie."""
    pairs = list(_pairs(text.text))
    if not pairs:
        return None
    kind = max((pair.kind for pair in pairs), key=_SURE.__getitem__)
    same = [pair for pair in pairs if pair.kind == kind]
    start, end = min(pair.start for pair in same), max(pair.end for pair in same)
    return _SURE[kind], (text.raw_span(start, end),)


def is_retold(text: NormalizedText) -> bool:
    """Whether a change of the rating is named, and every time as what somebody asks of the buyer
    or as refused: 商家私下要返我20块,让我删差评; 一直打电话要我改好评,给钱也不改.
    """
    ties = [(match.start(), match.end()) for match in _words()["tie"].finditer(text.text)]
    return bool(ties) and all(
        asked_of_buyer(text.text, start) or _NEVER.search(text.text[max(0, start - 2) : end])
        for start, end in ties
    )


def is_untied_claim(text: NormalizedText) -> bool:
    """Whether what any buyer may claim is claimed, with no sum, contact or more beside it and no
    rating: 按三包规定必须给我换新,否则工商局见.
    """
    words = _words()
    undoing = ("money", "goods", "keep", "contact", "beyond", "tie", "rating")
    return bool(words["claim"].search(text.text)) and not any(
        words[part].search(text.text) for part in undoing
    )


class ExtortionWords(Strict):
    """Alternatives of each part; `pieces` are put in where `{NAME}` stands."""

    pieces: dict[str, str]
    money: list[str]
    goods: list[str]
    keep: list[str]
    contact: list[str]
    veiled: list[str]
    bargain: list[str]
    tie: list[str]
    owed: list[str]
    beyond: list[str]
    claim: list[str]
    rating: list[str]
    settled: list[str]
    refused: list[str]
    condition: list[str]

    def alternatives(self, part: str) -> list[str]:
        """The RE2 alternatives of `part`, pieces put in."""
        return [self._whole(alternative) for alternative in getattr(self, part)]

    def _whole(self, alternative: str) -> str:
        for name, piece in self.pieces.items():
            alternative = alternative.replace(f"{{{name}}}", piece)
        return alternative


def needed() -> Sequence[str]:
    """Patterns of which one must match where anything is found: without a tie, no extortion."""
    return _lexicon().alternatives("tie")


@lru_cache(maxsize=1)
def _lexicon() -> ExtortionWords:
    return parse(ExtortionWords, shipped("extortion.yaml"), name="extortion.yaml")


@lru_cache(maxsize=1)
def _words() -> "dict[str, re2.Pattern]":
    parts = (
        *_PLAIN,
        "veiled",
        "bargain",
        "tie",
        "owed",
        "beyond",
        "claim",
        "rating",
        "settled",
        "refused",
        "condition",
    )
    return {part: union(_lexicon().alternatives(part)) for part in parts}


def _pairs(text: str) -> Iterator[_Pair]:
    ties = [(match.start(), match.end()) for match in _words()["tie"].finditer(text)]
    if not ties:
        return
    for demand in _demands(text):
        for start, end in ties:
            if _near(demand, start, end) and _is_extortion(text, demand, start, end):
                yield _Pair(demand.kind, min(demand.start, start), max(demand.end, end))


def _demands(text: str) -> Iterator[_Demand]:
    for subject in (*_PLAIN, "bargain", "veiled"):
        kind = "plain" if subject in _PLAIN else subject
        for match in _words()[subject].finditer(text):
            if subject == "money" and text[match.end() : match.end() + 1] in _COUNTED:
                continue
            yield _Demand(kind, subject, match.start(), match.end())


def _near(demand: _Demand, start: int, end: int) -> bool:
    is_apart = demand.end <= start or end <= demand.start
    return is_apart and start - demand.end <= _GAP_CHARS and demand.start - end <= _GAP_CHARS


def _is_extortion(text: str, demand: _Demand, start: int, end: int) -> bool:
    first, last = min(demand.start, start), max(demand.end, end)
    around = text[max(0, first - 8) : last + 3]
    if told_of_seller(text, first) or asked_of_buyer(text, start):
        return False
    if _words()["refused"].search(text[first : last + 10]):
        return False
    if _NEVER.search(text[max(0, start - 2) : end]):
        return False
    if _words()["settled"].search(around) and not _is_open(text[first:last]):
        return False
    if _is_owed(demand, around):
        return False
    return demand.kind == "plain" or bool(_words()["condition"].search(around))


def _is_open(stretch: str) -> bool:
    """给了红包才改: the condition is still to be met."""
    return bool(_words()["condition"].search(stretch)) and not _DONE.search(stretch)


def _is_owed(demand: _Demand, around: str) -> bool:
    if demand.subject in ("contact", "keep") or _words()["beyond"].search(around):
        return False
    return bool(_words()["owed"].search(around))
