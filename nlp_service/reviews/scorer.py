"""The review pipeline: text -> sentiment, aspects, severity -> signals -> suspicion.

Pure: a scorer holds weights and policy, and changes nothing. Near-copies between reviews are found
elsewhere and come in as further signals.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from nlp_service.domain import Review, ReviewScore, Signal
from nlp_service.reviews.loading import load_reader
from nlp_service.reviews.policy import SuspicionPolicy, default_suspicion_policy
from nlp_service.reviews.reading import ReviewReader
from nlp_service.reviews.signals import SIGNALS
from nlp_service.reviews.suspicion import assess_suspicion
from nlp_service.reviews.view import ReviewView

_TOGETHER = 64  # reviews read at once: enough to put alike lengths together


class ReviewScorer:
    """Scores reviews with one reader and one policy; safe to share between threads."""

    def __init__(
        self,
        reader: ReviewReader,
        *,
        policy: SuspicionPolicy | None = None,
        policy_label: str = "default@1",
    ) -> None:
        self._reader = reader
        self._policy = policy or default_suspicion_policy()
        self._policy_label = policy_label

    @classmethod
    def load(cls, model_dir: Path, *, policy: SuspicionPolicy | None = None) -> "ReviewScorer":
        """A scorer over `models/sentiment/<version>`; raises ModelError."""
        return cls(load_reader(model_dir), policy=policy)

    @property
    def model(self) -> str:
        """For example `review-sentiment@2`."""
        return self._reader.label

    def view(self, review: Review) -> ReviewView:
        """What the review says, before anything is held against it."""
        return self._views([review])[0]

    def score(self, review: Review, *, extra: Sequence[Signal] = ()) -> ReviewScore:
        """The answer about one review; `extra` holds signals that need other reviews (copies)."""
        return self._score(review, self.view(review), extra)

    def score_batch(self, reviews: Iterable[Review]) -> list[ReviewScore]:
        """The same answers, in order; reviews of alike length are read together."""
        return [
            self._score(review, view, ())
            for some in _chunks(reviews)
            for review, view in zip(some, self._views(some), strict=True)
        ]

    def _views(self, reviews: Sequence[Review]) -> list[ReviewView]:
        return [
            ReviewView(
                reading.normalized,
                reading.clauses,
                reading.sentiment,
                reading.severity,
                reading.aspects,
                self._policy,
            )
            for reading in self._reader.read(reviews)
        ]

    def _score(self, review: Review, view: ReviewView, extra: Sequence[Signal]) -> ReviewScore:
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


def _chunks(reviews: Iterable[Review]) -> Iterator[list[Review]]:
    source = iter(reviews)
    while some := list(islice(source, _TOGETHER)):
        yield some
