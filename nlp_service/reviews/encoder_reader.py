"""Reads reviews with the encoder, blended with the linear model and the phrase lists.

    review --transcript layout--> windows --encoder--> logits of review and tokens --+
           --linear sentiment, phrase lists------------> a first reading ------------+--blend-->
    sentiment, aspects with spans, severity with hazard and spans

The encoder reads all of it in one pass; what the phrase lists found is one more witness.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from nlp_service.domain import (
    ASPECTS,
    HAZARDS,
    AspectOpinion,
    Review,
    ReviewSeverity,
    Sentiment,
    Span,
)
from nlp_service.errors import ModelError
from nlp_service.inference.artifact import load_artifact
from nlp_service.inference.blend import Blend
from nlp_service.inference.encoder import TokenEncoder
from nlp_service.inference.linear import Floats
from nlp_service.inference.transcript import Said, TranscriptMaker, Window, about
from nlp_service.reviews.clauses import clauses
from nlp_service.reviews.reading import PhraseReader, ReviewReading
from nlp_service.reviews.sentiment import SentimentModel, is_blank, sentiment_of
from nlp_service.text.model_text import ModelText, model_text, spans_of
from nlp_service.text.normalize import normalize
from nlp_service.text.offsets import NormalizedText

# Groups of what the models state: sentiment, how grave at least, kinds of danger, opinions, and
# the words of a claim, which only tokens are asked for.
SAYS, LEVEL, HAZARD, ASPECT, CLAIM = "says:", "level:", "hazard:", "aspect:", "claim:"
LEVELS = ("minor", "major", "hazard")
SIGNS = {"positive": "+", "neutral": "0", "negative": "-"}
BLEND, THRESHOLDS = "blend.json", "thresholds.json"
_POLARITIES = {sign: polarity for polarity, sign in SIGNS.items()}
_SPAN_SHARE = 0.5  # tokens at least half as sure as the surest one carry the opinion
_CLEAR = 0.3  # below it a token is not sure enough to carry its opinion
_SURE = 0.5  # an opinion this probable counts for the sentiment
_WORD_CHARS = 2  # a lone letter is no opinion
_WITNESS = 2.0  # log-odds by which a phrase found speaks, before the blend weighs it


class Encoder(Protocol):
    """Whatever gives logits for every token of a window."""

    def logits(self, ids: Sequence[int]) -> Floats:
        """`(T, L)` for ids `(T,)`."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which something is stated, chosen on development authors."""

    aspect: float
    minor: float
    major: float
    hazard: float

    @classmethod
    def load(cls, path: Path) -> "Thresholds":
        """Read what training wrote; raises ModelError."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(f"{path.name} cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class Heard:
    """Logits of one review: `mean` and `loudest` `(L,)` over its windows, `tokens` `(C, L)` of the
    stretches `chars` of its model text.
    """

    text: ModelText
    mean: Floats
    loudest: Floats
    tokens: Floats
    chars: tuple[tuple[int, int], ...]

    @property
    def loudest_token(self) -> Floats:
        """`(L,)`; the review itself where it has no token."""
        return np.asarray(self.tokens.max(axis=0) if len(self.chars) else self.loudest)


class EncoderReader:
    """Sentiment, aspects and severity by encoder, linear model and phrases. Thread-safe."""

    def __init__(
        self,
        encoder: Encoder,
        maker: TranscriptMaker,
        phrases: PhraseReader,
        blend: Blend,
        thresholds: Thresholds,
        label: str,
    ) -> None:
        self._encoder, self._maker, self._phrases = encoder, maker, phrases
        self._blend, self._thresholds = blend, thresholds
        self.label = label

    @classmethod
    def load(cls, path: Path) -> "EncoderReader":
        """Read `models/sentiment/<version>`; raises ModelError."""
        artifact = load_artifact(path)
        encoder = TokenEncoder.load(path)
        return cls(
            encoder,
            TranscriptMaker(encoder.tokenizer),
            PhraseReader(SentimentModel(artifact)),
            Blend.load(path / BLEND),
            Thresholds.load(path / THRESHOLDS),
            artifact.label,
        )

    def read(self, reviews: Sequence[Review]) -> list[ReviewReading]:
        """What each review says, in order."""
        texts = [normalize(review.text) for review in reviews]
        heard = self.hear(reviews, texts)
        return [
            self._reading(review, text, one)
            for review, text, one in zip(reviews, texts, heard, strict=True)
        ]

    def probs(self, reviews: Sequence[Review]) -> list[dict[str, dict[str, float]]]:
        """Probability of everything that may be said of each review, by group and name."""
        texts = [normalize(review.text) for review in reviews]
        return [
            self._probs(self._phrases.read_one(review, text), heard)
            for review, text, heard in zip(reviews, texts, self.hear(reviews, texts), strict=True)
        ]

    def hear(self, reviews: Sequence[Review], texts: Sequence[NormalizedText]) -> list[Heard]:
        """What the encoder says of each review; a long one is heard window by window."""
        read = [model_text(text, ()) for text in texts]
        windows = [
            list(self._maker.windows(known_of(review), [Said("buyer", text.text)]))
            for review, text in zip(reviews, read, strict=True)
        ]
        return [
            _heard(text, some, [self._encoder.logits(window.ids) for window in some])
            for text, some in zip(read, windows, strict=True)
        ]

    def _reading(self, review: Review, text: NormalizedText, heard: Heard) -> ReviewReading:
        first = self._phrases.read_one(review, text)
        if is_blank(text.text):
            return first
        probs = self._probs(first, heard)
        heard_opinions = self._aspects(probs[ASPECT], heard)
        sentiment = _sided(_sentiment(probs[SAYS]), heard_opinions)
        return ReviewReading(
            text,
            first.clauses,
            sentiment,
            heard_opinions or _in_line(first.aspects, sentiment),
            self._severity(probs[LEVEL], probs[HAZARD], first.severity, heard),
        )

    def _probs(self, first: ReviewReading, heard: Heard) -> dict[str, dict[str, float]]:
        said = witness(first)
        probs = {SAYS: self._blend.probs(SAYS, said, heard.mean)}
        for group in (LEVEL, HAZARD, ASPECT):
            probs[group] = self._blend.probs(group, said, heard.loudest, heard.loudest_token)
        return probs

    def _aspects(self, probs: Mapping[str, float], heard: Heard) -> tuple[AspectOpinion, ...]:
        """One opinion an aspect: the surest polarity, where it is sure enough."""
        best: dict[str, tuple[float, str]] = {}
        for name, prob in probs.items():
            aspect, sign = name[:-1], name[-1]
            if prob >= self._thresholds.aspect and prob > best.get(aspect, (0.0, ""))[0]:
                best[aspect] = prob, sign
        opinions = [
            self._opinion(aspect, sign, prob, heard) for aspect, (prob, sign) in best.items()
        ]
        return tuple(sorted(opinions, key=lambda o: (o.spans[0].start if o.spans else 0, o.aspect)))

    def _opinion(self, aspect: str, sign: str, prob: float, heard: Heard) -> AspectOpinion:
        spans = self._spans(ASPECT + aspect + sign, heard)
        return AspectOpinion(aspect, _POLARITIES[sign], round(prob, 4), spans)

    def _severity(
        self,
        levels: Mapping[str, float],
        hazards: Mapping[str, float],
        first: ReviewSeverity,
        heard: Heard,
    ) -> ReviewSeverity:
        """The gravest level that is sure enough; a danger that the phrases name always counts."""
        level = next(
            (one for one in reversed(LEVELS) if levels[one] >= getattr(self._thresholds, one)),
            "none",
        )
        if first.level == "hazard":
            return first
        if level == "none":
            return ReviewSeverity("none")
        hazard = max(hazards, key=lambda kind: hazards[kind]) if level == "hazard" else None
        spans = self._spans(CLAIM + level, heard)
        return ReviewSeverity(level, hazard, spans or first.spans)

    def _spans(self, column: str, heard: Heard) -> tuple[Span, ...]:
        """The words that say it; none where the column was not learnt."""
        place = self._blend.columns.get(column)
        if place is None or not heard.chars:
            return ()
        probs = 1 / (1 + np.exp(-heard.tokens[:, place]))
        loud = np.flatnonzero(probs >= max(_SPAN_SHARE * probs.max(), _CLEAR))
        spans = spans_of(heard.text, [heard.chars[number] for number in loud.tolist()])
        words = tuple(span for span in spans if span.end - span.start >= _WORD_CHARS)
        return words or self._clause(heard, int(probs.argmax()))

    def _clause(self, heard: Heard, token: int) -> tuple[Span, ...]:
        """Where no word is sure, the clause around the surest one."""
        start, end = heard.chars[token]
        around = next((c for c in clauses(heard.text.text) if c.start <= start < c.end), None)
        first, last = around or (start, end)
        return (heard.text.raw_span(first, last),)


def _sided(sentiment: Sentiment, opinions: Sequence[AspectOpinion]) -> Sentiment:
    """A review whose sure opinions all lie on one side takes that side."""
    sides = {one.polarity for one in opinions if one.score >= _SURE} - {"neutral"}
    if sentiment.label != "neutral" or len(sides) != 1:
        return sentiment
    positive, neutral, negative = sentiment.positive, sentiment.neutral, sentiment.negative
    if sides == {"positive"}:
        return sentiment_of(neutral, positive, negative)
    return sentiment_of(positive, negative, neutral)


def _in_line(opinions: Sequence[AspectOpinion], sentiment: Sentiment) -> tuple[AspectOpinion, ...]:
    """What the phrases found, where the encoder heard nothing ("垃圾") and nothing contradicts."""
    return tuple(one for one in opinions if one.polarity == sentiment.label)


def known_of(review: Review) -> str:
    """Trade and item in words, as the encoder reads them."""
    item = model_text(normalize(review.item_title or ""), ()).text
    return about(review.category, None, item)


def witness(first: ReviewReading) -> dict[str, float]:
    """What the linear model and the phrases say, as log-odds by name of every group."""
    sided = first.sentiment.positive + first.sentiment.negative
    said = {
        "positive": _logit((first.sentiment.positive + 1e-6) / (sided + 2e-6)),
        "neutral": _logit(first.sentiment.neutral),
    }
    found = {opinion.aspect + SIGNS[opinion.polarity] for opinion in first.aspects}
    names = [aspect + sign for aspect in ASPECTS for sign in _POLARITIES]
    said |= {name: _WITNESS if name in found else -_WITNESS for name in names}
    reached = LEVELS.index(first.severity.level) if first.severity.level in LEVELS else -1
    said |= {level: _WITNESS if n <= reached else -_WITNESS for n, level in enumerate(LEVELS)}
    hazard = first.severity.hazard
    return said | {kind: _WITNESS if kind == hazard else -_WITNESS for kind in HAZARDS}


def _sentiment(probs: Mapping[str, float]) -> Sentiment:
    sided = 1.0 - probs["neutral"]
    positive = probs["positive"]
    return sentiment_of(sided * positive, probs["neutral"], sided * (1.0 - positive))


def _heard(text: ModelText, windows: Sequence[Window], logits: Sequence[Floats]) -> Heard:
    """A mean by length speaks for sentiment; for what stands in one place the loudest window."""
    pairs = list(zip(windows, logits, strict=True))
    places = np.stack([found[window.message_place] for window, found in pairs])
    lengths = [len(window.chars) + 1 for window in windows]
    tokens = [found[window.first : window.first + len(window.chars)] for window, found in pairs]
    return Heard(
        text,
        np.average(places, axis=0, weights=lengths).astype(np.float32),
        places.max(axis=0),
        np.concatenate(tokens),
        tuple(chars for window in windows for chars in window.chars),
    )


def _logit(prob: float) -> float:
    clipped = min(max(prob, 1e-4), 1 - 1e-4)
    return math.log(clipped / (1 - clipped))
