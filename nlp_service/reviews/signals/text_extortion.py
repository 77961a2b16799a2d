"""text.extortion 差评要挟: more than is owed, demanded as the price of the rating.

    demand near tie -> who speaks? owed by law or promise? already settled? -> weight by kind

Plain (money, goods, contact): 加我微信退我200就改好评. Veiled: 懂的都懂,私下表示一下就改五星.
Bargain: 退我一半就改 (a fair settlement more often than not).
Honest: 把漏发的补给我就改好评; 客服说删差评就给我20; 不退款就找12315.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import re2

from nlp_service.domain import Review, Signal
from nlp_service.reviews.lexicon import Strict, parse, shipped
from nlp_service.reviews.signals.evidence import absent, found
from nlp_service.reviews.signals.speakers import asked_of_buyer, told_of_seller
from nlp_service.reviews.view import ReviewView

CODE = "text.extortion"
_PLAIN = ("money", "goods", "keep", "contact")
_NEVER = re2.compile(r"[也都]不")  # 返200我也不给好评
_COUNTED = tuple(
    "天日小星分号年月次件点码斤寸个度级克毫厘kmg"
)  # 来20天: a number of something else
_DONE = re2.compile(r"(?:改|删|撤)\S{0,6}了")
_GAP_CHARS = 18  # a demand and its price stand in the same breath
_REASON = {
    "plain": "评价以改删评价为条件索要钱物或私下联系方式",
    "veiled": "评价以隐晦说法索要好处,并与改删评价挂钩",
    "bargain": "评价以部分退款作为改评条件,可能只是协商",
}
_WEIGHT = {"plain": CODE, "veiled": f"{CODE}.veiled", "bargain": f"{CODE}.bargain"}


class _Demand(NamedTuple):
    kind: str
    subject: str
    start: int
    end: int


class _Pair(NamedTuple):
    kind: str
    start: int
    end: int


def signal(review: Review, view: ReviewView) -> Signal:
    """The gravest demand of the review, its spans from the demand to the tie."""
    del review
    pairs = list(_pairs(view.text))
    if not pairs:
        return absent(CODE)
    kind = min((pair.kind for pair in pairs), key=list(_WEIGHT).index)
    same = [pair for pair in pairs if pair.kind == kind]
    start, end = min(pair.start for pair in same), max(pair.end for pair in same)
    weight = view.policy.weights[_WEIGHT[kind]]
    return found(CODE, weight, _REASON[kind], spans=[view.raw_span(start, end)])


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
    settled: list[str]
    refused: list[str]
    condition: list[str]

    def pattern(self, part: str) -> "re2.Pattern":
        """One RE2 pattern of all alternatives of `part`."""
        joined = "|".join(f"(?:{alternative})" for alternative in getattr(self, part))
        for name, piece in self.pieces.items():
            joined = joined.replace(f"{{{name}}}", piece)
        return re2.compile(joined)


@lru_cache(maxsize=1)
def _words() -> "dict[str, re2.Pattern]":
    words = parse(ExtortionWords, shipped("extortion.yaml"), name="extortion.yaml")
    parts = (
        *_PLAIN,
        "veiled",
        "bargain",
        "tie",
        "owed",
        "beyond",
        "settled",
        "refused",
        "condition",
    )
    return {part: words.pattern(part) for part in parts}


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
