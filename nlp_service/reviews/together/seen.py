"""What is kept of a review to compare others with it: no text.

`grams`, `wording` and `aims` (hashes of every four characters, of words and of names, from which a
text could be guessed) are for the memory of one run; `without_grams()` is what a store may keep.
Buyer, merchant and order may be pseudonyms, as long as the same one always gets the same.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from nlp_service.reviews.together.comparable import Hashes, comparable, gram_hashes, telling
from nlp_service.reviews.together.minhash import Signature, sketch
from nlp_service.reviews.together.wording import Wording


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One review as others are compared with it.

    `exact` is the same for texts that read alike (punctuation and homophones aside), `signature`
    `(128,)` is its MinHash, None for a text of nothing but stock phrases. `aspects` are those it
    complains of, mere anger left out; `aims` where a bad one sends its readers. `is_thin`: it names
    nothing. `is_backed`: it comes with images, a refund for a fault, or details.
    """

    key: str
    buyer: str | None
    merchant: str | None
    item: str | None
    order: str | None
    append_of: str | None
    posted_at: datetime | None
    rating: int | None
    is_bad: bool
    aspects: frozenset[str]
    is_thin: bool
    is_backed: bool
    length_chars: int
    exact: str
    signature: Signature | None = field(repr=False)
    grams: Hashes | None = field(repr=False, default=None)
    wording: Wording | None = field(repr=False, default=None)
    aims: frozenset[int] = field(repr=False, default=frozenset())

    @property
    def at_s(self) -> float | None:
        """Seconds since 1970, or None."""
        return None if self.posted_at is None else self.posted_at.timestamp()

    @property
    def who(self) -> str:
        """The account; an unknown one counts as one of its own."""
        return f"buyer {self.buyer}" if self.buyer is not None else f"review {self.key}"

    @property
    def rank(self) -> tuple[str, ...]:
        """An order of reviews that does not depend on how they came in."""
        at = "" if self.at_s is None else f"{self.at_s:020.3f}"
        return (self.key, self.who, self.merchant or "", self.order or "", at, self.exact)

    def without_grams(self) -> "Seen":
        """What a store may keep."""
        return replace(self, grams=None, wording=None, aims=frozenset())

    def same_case(self, other: "Seen") -> bool:
        """Whether both are one review, one order, or a review and what was added to it."""
        if self.key == other.key or self.append_of == other.key or other.append_of == self.key:
            return True
        return self.order is not None and self.order == other.order


@dataclass(frozen=True, slots=True)
class Prints:
    """The traces of a text."""

    length_chars: int
    exact: str
    signature: Signature | None
    grams: Hashes | None


def prints_of(text: str) -> Prints:
    """The traces of a normalised text; its telling grams sorted, each once."""
    form = comparable(text).form
    exact = hashlib.blake2b(form.encode("utf-8", "replace"), digest_size=12).hexdigest()
    grams = np.unique(gram_hashes(form)[telling(form)])
    if not len(grams):
        return Prints(len(form), exact, None, None)
    return Prints(len(form), exact, sketch(grams).signature, grams)
