"""The blend of encoder, linear model and phrases, and thresholds, from development reviews.

dev texts + dev authors --logits of every witness, truth--> fit_blend --> Blend
dev authors + blended probs --best opinions, levels and dangers--> Thresholds
"""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nlp_service.domain import HAZARDS, Review
from nlp_service.inference.blend import Blend
from nlp_service.inference.linear import Floats
from nlp_service.reviews.encoder_reader import (
    ACT,
    ASPECT,
    HAZARD,
    LEVEL,
    LEVELS,
    SAYS,
    SIGNS,
    EncoderReader,
    Heard,
    Thresholds,
    witness,
)
from nlp_service.reviews.reading import PhraseReader
from nlp_service.text.normalize import normalize
from nlp_service.training import blend_fit
from nlp_service.training.blend_fit import fit_blend, stacked
from nlp_service.training.encoder_batches import Columns
from nlp_service.training.public_reviews import NEUTRAL_SOURCES, PublicReview
from nlp_service.training.review_corpus import ReviewRecord

_STARRED = 250  # public reviews of a source beside the annotated ones; why: models/LOG.md
_GRID = np.arange(0.1, 0.91, 0.05)
# A missed danger costs more than a needless look, but a queue of false alarms is not read.
_MAX_FALSE_DANGERS = 0.02


class _Row:
    """One review: what every witness says, and what is true of it by group."""

    def __init__(self, said: dict[str, float], heard: Heard, truth: dict[str, set[str]]) -> None:
        self.said, self.heard, self.truth = said, heard, truth


def blend_of(
    own: Sequence[ReviewRecord],
    public: Sequence[PublicReview],
    reader: EncoderReader,
    phrases: PhraseReader,
    columns: Columns,
) -> Blend:
    """Weights fitted on annotated `own` reviews, for sentiment on some `public` ones too.

    Stars are what the linear model learnt from: where they alone decide, the encoder gets next to
    no say, and irony and implied blame are misread.
    """
    annotated = _rows([record.to_review() for record in own], reader, phrases)
    for row, record in zip(annotated, own, strict=True):
        row.truth.update(_truth(record))
    some = _some_of_each(public)
    starred = _public_rows(some, reader, phrases)
    weights = _fitted(SAYS, ["positive"], _sided([*annotated, *starred]), columns)
    knows = [r.source in NEUTRAL_SOURCES for r in some]
    three = [row for row, has in zip(starred, knows, strict=True) if has]
    weights |= _fitted(SAYS, ["neutral"], [*annotated, *three], columns)
    for group in (LEVEL, HAZARD, ASPECT, ACT):
        names = [name.removeprefix(group) for name in columns.names if name.startswith(group)]
        weights |= _fitted(group, names, annotated, columns)
    return Blend(columns.names, weights)


def _some_of_each(public: Sequence[PublicReview]) -> list[PublicReview]:
    """The first reviews of every source, in the order of their keys' digests."""
    return [
        review
        for source in sorted({review.source for review in public})
        for review in sorted(
            (review for review in public if review.source == source),
            key=lambda review: blake2b(review.key.encode("utf-8", "replace")).digest(),
        )[:_STARRED]
    ]


_ELSEWHERE = 0.5  # of the encoder's weight that is kept


def _shrunk(
    weights: dict[str, tuple[float, float, float, float]],
) -> dict[str, tuple[float, float, float, float]]:
    """Half of the encoder's say goes to the linear model.

    The weights are fitted on the sources that both learnt from; on a source that neither has seen
    (food delivery) the encoder is surer than it is right: .844 as fitted, .853 with half of it.
    """
    moved = 1 - _ELSEWHERE
    return {
        name: (linear + moved * (turn + token), _ELSEWHERE * turn, _ELSEWHERE * token, offset)
        for name, (linear, turn, token, offset) in weights.items()
    }


def sentiment_weights(
    public: Sequence[PublicReview], reader: EncoderReader, phrases: PhraseReader, columns: Columns
) -> dict[str, tuple[float, float, float, float]]:
    """Weights of positive against negative alone, fitted on `public` reviews.

    For `training.trades` only, whose folds hold starred reviews alone.
    """
    rows = _sided(_public_rows(public, reader, phrases))
    return _shrunk(_fitted(SAYS, ["positive"], rows, columns))


