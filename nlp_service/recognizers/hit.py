"""What a recogniser hands to the resolver: a place in the normalised text and what it may be.

    Reading -> recogniser -> Hit (normalised offsets) -> resolve -> Entity (raw offsets)

A hit starts with the weight of its pattern; a checksum or a closed list makes it `verified`, words
around it raise `score`. `rank` settles quarrels over the same characters before anything else.
"""

from enum import IntEnum
from typing import NamedTuple


class Rank(IntEnum):
    """How a hit came about, weakest first."""

    PATTERN = 1
    """The form alone, or with its checksum."""
    NAMED = 2
    """The words right before it name its kind, or its structure admits nothing else."""
    OWN = 3
    """The caller says that this number belongs to the conversation's order."""


class Hit(NamedTuple):
    """Half-open offsets into the normalised text; `masked` where the kind's rule does not fit."""

    kind: str
    start: int
    end: int
    value: str
    score: float
    verified: bool = False
    rank: Rank = Rank.PATTERN
    masked: str | None = None
