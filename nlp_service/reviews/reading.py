"""What a review says, before anything is held against it; and the reader by phrases.

review --normalise, cut--> linear sentiment, phrases of aspects.yaml and severity.yaml
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nlp_service.domain import AspectOpinion, Review, ReviewSeverity, Sentiment
from nlp_service.reviews.aspects import find_aspects
from nlp_service.reviews.clauses import Clause, clauses
from nlp_service.reviews.sentiment import SentimentModel
from nlp_service.reviews.severity import assess_severity
from nlp_service.text.normalize import normalize
from nlp_service.text.offsets import NormalizedText


@dataclass(frozen=True, slots=True)
class ReviewReading:
    """Facts of one review; spans are raw offsets."""

    normalized: NormalizedText
    clauses: tuple[Clause, ...]
    sentiment: Sentiment
    aspects: tuple[AspectOpinion, ...]
    severity: ReviewSeverity


class ReviewReader(Protocol):
    """States what reviews say. Thread-safe."""

    @property
    def label(self) -> str:
        """For example `review-sentiment@2`."""

    def read(self, reviews: Sequence[Review]) -> list[ReviewReading]:
        """One reading a review, in order."""


class PhraseReader:
    """Reads by a linear sentiment model and lists of phrases alone."""

    def __init__(self, sentiment: SentimentModel) -> None:
        self._sentiment = sentiment
        self.label = sentiment.label

    @classmethod
    def load(cls, path: Path) -> "PhraseReader":
        """Read the linear model of `models/sentiment/<version>`; raises ModelError."""
        return cls(SentimentModel.load(path))

    def read(self, reviews: Sequence[Review]) -> list[ReviewReading]:
        """One reading a review, in order."""
        return [self.read_one(review, normalize(review.text)) for review in reviews]

    def read_one(self, review: Review, normalized: NormalizedText) -> ReviewReading:
        """The reading of a review that is normalised already."""
        found = tuple(clauses(normalized.text))
        sentiment = self._sentiment.score(normalized.text)
        aspects = find_aspects(normalized, found, self._sentiment.score)
        severity = assess_severity(
            normalized, found, category=review.category, sentiment=sentiment, aspects=aspects
        )
        return ReviewReading(normalized, found, sentiment, aspects, severity)