def thresholds_of(records: Sequence[ReviewRecord], reader: EncoderReader) -> Thresholds:
    """Thresholds that serve `records` best: opinions by F1, levels by accuracy, dangers by recall
    at few false alarms.
    """
    probs = reader.probs([record.to_review() for record in records])
    true = [record.opinions for record in records]
    opinions = [found[ASPECT] for found in probs]
    aspect = _best(lambda cut: _opinion_f1(opinions, true, cut))
    danger = np.array([found[LEVEL]["hazard"] for found in probs])
    is_danger = np.array([record.severity == "hazard" for record in records])
    hazard = _lowest_cut(danger, is_danger)
    reached = [LEVELS.index(r.severity) if r.severity in LEVELS else -1 for r in records]
    minor_major = [(found[LEVEL]["minor"], found[LEVEL]["major"]) for found in probs]
    rest = [n for n, said in enumerate(danger) if said < hazard]

    def right(cuts: tuple[float, float]) -> int:
        guess = [_level(minor_major[n], cuts) for n in rest]
        return sum(level == reached[n] for level, n in zip(guess, rest, strict=True))

    minor, major = max(product(_GRID.tolist(), repeat=2), key=right)
    return Thresholds(*(round(float(x), 3) for x in (aspect, minor, major, hazard)))


def _best(score: Callable[[float], float]) -> float:
    cuts: list[float] = _GRID.tolist()
    return max(cuts, key=score)


def _level(probs: tuple[float, float], cuts: tuple[float, float]) -> int:
    """Place among LEVELS of what is sure enough, -1 for none."""
    if probs[1] >= cuts[1]:
        return 1
    return 0 if probs[0] >= cuts[0] else -1


def _opinion_f1(
    probs: Sequence[dict[str, float]], true: Sequence[frozenset[tuple[str, str]]], cut: float
) -> float:
    right = said = 0
    polarity = {sign: name for name, sign in SIGNS.items()}
    for found, truth in zip(probs, true, strict=True):
        stated = {(name[:-1], polarity[name[-1]]) for name, prob in found.items() if prob >= cut}
        right += len(stated & truth)
        said += len(stated)
    return 2 * right / max(said + sum(map(len, true)), 1)


def _lowest_cut(danger: Floats, is_danger: NDArray[np.bool_]) -> float:
    """The lowest cut that keeps false alarms few; dangers are worth a look too many."""
    allowed = [
        cut for cut in _GRID.tolist() if np.mean(danger[~is_danger] >= cut) <= _MAX_FALSE_DANGERS
    ]
    return min(allowed, default=float(_GRID[-1]))


def _rows(reviews: Sequence[Review], reader: EncoderReader, phrases: PhraseReader) -> list[_Row]:
    texts = [normalize(review.text) for review in reviews]
    heard = reader.hear(reviews, texts)
    return [
        _Row(witness(phrases.read_one(review, text)), one, {})
        for review, text, one in zip(reviews, texts, heard, strict=True)
    ]


def _public_rows(
    public: Sequence[PublicReview], reader: EncoderReader, phrases: PhraseReader
) -> list[_Row]:
    rows = _rows([Review(review.key, review.text) for review in public], reader, phrases)
    for row, review in zip(rows, public, strict=True):
        row.truth[SAYS] = {review.label}
    return rows


def _sided(rows: Sequence[_Row]) -> list[_Row]:
    return [row for row in rows if "neutral" not in row.truth[SAYS]]


def _truth(record: ReviewRecord) -> dict[str, set[str]]:
    reached = LEVELS.index(record.severity) + 1 if record.severity in LEVELS else 0
    return {
        SAYS: {record.sentiment},
        LEVEL: {*LEVELS[:reached]},
        HAZARD: {record.hazard} & {*HAZARDS} if record.hazard else set(),
        ASPECT: {aspect + SIGNS[polarity] for aspect, polarity in record.opinions},
        ACT: {act for act, _, _ in record.acts},
    }


def _fitted(
    group: str, names: Sequence[str], rows: Sequence[_Row], columns: Columns
) -> dict[str, tuple[float, float, float, float]]:
    places = [columns.names.index(group + name) for name in names]
    turns = [row.heard.mean if group == SAYS else row.heard.loudest for row in rows]
    tokens = turns if group == SAYS else [row.heard.loudest_token for row in rows]
    heard = blend_fit.Heard(
        tuple(names),
        stacked([row.said for row in rows], names),
        np.array([turn[places] for turn in turns], np.float32),
        np.array([token[places] for token in tokens], np.float32),
        np.array([[name in row.truth[group] for name in names] for row in rows], np.int8),
    )
    return {group + name: row for name, row in fit_blend(heard).items()}
