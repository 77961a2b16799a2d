"""Reads reviews with the encoder, blended with the linear model and the phrase lists.

    review --transcript layout--> windows --encoder--> logits of review and tokens --+
           --linear sentiment, phrase lists------------> a first reading ------------+--blend-->
    sentiment, aspects with spans, severity with hazard and spans

The encoder reads all of it in one pass; what the phrase lists found is one more witness.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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
from nlp_service.inference.transcript import Said, TranscriptMaker, about
from nlp_service.reviews.acts import ACTS
from nlp_service.reviews.acts.act import ReviewAct
from nlp_service.reviews.heard import Heard as Heard  # also imported from here
from nlp_service.reviews.heard import Words, heard_from
from nlp_service.reviews.reading import TOGETHER, PhraseReader, ReviewReading
from nlp_service.reviews.sentiment import SentimentModel, is_blank, sentiment_of
from nlp_service.reviews.trades import TradeModel
from nlp_service.text.model_text import model_text
from nlp_service.text.normalize import normalize
from nlp_service.text.offsets import NormalizedText

# Groups of what the models state: sentiment, how grave at least, kinds of danger, opinions, acts,
# and the words of a claim, which only tokens are asked for.
SAYS, LEVEL, HAZARD, ASPECT, CLAIM = "says:", "level:", "hazard:", "aspect:", "claim:"
ACT = "act:"
LEVELS = ("minor", "major", "hazard")
SIGNS = {"positive": "+", "neutral": "0", "negative": "-"}
BLEND, THRESHOLDS = "blend.json", "thresholds.json"
_POLARITIES = {sign: polarity for polarity, sign in SIGNS.items()}
_ACT_LETTERS = 6  # 给钱就改评价; shorter are 五星好评, 给个五星
_SURE = 0.5  # an opinion this probable counts for the sentiment
_HEARD = 0.1  # an act this probable is stated; from where it speaks the policy says
_WITNESS = 2.0  # log-odds by which a phrase found speaks, before the blend weighs it
_NAMES = [*(aspect + sign for aspect in ASPECTS for sign in _POLARITIES), *LEVELS, *ACTS, *HAZARDS]
_SILENT = dict.fromkeys(["positive", "neutral", *_NAMES], -_WITNESS)  # where nothing is found


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
            PhraseReader(SentimentModel(artifact), TradeModel.load(path)),
            Blend.load(path / BLEND),
            Thresholds.load(path / THRESHOLDS),
            artifact.label,
        )

    def read(self, reviews: Sequence[Review]) -> list[ReviewReading]:
        """What each review says, in order."""
        return [
            self._reading(text, first, heard) for text, first, heard in self._looked_at(reviews)
        ]

    def probs(self, reviews: Sequence[Review]) -> list[dict[str, dict[str, float]]]:
        """Probability of everything that may be said of each review, by group and name."""
        return [self._probs(first, heard) for _, first, heard in self._looked_at(reviews)]

    def _looked_at(
        self, reviews: Sequence[Review]
    ) -> Iterator[tuple[NormalizedText, ReviewReading, Heard]]:
        """Each review with what the phrases find and what the encoder hears."""
        for at in range(0, len(reviews), TOGETHER):
            some = reviews[at : at + TOGETHER]
            texts = [normalize(review.text) for review in some]
            firsts = self._phrases.read_many(some, texts)
            yield from zip(texts, firsts, self.hear(some, texts), strict=True)

    def hear(self, reviews: Sequence[Review], texts: Sequence[NormalizedText]) -> list[Heard]:
        """What the encoder says of each review; a long one is heard window by window."""
        read = [model_text(text, ()) for text in texts]
        windows = [
            list(self._maker.windows(known_of(review), [Said("buyer", text.text)]))
            for review, text in zip(reviews, read, strict=True)
        ]
        return [
            heard_from(text, some, [self._encoder.logits(window.ids) for window in some])
            for text, some in zip(read, windows, strict=True)
        ]

    def _reading(self, text: NormalizedText, first: ReviewReading, heard: Heard) -> ReviewReading:
        if is_blank(text.text):
            return first
        probs = self._probs(first, heard)
        said = Words(heard, first.clauses)
        heard_opinions = self._aspects(probs[ASPECT], said)
        sentiment = _sided(_sentiment(probs[SAYS]), heard_opinions)
        return ReviewReading(
            text,
            first.clauses,
            sentiment,
            heard_opinions or _in_line(first.aspects, sentiment),
            self._severity(probs[LEVEL], probs[HAZARD], first.severity, said),
            self._acts(probs[ACT], first.acts, said, text.text),
            first.trades,
        )

    def _probs(self, first: ReviewReading, heard: Heard) -> dict[str, dict[str, float]]:
        said = witness(first)
        probs = {SAYS: self._blend.probs(SAYS, said, heard.mean)}
        for group in (LEVEL, HAZARD, ASPECT, ACT):
            probs[group] = self._blend.probs(group, said, heard.loudest, heard.loudest_token)
        return probs

    def _aspects(self, probs: Mapping[str, float], said: Words) -> tuple[AspectOpinion, ...]:
        """What is sure enough; of one aspect several polarities where each has other words."""
        found: dict[str, list[AspectOpinion]] = {}
        for name in sorted(probs, key=lambda name: -probs[name]):
            if probs[name] < self._thresholds.aspect:
                break
            opinion = self._opinion(name[:-1], name[-1], probs[name], said)
            others = found.setdefault(opinion.aspect, [])
            if not others or (opinion.spans and not _shares_words(opinion, others)):
                others.append(opinion)
        opinions = [opinion for some in found.values() for opinion in some]
        return tuple(sorted(opinions, key=lambda o: (o.spans[0].start if o.spans else 0, o.aspect)))

    def _opinion(self, aspect: str, sign: str, prob: float, said: Words) -> AspectOpinion:
        spans = self._words(ASPECT + aspect + sign, said)
        return AspectOpinion(aspect, _POLARITIES[sign], round(prob, 4), spans)

    def _severity(
        self,
        levels: Mapping[str, float],
        hazards: Mapping[str, float],
        first: ReviewSeverity,
        said: Words,
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
        spans = self._words(CLAIM + level, said)
        return ReviewSeverity(level, hazard, spans or first.spans)

    def _acts(
        self, probs: Mapping[str, float], first: Sequence[ReviewAct], said: Words, text: str
    ) -> tuple[ReviewAct, ...]:
        """Acts that may be meant; those of the patterns where none were learnt, or where there
        are too few words to hear one in ("五星好评").
        """
        if not probs or _says_little(text):
            return tuple(first)
        found = {act.name: act.spans for act in first}
        return tuple(
            ReviewAct(name, round(prob, 4), found.get(name) or self._words(ACT + name, said))
            for name, prob in probs.items()
            if prob >= _HEARD
        )

    def _words(self, column: str, said: Words) -> tuple[Span, ...]:
        """The words that say it; none where the column was not learnt."""
        place = self._blend.columns.get(column)
        return () if place is None else said.of(place)


def _shares_words(one: AspectOpinion, others: Iterable[AspectOpinion]) -> bool:
    taken = [span for other in others for span in other.spans]
    return any(a.start < b.end and b.start < a.end for a in one.spans for b in taken)


def _says_little(text: str) -> bool:
    """Fewer letters than an act takes, and no figure."""
    letters = sum(char.isalnum() for char in text)
    return letters < _ACT_LETTERS and not any(char.isdigit() for char in text)


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
    item = model_text(normalize(review.item_title), ()).text if review.item_title else ""
    return about(review.category, None, item)


def witness(first: ReviewReading) -> dict[str, float]:
    """What the linear model and the phrases say, as log-odds by name of every group."""
    sided = first.sentiment.positive + first.sentiment.negative
    said = _SILENT | {
        "positive": _logit((first.sentiment.positive + 1e-6) / (sided + 2e-6)),
        "neutral": _logit(first.sentiment.neutral),
    }
    said |= {opinion.aspect + SIGNS[opinion.polarity]: _WITNESS for opinion in first.aspects}
    reached = LEVELS.index(first.severity.level) if first.severity.level in LEVELS else -1
    said |= dict.fromkeys(LEVELS[: reached + 1], _WITNESS)
    said |= {act.name: _logit(act.score) for act in first.acts}
    if first.severity.hazard is not None:
        said[first.severity.hazard] = _WITNESS
    return said


def _sentiment(probs: Mapping[str, float]) -> Sentiment:
    sided = 1.0 - probs["neutral"]
    positive = probs["positive"]
    return sentiment_of(sided * positive, probs["neutral"], sided * (1.0 - positive))


def _logit(prob: float) -> float:
    clipped = min(max(prob, 1e-4), 1 - 1e-4)
    return math.log(clipped / (1 - clipped))
