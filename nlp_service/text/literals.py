"""What a text must hold for a pattern to match it: sets of words, one word of each set.

    (?:很|太)烫[手嘴] -> {很, 太} and {烫}    电池.{0,4}鼓(?:包|起) -> {电池} and {鼓}

So one search for all words of many patterns tells which of them are worth running. Refused: what
the phrase lists have no use for (named groups, flags, back-references, look-arounds).
"""

import math
import re
from collections.abc import Iterator

Words = frozenset[str]
# The most usual characters of reviews (one in five or six): a word of these alone tells little.
_USUAL = frozenset(
    "的了是不我很有一好就这没买在还到货也都用看东西用来人说子给大个后上下出得要去过完"
)
_USUAL_WEIGHT = 0.2
_MOST_WORDS = 64  # more alternatives say too little to be worth listing
_TOKEN = re.compile(
    r"\\.|\(\?:|[()|*+?^$.]|\{\d+(?:,\d*)?\}|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL
)
_ANCHORS = frozenset(("^", "$"))
_OPTIONAL = re.compile(r"[*?]|\{0(?:,\d*)?\}")
_REPEAT = re.compile(r"[*+?]|\{\d+(?:,\d*)?\}")


def required(pattern: str) -> list[Words]:
    """Sets of which every match holds at least one word each; the most telling set first.

    Empty where any text may match. Raises ValueError for what it cannot read.
    """
    tokens = _TOKEN.findall(pattern)
    sets, rest = _alternatives(tokens)
    if rest:
        raise ValueError("unbalanced parenthesis")
    return sorted(set(sets), key=lambda words: (-_telling(words), sorted(words)))


def _telling(words: Words) -> float:
    """How much it says that a text holds one of the words: the least telling one decides."""
    weights = (sum(_USUAL_WEIGHT if one in _USUAL else 1.0 for one in word) for word in words)
    return min(weights) / math.sqrt(math.sqrt(len(words)))


def _alternatives(tokens: list[str]) -> tuple[list[Words], list[str]]:
    """The sets of `a|b|c` up to its closing parenthesis, and the tokens from there on."""
    branches: list[list[Words]] = []
    while True:
        sets, tokens = _sequence(tokens)
        branches.append(sets)
        if not tokens or tokens[0] == ")":
            break
        tokens = tokens[1:]
    if len(branches) == 1:
        return branches[0], tokens
    if not all(branches):
        return [], tokens
    best = [max(sets, key=_telling) for sets in branches]
    joined = frozenset().union(*best)
    return ([joined] if len(joined) <= _MOST_WORDS else []), tokens


def _sequence(tokens: list[str]) -> tuple[list[Words], list[str]]:
    """The sets of one branch; letters that stand together are one word."""
    sets: list[Words] = []
    word = ""
    while tokens and tokens[0] not in "|)":
        own, letter, tokens = _atom(tokens)
        quantifier, tokens = _quantifier(tokens)
        if letter and not quantifier:
            word += letter
            continue
        sets += _closed(word)
        word = ""
        if not _OPTIONAL.fullmatch(quantifier):
            sets += own
    return [*sets, *_closed(word)], tokens


def _closed(word: str) -> Iterator[Words]:
    if word:
        yield frozenset((word,))


def _atom(tokens: list[str]) -> tuple[list[Words], str, list[str]]:
    """Sets of the first atom, its letter where it is one, and what follows."""
    first, rest = tokens[0], tokens[1:]
    if first == "(" or (first == "(?:" and not rest):
        raise ValueError("only groups of the form (?:…) are read")
    if first == "(?:":
        sets, rest = _alternatives(rest)
        if not rest:
            raise ValueError("unbalanced parenthesis")
        return sets, "", rest[1:]
    if first[0] == "[":
        return _class(first), "", rest
    if first in _ANCHORS or first == ".":
        return [], "", rest
    if first[0] == "\\":
        return ([], "", rest) if first[1].isalnum() else ([frozenset(first[1])], first[1], rest)
    return [frozenset(first)], first, rest


def _class(token: str) -> list[Words]:
    """The letters of a plain class; ranges and negations may be anything."""
    inner = token[1:-1]
    if inner.startswith("^") or "-" in inner or "\\" in inner or len(inner) > _MOST_WORDS:
        return []
    return [frozenset(inner)]


def _quantifier(tokens: list[str]) -> tuple[str, list[str]]:
    if not tokens or not _REPEAT.fullmatch(tokens[0]):
        return "", tokens
    rest = tokens[1:]
    return tokens[0], rest[1:] if rest and rest[0] == "?" else rest
