"""Words of a text with their places, by jieba with our shop terms.

    text -> jieba (loaded on first use, about a second) -> (word, start, end)

Offsets are those of the text given; a caller with normalised text maps them back itself.
"""

import logging
import warnings
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

NOUN = "n"
_NOUN_LIKE = ("n", "x", "j", "b", "g")  # names, letters, short forms, parts of compounds


class Word(NamedTuple):
    """A word and its half-open place in code points; `text[start:end] == text`."""

    text: str
    start: int
    end: int


class TaggedWord(NamedTuple):
    """A word, its half-open place and part of speech; nouns and unknown words are `NOUN`."""

    text: str
    start: int
    end: int
    tag: str


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    """A tokenizer of our own, so that no other user of jieba meets our terms."""
    with warnings.catch_warnings():
        # jieba's source has escapes and an import that newer Pythons deprecate.
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    with files("nlp_service.text").joinpath("data/shop_terms.txt").open(encoding="utf-8") as terms:
        tokenizer.load_userdict(terms)
    return tokenizer


def words(text: str) -> list[Word]:
    """Every word of `text` in order, blanks and punctuation included; the words join to `text`."""
    return [Word(*piece) for piece in _tokenizer().tokenize(text)]


def tagged_words(text: str) -> list[TaggedWord]:
    """Words of the dictionary, without guesses at new ones, and their usual part of speech."""
    pieces = _tokenizer().tokenize(text, HMM=False)
    return [TaggedWord(word, start, end, _tags().get(word, NOUN)) for word, start, end in pieces]


@lru_cache(maxsize=1)
def _tags() -> Mapping[str, str]:
    """Tags of jieba's own dictionary (lines of word, count, tag), nouns left out."""
    with _tokenizer().get_dict_file() as lines:
        entries = (line.decode().split() for line in lines)
        return {word: tag for word, _, tag in entries if not tag.startswith(_NOUN_LIKE)}
