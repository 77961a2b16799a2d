"""The review pipeline: text -> sentiment, aspects, severity -> signals -> suspicion.

Pure: a scorer holds weights and policy, and changes nothing. A batch is scored in two steps: what
each review says, then what it is beside the others (copies, bursts, coordinated accounts).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from nlp_service.domain import Review, ReviewScore, Signal
from nlp_service.reviews.loading import load_reader
from nlp_service.reviews.policy import SuspicionPolicy, default_suspicion_policy
from nlp_service.reviews.reading import ReviewReader
from nlp_service.reviews.signals import SIGNALS, TOGETHER
from nlp_service.reviews.suspicion import assess_suspicion
from nlp_service.reviews.together.making import seen_of
from nlp_service.reviews.together.others import Around, Others
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.view import ReviewView

_TOGETHER = 64  # reviews read at once


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
        """For example `review-sentiment@13`."""
        return self._reader.label

    def view(self, review: Review) -> ReviewView:
        """What the review says, before anything is held against it."""
        return self._views([review])[0]

    def score(
        self, review: Review, *, extra: Sequence[Signal] = (), others: Others | None = None
    ) -> ReviewScore:
        """The answer about one review, beside `others` where there are some.

        `extra` holds further signals from elsewhere.
        """
        view = self.view(review)
        around = None if others is None else others.around(seen_of(review, view))
        return self._score(review, view, around, extra)

    def score_batch(
        self,
        reviews: Iterable[Review],
        *,
        others: Others | None = None,
        earlier: Callable[[Others], None] | None = None,
    ) -> list[ReviewScore]:
        """The answers in order, whatever the order: each review beside all others of the batch.

        Where `others` is given, beside those instead (the batch belongs among them); else
        `earlier` may add to the batch what a store remembers.
        """
        some = list(reviews)
        views = self._all_views(some)
        seens = list(map(seen_of, some, views))
        if others is None:
            others = Others(seens, policy=self._policy)
            if earlier is not None:
                earlier(others)
        return [
            self._score(review, view, others.around(seen))
            for review, view, seen in zip(some, views, seens, strict=True)
        ]

    def others(self) -> Others:
        """An empty collection under this policy, to be filled from `seen`."""
        return Others(policy=self._policy)

    def seen(self, reviews: Iterable[Review]) -> list[Seen]:
        """What to keep of reviews so that others can be compared with them; holds no text."""
        some = list(reviews)
        return list(map(seen_of, some, self._all_views(some)))

    def _all_views(self, reviews: Sequence[Review]) -> list[ReviewView]:
        """In pieces, so that no more than a piece is held as text."""
        return [view for some in _chunks(reviews) for view in self._views(some)]

    def _views(self, reviews: Sequence[Review]) -> list[ReviewView]:
        return [
            ReviewView(
                reading.normalized,
                reading.clauses,
                reading.sentiment,
                reading.severity,
                reading.aspects,
                reading.acts,
                self._policy,
                reading.trades,
            )
            for reading in self._reader.read(reviews)
        ]

    def _score(
        self,
        review: Review,
        view: ReviewView,
        around: Around | None,
        extra: Sequence[Signal] = (),
    ) -> ReviewScore:
        signals = [
            *(signal(review, view) for signal in SIGNALS.values()),
            *(signal(review, view, around) for signal in TOGETHER.values()),
            *extra,
        ]
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
