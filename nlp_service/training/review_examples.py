"""Reviews as windows of tokens with targets, for the review encoder.

    ReviewRecord, public review --model text, TranscriptMaker--> Window + targets --> Example

Columns stand in groups: sentiment (`says:`), how grave at least (`level:`), kinds of danger
(`hazard:`), opinions (`aspect:`), acts (`act:`) and the words of a claim (`claim:`), which tokens
alone answer. A public review answers for its sentiment only; positive against negative is not
asked of a neutral text, and neutral is not asked of a source that has no such class.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nlp_service.domain import HAZARDS
from nlp_service.inference.transcript import Said, TranscriptMaker, Window
from nlp_service.reviews.acts import ACTS
from nlp_service.reviews.encoder_reader import (
    ACT,
    ASPECT,
    CLAIM,
    HAZARD,
    LEVEL,
    LEVELS,
    SAYS,
    SIGNS,
    known_of,
)
from nlp_service.text.model_text import ModelText, model_text
from nlp_service.text.normalize import normalize
from nlp_service.training.encoder_batches import Columns, Example, weighted
from nlp_service.training.public_reviews import CORPUS, NEUTRAL_SOURCES, WEIGHTS, PublicReview
from nlp_service.training.review_corpus import ReviewRecord

# Reviews with how far the label of each is trusted, 0 to 1.
Trusted = Sequence[tuple[PublicReview, float]]
_MIN_POSITIVES = 4  # an opinion seen less often cannot be learnt and is left out
_SPAN_SHARE = 0.5  # a token says an opinion when it lies inside its words by this share
_SAYS = (SAYS + "positive", SAYS + "neutral")


def columns_of(records: Sequence[ReviewRecord]) -> Columns:
    """Sentiment, levels and dangers, and every opinion that at least four reviews hold."""
    counts = Counter(name for record in records for name in _opinions(record))
    opinions = sorted(name for name, n in counts.items() if n >= _MIN_POSITIVES)
    levels = [LEVEL + level for level in LEVELS]
    claims = [CLAIM + level for level in LEVELS]
    acts = [ACT + act for act in ACTS]
    names = [*_SAYS, *levels, *(HAZARD + kind for kind in HAZARDS), *opinions, *acts, *claims]
    return Columns(tuple(names), spoken=(ASPECT, ACT, CLAIM))


class ReviewExampleMaker:
    """Turns reviews into examples for one tokenizer and one set of columns."""

    def __init__(self, maker: TranscriptMaker, columns: Columns) -> None:
        self._maker, self._columns = maker, columns
        self._all = columns.mask(LEVEL, HAZARD, ASPECT, ACT)
        self._positive, self._neutral = (columns.targets([name]) for name in _SAYS)
        self._number = {name: number for number, name in enumerate(columns.names)}

    def of(self, record: ReviewRecord, *, with_context: bool = True) -> Iterator[Example]:
        """All windows of one annotated review."""
        review = record.to_review(with_context=with_context)
        text = model_text(normalize(record.text), ())
        windows = list(self._maker.windows(known_of(review), [Said("buyer", text.text)]))
        mask = self._all + self._neutral
        if record.sentiment != "neutral":
            mask = mask + self._positive
        for window in windows:
            tokens = tuple(self._said(record, text, *chars) for chars in window.chars)
            labels = self._labels(record, tokens, is_whole=len(windows) == 1)
            turn = (window.message_place, self._columns.targets(labels), mask)
            example = Example(window.ids, (turn,), window.first, tokens)
            yield weighted(example, 1 / len(windows))

    def public(self, review: PublicReview, *, knows_neutral: bool) -> Iterator[Example]:
        """All windows of a review of which only the sentiment is known."""
        text = model_text(normalize(review.text), ())
        windows = list(self._maker.windows("", [Said("buyer", text.text)]))
        targets = self._columns.targets([SAYS + review.label])
        for window in windows:
            turn = (window.message_place, targets, self._asked(review.label, knows_neutral))
            yield replace(_bare(window, turn), weight=1 / len(windows))

    def _asked(self, label: str, knows_neutral: bool) -> NDArray[np.float32]:
        if label == "neutral":
            return self._neutral
        return self._positive + self._neutral if knows_neutral else self._positive

    def _labels(
        self, record: ReviewRecord, tokens: Sequence[frozenset[int]], *, is_whole: bool
    ) -> set[str]:
        """What is true of a window: its sentiment is the review's, the rest must stand in it."""
        labels = {SAYS + record.sentiment}
        if is_whole:
            said = _opinions(record) | {ACT + act for act, _, _ in record.acts}
            return labels | said | _gravity(record.severity, record.hazard)
        names = {self._columns.names[number] for said in tokens for number in said}
        claimed = [level for level in LEVELS if CLAIM + level in names]
        gravest = claimed[-1] if claimed else "none"
        hazard = record.hazard if gravest == "hazard" else None
        return (
            labels | {n for n in names if n.startswith((ASPECT, ACT))} | _gravity(gravest, hazard)
        )

    def _said(self, record: ReviewRecord, text: ModelText, start: int, end: int) -> frozenset[int]:
        span = text.raw_span(start, end)
        size = max(span.end - span.start, 1)
        marked = [
            *((ASPECT + a + SIGNS[p], first, last) for a, p, first, last in record.aspects),
            *((CLAIM + s.partition(":")[0], first, last) for s, first, last in record.claims),
            *((ACT + act, first, last) for act, first, last in record.acts),
        ]
        return frozenset(
            self._number[name]
            for name, first, last in marked
            if name in self._number
            and min(span.end, last) - max(span.start, first) >= _SPAN_SHARE * size
        )


def _bare(window: Window, turn: tuple[int, NDArray[np.float32], NDArray[np.float32]]) -> Example:
    return Example(window.ids, (turn,), window.first, ())


def _opinions(record: ReviewRecord) -> set[str]:
    return {ASPECT + aspect + SIGNS[polarity] for aspect, polarity in record.opinions}


def _gravity(severity: str, hazard: str | None) -> set[str]:
    reached = LEVELS.index(severity) + 1 if severity in LEVELS else 0
    kinds = {HAZARD + hazard} if hazard else set()
    return {LEVEL + level for level in LEVELS[:reached]} | kinds


def epochs_of(
    annotated: Sequence[ReviewRecord], public: Trusted, making: ReviewExampleMaker, epochs: int
) -> list[list[Example]]:
    """Examples by epoch: each holds its share of the public reviews and all annotated ones, with
    what is known of the purchase in every other epoch.
    """
    starred = [
        weighted(example, WEIGHTS[review.source] * trust * example.weight)
        for review, trust in public
        for example in making.public(review, knows_neutral=review.source in NEUTRAL_SOURCES)
    ]
    own = [
        [
            weighted(example, WEIGHTS[CORPUS] * example.weight)
            for record in annotated
            for example in making.of(record, with_context=with_context)
        ]
        for with_context in (False, True)
    ]
    return [[*starred[epoch::epochs], *own[epoch % 2]] for epoch in range(epochs)]
