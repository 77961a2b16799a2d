"""The review pipeline: text -> sentiment, aspects, severity -> signals -> suspicion.

Pure: a scorer holds weights and policy, and changes nothing. Near-copies between reviews are found
elsewhere and come in as further signals.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from nlp_service.domain import Review, ReviewScore, Signal
from nlp_service.reviews.aspects import find_aspects
from nlp_service.reviews.clauses import clauses
from nlp_service.reviews.policy import SuspicionPolicy, default_suspicion_policy
from nlp_service.reviews.sentiment import SentimentModel
from nlp_service.reviews.severity import assess_severity
from nlp_service.reviews.signals import SIGNALS
from nlp_service.reviews.suspicion import assess_suspicion
from nlp_service.reviews.view import ReviewView
from nlp_service.text.normalize import normalize


class ReviewScorer:
    """Scores reviews with one sentiment model and one policy; safe to share between threads."""

    def __init__(
        self,
        sentiment: SentimentModel,
        *,
        policy: SuspicionPolicy | None = None,
        policy_label: str = "default@1",
    ) -> None:
        self._sentiment = sentiment
        self._policy = policy or default_suspicion_policy()
        self._policy_label = policy_label

    @classmethod
    def load(cls, model_dir: Path, *, policy: SuspicionPolicy | None = None) -> "ReviewScorer":
        """A scorer over `models/sentiment/<version>`; raises ModelError."""
        return cls(SentimentModel.load(model_dir), policy=policy)

    @property
    def model(self) -> str:
        """For example `review-sentiment@1`."""
        return self._sentiment.label

    def view(self, review: Review) -> ReviewView:
        """What the review says, before anything is held against it."""
        normalized = normalize(review.text)
        found = tuple(clauses(normalized.text))
        sentiment = self._sentiment.score(normalized.text)
        aspects = find_aspects(normalized, found, self._sentiment.score)
        severity = assess_severity(
            normalized, found, category=review.category, sentiment=sentiment, aspects=aspects
        )
        return ReviewView(normalized, found, sentiment, severity, aspects, self._policy)

    def score(self, review: Review, *, extra: Sequence[Signal] = ()) -> ReviewScore:
        """The answer about one review; `extra` holds signals that need other reviews (copies)."""
        view = self.view(review)
        signals = [*(signal(review, view) for signal in SIGNALS.values()), *extra]
        return ReviewScore(
            id=review.id,
            sentiment=view.sentiment,
            aspects=view.aspects,
            severity=view.severity,
            suspicion=assess_suspicion(review, view, signals),
            policy=self._policy_label,
            model=self.model,
        )

    def score_batch(self, reviews: Iterable[Review]) -> list[ReviewScore]:
        """The same answers one by one, in order."""
        return [self.score(review) for review in reviews]
