"""Sentiment of a review or of one of its clauses: positive, neutral or negative.

normalised text -> default text? -> neutral
                -> windows -> LinearModel -> one-vs-rest probs -> normalised to add up to 1
"""

from bisect import bisect_right
from pathlib import Path

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
_NEUTRAL = Sentiment("neutral", 0.0, 1.0, 0.0)
_LENGTHS = (4, 9, 20, 80)  # characters; the quartiles of laptop clauses, then of reviews
_WINDOW_CHARS = 300  # longer reviews are read window by window; see models/LOG.md


class SentimentModel:
    """Scores normalised texts; holds no state beside the weights."""

    def __init__(self, artifact: Artifact) -> None:
        self._linear = artifact.linear
        self._order = [self._linear.index[label] for label in MODEL_LABELS]
        self.label = artifact.label

    @classmethod
    def load(cls, path: Path) -> "SentimentModel":
        """Read `models/sentiment/<version>`; raises ModelError."""
        return cls(load_artifact(path))

    def score(self, text: str) -> Sentiment:
        """Sentiment of a normalised text; empty and default texts are neutral."""
        if is_blank(text):
            return _NEUTRAL
        pieces = windows(text, _WINDOW_CHARS)
        if len(pieces) == 1:
            return sentiment_of(*self._probs(text))
        weights = np.array([len(piece) for piece in pieces], np.float32)
        probs = np.stack([self._probs(piece) for piece in pieces])
        return sentiment_of(*np.average(probs, axis=0, weights=weights))

    def _probs(self, text: str) -> Floats:
        prediction = self._linear.predict(text, (length_feature(text),))
        positive, neutral = prediction.probs[self._order]
        sided = 1.0 - neutral
        return np.array([sided * positive, neutral, sided * (1.0 - positive)], np.float32)


def is_blank(text: str) -> bool:
    """Whether a normalised text is empty or what a platform writes when the buyer wrote nothing."""
    stripped = text.strip(" \n.!。")
    return not stripped or _DEFAULT.fullmatch(stripped) is not None


def length_feature(text: str) -> str:
    """Context feature of the model: a clause is neutral more often than a whole review."""
    sizes = ("tiny", "clause", "sentence", "review", "essay")
    return f"length={sizes[bisect_right(_LENGTHS, len(text))]}"


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
    probs = np.array([positive, neutral, negative], np.float64)
    label = SENTIMENTS[int(np.argmax(probs))]
    return Sentiment(label, *(probs / probs.sum()).tolist())
