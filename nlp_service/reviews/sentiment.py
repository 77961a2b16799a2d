"""Sentiment of a review or of one of its clauses: positive, neutral or negative.

normalised text -> default text? -> neutral
                -> windows -> LinearModel -> one-vs-rest probs -> normalised to add up to 1
"""

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import re2

from nlp_service.domain import SENTIMENTS, Sentiment
from nlp_service.inference.artifact import Artifact, load_artifact
from nlp_service.inference.linear import Floats
from nlp_service.reviews.clauses import Clause, clauses

MODEL_LABELS = ("positive", "neutral")  # positive among texts that take sides
# Texts that a platform writes when the buyer wrote nothing.
_DEFAULT = re2.compile(
    r"(?:此|该|本)?(?:用户|买家|顾客|会员)?(?:没有|未|没|未及时)(?:填写|作出|做出|写|发表|主动)(?:评价|评论|文字)?(?:内容|评价|评论)?"
    r"(?:,?系统默认(?:好评|评价)?)?|系统默认(?:好评|评价)|默认(?:好评|评价)|(?:评价方)?未及时做出评价,系统默认好评"
)
_DEFAULT_CHARS, _DEFAULT_MARKS = 24, frozenset("没未默")  # no longer one, none without a mark
_NEUTRAL = Sentiment("neutral", 0.0, 1.0, 0.0)
_LENGTHS = (4, 9, 20, 80)  # characters; the quartiles of laptop clauses, then of reviews
_SIZES = ("tiny", "clause", "sentence", "review", "essay")
_WINDOW_CHARS = 300  # longer reviews are read window by window; see models/LOG.md


class SentimentModel:
    """Scores normalised texts; holds no state beside the weights."""

    def __init__(self, artifact: Artifact) -> None:
        self._linear = artifact.linear
        self._order = [self._linear.index[label] for label in MODEL_LABELS]
        by_length = [self._linear.context_logits((_length_feature(n),)) for n in range(len(_SIZES))]
        self._by_length = np.stack(by_length)
        self.label = artifact.label

    @classmethod
    def load(cls, path: Path) -> "SentimentModel":
        """Read `models/sentiment/<version>`; raises ModelError."""
        return cls(load_artifact(path))

    def score(self, text: str) -> Sentiment:
        """Sentiment of a normalised text; empty and default texts are neutral."""
        return self.score_many([text])[0]

    def score_many(self, texts: Sequence[str]) -> list[Sentiment]:
        """Sentiment of each of several normalised texts in one pass, which is much cheaper."""
        pieces = [[] if is_blank(text) else windows(text, _WINDOW_CHARS) for text in texts]
        probs = self._probs([piece for some in pieces for piece in some])
        found, at = [], 0
        for some in pieces:
            own = probs[at : at + len(some)]
            at += len(some)
            found.append(sentiment_of(*_averaged(some, own)) if some else _NEUTRAL)
        return found

    def _probs(self, texts: Sequence[str]) -> Floats:
        """`(U, 3)` in the order of `SENTIMENTS`."""
        if not texts:
            return np.empty((0, len(SENTIMENTS)), np.float32)
        logits = self._linear.logits_of_units(texts)
        logits += self._by_length[[bisect_right(_LENGTHS, len(text)) for text in texts]]
        positive, neutral = self._linear.calibrate(logits)[:, self._order].T
        sided = 1.0 - neutral
        return np.stack([sided * positive, neutral, sided * (1.0 - positive)], axis=1)


def _averaged(pieces: Sequence[str], probs: Floats) -> list[float]:
    if len(pieces) == 1:
        return cast("list[float]", probs[0].tolist())
    weights = np.array([len(piece) for piece in pieces], np.float32)
    return cast("list[float]", np.average(probs, axis=0, weights=weights).tolist())


def is_blank(text: str) -> bool:
    """Whether a normalised text is empty or what a platform writes when the buyer wrote nothing."""
    stripped = text.strip(" \n.!。")
    if not stripped:
        return True
    may = len(stripped) <= _DEFAULT_CHARS and not _DEFAULT_MARKS.isdisjoint(stripped)
    return may and _DEFAULT.fullmatch(stripped) is not None


def length_feature(text: str) -> str:
    """Context feature of the model: a clause is neutral more often than a whole review."""
    return _length_feature(bisect_right(_LENGTHS, len(text)))


def _length_feature(size: int) -> str:
    return f"length={_SIZES[size]}"


def windows(text: str, limit: int) -> list[str]:
    """Cut a text at clause ends into pieces of about equal length, each near `limit` characters."""
    if len(text) <= limit:
        return [text]
    size = len(text) / -(-len(text) // limit)
    pieces: list[str] = []
    start = 0
    for clause in _bounded(clauses(text), limit):
        if clause.end - start >= size:
            pieces.append(text[start : clause.end])
            start = clause.end
    return [*pieces, text[start:]] if text[start:].strip() else pieces


def _bounded(found: list[Clause], limit: int) -> list[Clause]:
    """Clauses, those without a break for longer than `limit` cut hard."""
    return [
        Clause(start, min(start + limit, clause.end))
        for clause in found
        for start in range(clause.start, clause.end, limit)
    ]


def sentiment_of(positive: float, neutral: float, negative: float) -> Sentiment:
    """The sentiment of three weights, which are made to add up to 1."""
    weights = (float(positive), float(neutral), float(negative))
    total = weights[0] + weights[1] + weights[2]
    label = SENTIMENTS[weights.index(max(weights))]
    return Sentiment(label, *(weight / total for weight in weights))
