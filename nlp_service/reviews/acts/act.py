"""One act of a review."""

from dataclasses import dataclass

from nlp_service.domain import Span

# How sure a finder is, and the raw stretches that it found.
Finding = tuple[float, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class ReviewAct:
    """An act by name, how sure the reader is of it (0 to 1), and its words in raw offsets."""

    name: str
    score: float
    spans: tuple[Span, ...]
