"""The words by which a reworded copy is known: what a text says once its little words are gone.

    normalised text -> cheapest cut into reviewers' words (words.tsv) -> figures and title left out
        -> one hash a word, in order, and how rare the word is among public reviews

Rarity is in nats: 0 for a word of one review in twelve, 6 for one 400 times rarer. What everybody
with such a complaint writes (the phrases of aspects.yaml) counts half.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp_service.reviews.lexicon import aspect_lexicon
from nlp_service.reviews.together.comparable import Hashes, gram_hashes

Rarities = NDArray[np.float32]
_LONGEST = 4  # characters of a word
COMMON = 12.0  # a word of one text in so many says nothing
_MOST = 6.0  # nats; more than that a count of a few texts cannot show
_TOPIC = 0.5
_STRANGE_COST = 16.0  # nats for a character that reviewers hardly write
_FIGURES_AND_UNITS = frozenset(
    "零一二两三四五六七八九十百千万几半多个天日周月年次块元分钟小时点号只条度遍来"
)


class Piece(NamedTuple):
    """A word of the text that counts, and its half-open place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that count, each once: hashes `(n,)` and rarities `(n,)`.

    `places` `(n,)`: as how many-th of the words each first stands, so that neighbours can be told.
    """

    words: Hashes
    rarities: Rarities
    places: NDArray[np.int32]


def wording(text: str, *, title: str | None = None) -> Wording:
    """Of a normalised text; words of the item's normalised `title` say what was bought and are left
    out.
    """
    first: dict[str, int] = {}
    for place, piece in enumerate(pieces(text)):
        first.setdefault(piece.text, place)
    kept = [word for word in first if title is None or word not in title]
    rarities = [rarity(word) for word in kept]
    words = np.array([word_hash(word) for word in kept], np.uint64)
    places = np.array([first[word] for word in kept], np.int32)
    return Wording(words, np.array(rarities, np.float32), places)


def pieces(text: str) -> list[Piece]:
    """The words that count, in order; those of figures, units and little words are left out."""
    return [piece for piece in _cut(text) if _counts(piece.text)]


def _counts(word: str) -> bool:
    if not word.isalnum() or _FIGURES_AND_UNITS.issuperset(word):
        return False
    return rarity(word) > 0


@lru_cache(maxsize=65_536)
def word_hash(word: str) -> int:
    """As in `Wording.words`."""
    return int(gram_hashes(word.ljust(_LONGEST, "\0"))[0])


@lru_cache(maxsize=65_536)
def rarity(word: str) -> float:
    """Nats, 0 to 6: how rare a word, or a character of no word, is among public reviews."""
    vocabulary = _vocabulary()
    if word.isascii():
        return 0.0
    texts = vocabulary.texts.get(word, 0)
    nats = math.log(vocabulary.all_texts / (texts + 8.0)) - math.log(COMMON)
    return min(_MOST, max(0.0, nats)) * (_TOPIC if word in _topic_words() else 1.0)


class _Vocabulary(NamedTuple):
    all_texts: int
    texts: dict[str, int]
    costs: dict[str, float]


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    lines = (files("nlp_service.reviews") / "data" / "words.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    texts = {word: int(count) for word, count in rows}
    total = math.log(sum(texts.values()))
    costs = {word: total - math.log(count) for word, count in texts.items()}
    # A character is counted in all its words: by itself it is a few times rarer than that.
    costs = {word: cost + (3.0 if len(word) == 1 else 0.0) for word, cost in costs.items()}
    return _Vocabulary(max(texts.values()), texts, costs)


@lru_cache(maxsize=1)
def _topic_words() -> frozenset[str]:
    phrases = (
        phrase
        for words in aspect_lexicon().aspects.values()
        for phrase in (*words.cues, *words.positive, *words.negative)
    )
    return frozenset(piece.text for phrase in phrases for piece in _cut(phrase))


def _cut(text: str) -> list[Piece]:
    """The cheapest cut (unigram Viterbi); a character of no word stands by itself."""
    costs = _vocabulary().costs
    best, back = [0.0] * (len(text) + 1), [0] * (len(text) + 1)
    for end in range(1, len(text) + 1):
        best[end], back[end] = best[end - 1] + costs.get(text[end - 1], _STRANGE_COST), end - 1
        for start in range(max(0, end - _LONGEST), end - 1):
            cost = costs.get(text[start:end])
            if cost is not None and best[start] + cost < best[end]:
                best[end], back[end] = best[start] + cost, start
    return _read_back(text, back)


def _read_back(text: str, back: list[int]) -> list[Piece]:
    found, end = list[Piece](), len(text)
    while end:
        found.append(Piece(back[end], end, text[back[end] : end]))
        end = back[end]
    return found[::-1]
