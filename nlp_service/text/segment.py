"""Words of a text with their places, by jieba with our shop terms.

    text -> jieba (loaded on first use, about a second) -> (word, start, end)

Offsets are those of the text given; a caller with normalised text maps them back itself.
"""

import logging
import warnings
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple


class Word(NamedTuple):
    """A word and its half-open place in code points; `text[start:end] == text`."""

    text: str
    start: int
    end: int


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
