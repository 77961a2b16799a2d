"""The form in which two reviews are compared: letters only, and alike where they sound alike.

    normalised text -> letters, figures, Han -> one Han for all of its sound -> 4-grams, hashed

So changed punctuation, emoji, spaces and homophones (坏了 written 怀了) leave the form as it was.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import ahocorasick
import numpy as np
from numpy.typing import NDArray

GRAM = 4  # characters: Chinese has no blanks to cut words at, and four hold about two words
Hashes = NDArray[np.uint64]

# Odd multipliers of SplitMix64 (Steele, Lea, Flood 2014): they spread code points over 64 bits.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)


@dataclass(frozen=True, slots=True)
class Comparable:
    """`form[i]` stands for `text[places[i]]` of the normalised text."""

    form: str
    places: tuple[int, ...]

    @property
    def length_chars(self) -> int:
        """Letters, figures and Han; what `at least 12 characters` counts."""
        return len(self.form)


def comparable(text: str) -> Comparable:
    """The form of a normalised text; it may be empty."""
    places = tuple(place for place, character in enumerate(text) if character.isalnum())
    form = "".join(text[place] for place in places)
    return Comparable(form.translate(sounds()), places)


def gram_hashes(form: str) -> Hashes:
    """One 64-bit hash a place, `(max(1, n - 3),)`; a form shorter than a gram is one gram.

    Empty for an empty form.
    """
    if not form:
        return np.empty(0, np.uint64)
    codes = np.frombuffer(form.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    size = min(GRAM, len(codes))
    count = len(codes) - size + 1
    hashes = np.zeros(count, np.uint64)
    for at in range(size):
        hashes = (hashes + codes[at : at + count]) * _STEP
    return _mixed(hashes)


def _mixed(hashes: Hashes) -> Hashes:
    for shift, factor in _MIX:
        hashes = (hashes ^ (hashes >> shift)) * factor
    mixed: Hashes = hashes ^ (hashes >> np.uint64(31))
    return mixed


@lru_cache(maxsize=1)
def sounds() -> dict[int, str]:
    """For `str.translate`: every Han of the table to the first one of its syllable."""
    groups = [characters for _, characters in _table("sounds.tsv")]
    return {ord(character): group[0] for group in groups for character in group}


def telling(form: str) -> NDArray[np.bool_]:
    """`(n,)` as `gram_hashes`: which grams are not wholly of stock clauses (质量太差了,不会再买了).

    Two stock clauses side by side are stock too, though their seam is rare.
    """
    is_stock = np.zeros(len(form), bool)
    for end, clause in _stock_clauses().iter(form):
        is_stock[end + 1 - len(clause) : end + 1] = True
    size = min(GRAM, len(form))
    if not size:
        return is_stock
    windows = np.lib.stride_tricks.sliding_window_view(is_stock, size)
    told: NDArray[np.bool_] = np.logical_not(windows.all(axis=1))
    return told


@lru_cache(maxsize=1)
def _stock_clauses() -> "ahocorasick.Automaton":
    automaton = ahocorasick.Automaton()
    for clause, _ in _table("stock_clauses.tsv"):
        automaton.add_word(clause, clause)
    automaton.make_automaton()
    return automaton


def _table(name: str) -> list[list[str]]:
    text = (files("nlp_service.reviews") / "data" / name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
