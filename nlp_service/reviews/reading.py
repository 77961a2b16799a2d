"""What a review says, before anything is held against it; and the reader by phrases.

review --normalise, cut--> linear sentiment, phrases of aspects.yaml and severity.yaml
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from nlp_service.domain import AspectOpinion, Review, ReviewSeverity, Sentiment
from nlp_service.reviews.acts import find_acts
from nlp_service.reviews.acts.act import ReviewAct
from nlp_service.reviews.aspects import Mention, Scorer, asked, find_mentions, judge_mentions
from nlp_service.reviews.clauses import Clause, clauses
from nlp_service.reviews.lexicon import blank_look_alikes
from nlp_service.reviews.sentiment import SentimentModel
from nlp_service.reviews.severity import assess_severity
from nlp_service.reviews.trades import TradeModel
from nlp_service.text.normalize import normalize
from nlp_service.text.offsets import NormalizedText

TOGETHER = 64  # reviews whose sentiments are computed in one pass
_FEW_STARS = 3


@dataclass(frozen=True, slots=True)
class ReviewReading:
    """Facts of one review; spans are raw offsets."""

    normalized: NormalizedText
    clauses: tuple[Clause, ...]
    sentiment: Sentiment
    aspects: tuple[AspectOpinion, ...]
    severity: ReviewSeverity
    acts: tuple[ReviewAct, ...] = ()
    trades: Mapping[str, float] = field(default_factory=dict)
    """Probability of each trade that the words may speak of; empty where nobody asked."""


class ReviewReader(Protocol):
    """States what reviews say. Thread-safe."""

    @property
    def label(self) -> str:
        """For example `review-sentiment@13`."""

    def read(self, reviews: Sequence[Review]) -> list[ReviewReading]:
        """One reading a review, in order."""


class PhraseReader:
    """Reads by linear models of sentiment and trade and by lists of phrases alone."""

    def __init__(self, sentiment: SentimentModel, trades: TradeModel | None = None) -> None:
        self._sentiment, self._trades = sentiment, trades
        self.label = sentiment.label

    @classmethod
    def load(cls, path: Path) -> "PhraseReader":
        """Read the linear models of `models/sentiment/<version>`; raises ModelError."""
        return cls(SentimentModel.load(path), TradeModel.load(path))

    def read(self, reviews: Sequence[Review]) -> list[ReviewReading]:
        """One reading a review, in order."""
        pieces = [reviews[at : at + TOGETHER] for at in range(0, len(reviews), TOGETHER)]
        return [
            reading
            for some in pieces
            for reading in self.read_many(some, [normalize(review.text) for review in some])
        ]

    def read_one(self, review: Review, normalized: NormalizedText) -> ReviewReading:
        """The reading of a review that is normalised already."""
        return self.read_many([review], [normalized])[0]

    def read_many(
        self, reviews: Sequence[Review], texts: Sequence[NormalizedText]
    ) -> list[ReviewReading]:
        """The readings of reviews that are normalised already, their sentiments in one pass."""
        looked = [_look(text) for text in texts]
        stretches = dict.fromkeys(
            stretch for one in looked for stretch in (one.normalized.text, *one.asked)
        )
        scores = dict(zip(stretches, self._sentiment.score_many(list(stretches)), strict=True))
        trades = self._trades_of(reviews, texts)
        return [
            _reading(review, one, scores.__getitem__, spoken_of)
            for review, one, spoken_of in zip(reviews, looked, trades, strict=True)
        ]

    def _trades_of(
        self, reviews: Sequence[Review], texts: Sequence[NormalizedText]
    ) -> list[Mapping[str, float]]:
        """Asked only where a foreign trade would matter: the trade is known, the stars are few."""
        trades: list[Mapping[str, float]] = [{}] * len(reviews)
        if self._trades:
            rows = [row for row, review in enumerate(reviews) if _may_be_foreign(review)]
            probs = self._trades.probs([texts[row].text for row in rows])
            for row, prob in zip(rows, probs, strict=True):
                trades[row] = prob
        return trades


def _may_be_foreign(review: Review) -> bool:
    few = review.rating is None or review.rating <= _FEW_STARS
    return review.category is not None and few


class _Looked(NamedTuple):
    """What stands in a text, before any sentiment is known."""

    normalized: NormalizedText
    masked: str
    clauses: tuple[Clause, ...]
    mentions: list[Mention]
    asked: list[str]


def _look(normalized: NormalizedText) -> _Looked:
    text = normalized.text
    masked, found = blank_look_alikes(text), tuple(clauses(text))
    mentions = find_mentions(masked, found)
    return _Looked(normalized, masked, found, mentions, asked(text, mentions))


def _reading(
    review: Review, looked: _Looked, score: Scorer, trades: Mapping[str, float]
) -> ReviewReading:
    normalized, found = looked.normalized, looked.clauses
    sentiment = score(normalized.text)
    aspects = judge_mentions(normalized, looked.mentions, score)
    severity = assess_severity(
        normalized,
        found,
        category=review.category,
        sentiment=sentiment,
        aspects=aspects,
        masked=looked.masked,
    )
    acts = find_acts(normalized)
    return ReviewReading(normalized, found, sentiment, aspects, severity, acts, trades)
