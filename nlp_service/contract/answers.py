"""The published answers, letter by letter as callers read them.

    domain value -> *Answer.of() -> JSON

Probabilities and weights are rounded to four digits. Raw values of entities are not here.
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from nlp_service import domain

SpanPair = tuple[int, int]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _pairs(spans: Sequence[domain.Span]) -> list[SpanPair]:
    return [(span.start, span.end) for span in spans]


def _rounded(number: float) -> float:
    return round(float(number), 4)


class ActAnswer(_Answer):
    """What the message does; `attribute` is null where the act has none."""

    act: str
    attribute: str | None
    score: float
    spans: list[SpanPair]

    @classmethod
    def of(cls, act: domain.Act) -> "ActAnswer":
        """From the domain value."""
        return cls(
            act=act.act,
            attribute=act.attribute,
            score=_rounded(act.score),
            spans=_pairs(act.spans),
        )


class LabelAnswer(_Answer):
    """One violation; `reason` is one Chinese sentence for the agent."""

    code: str
    name: str
    score: float
    severity: str
    action: str
    spans: list[SpanPair]
    reason: str
    basis: list[str]
    source: list[str]

    @classmethod
    def of(cls, label: domain.Label) -> "LabelAnswer":
        """From the domain value."""
        return cls(
            code=label.code,
            name=label.name,
            score=_rounded(label.score),
            severity=label.severity.value,
            action=label.action.value,
            spans=_pairs(label.spans),
            reason=label.reason,
            basis=list(label.basis),
            source=list(label.source),
        )


class EntityAnswer(_Answer):
    """A recognised number, account, address or name, masked."""

    kind: str
    start: int
    end: int
    masked: str
    verified: bool

    @classmethod
    def of(cls, entity: domain.Entity) -> "EntityAnswer":
        """From the domain value; the raw value stays behind."""
        return cls(
            kind=entity.kind,
            start=entity.start,
            end=entity.end,
            masked=entity.masked,
            verified=entity.verified,
        )


class ChatAnswer(_Answer):
    """The answer about one message."""

    id: str
    action: str
    labels: list[LabelAnswer]
    acts: list[ActAnswer]
    entities: list[EntityAnswer]
    suggestion: str | None
    policy: str
    model: str
    degraded: bool

    @classmethod
    def of(cls, verdict: domain.Verdict) -> "ChatAnswer":
        """From the domain value."""
        return cls(
            id=verdict.id,
            action=verdict.action.value,
            labels=[LabelAnswer.of(label) for label in verdict.labels],
            acts=[ActAnswer.of(act) for act in verdict.acts],
            entities=[EntityAnswer.of(entity) for entity in verdict.entities],
            suggestion=verdict.suggestion,
            policy=verdict.policy,
            model=verdict.model,
            degraded=verdict.degraded,
        )


class SentimentAnswer(_Answer):
    """Calibrated probabilities; they add up to 1 but for the rounding."""

    label: str
    positive: float
    neutral: float
    negative: float


class AspectAnswer(_Answer):
    """One opinion on an aspect; praise and blame of the same aspect are two."""

    aspect: str
    polarity: str
    score: float
    spans: list[SpanPair]


class SeverityAnswer(_Answer):
    """How grave the claim is, malicious or not."""

    level: str
    hazard: str | None
    spans: list[SpanPair]


class SignalAnswer(_Answer):
    """One piece of evidence; `weight` in log-odds, negative where it speaks for the buyer."""

    code: str
    weight: float
    spans: list[SpanPair]
    reason: str


class SuspicionAnswer(_Answer):
    """Calibrated probability that a bad review is not an honest account."""

    score: float
    level: str
    advice: str
    signals: list[SignalAnswer]

    @classmethod
    def of(cls, suspicion: domain.Suspicion) -> "SuspicionAnswer":
        """From the domain value."""
        return cls(
            score=_rounded(suspicion.score),
            level=suspicion.level,
            advice=suspicion.advice,
            signals=[_signal(signal) for signal in suspicion.signals],
        )


class ReviewAnswer(_Answer):
    """The answer about one review."""

    id: str
    sentiment: SentimentAnswer
    aspects: list[AspectAnswer]
    severity: SeverityAnswer
    suspicion: SuspicionAnswer
    policy: str
    model: str

    @classmethod
    def of(cls, score: domain.ReviewScore) -> "ReviewAnswer":
        """From the domain value."""
        return cls(
            id=score.id,
            sentiment=_sentiment(score.sentiment),
            aspects=[_aspect(aspect) for aspect in score.aspects],
            severity=_severity(score.severity),
            suspicion=SuspicionAnswer.of(score.suspicion),
            policy=score.policy,
            model=score.model,
        )


def _sentiment(sentiment: domain.Sentiment) -> SentimentAnswer:
    return SentimentAnswer(
        label=sentiment.label,
        positive=_rounded(sentiment.positive),
        neutral=_rounded(sentiment.neutral),
        negative=_rounded(sentiment.negative),
    )


def _aspect(opinion: domain.AspectOpinion) -> AspectAnswer:
    return AspectAnswer(
        aspect=opinion.aspect,
        polarity=opinion.polarity,
        score=_rounded(opinion.score),
        spans=_pairs(opinion.spans),
    )


def _severity(severity: domain.ReviewSeverity) -> SeverityAnswer:
    return SeverityAnswer(
        level=severity.level, hazard=severity.hazard, spans=_pairs(severity.spans)
    )


def _signal(signal: domain.Signal) -> SignalAnswer:
    return SignalAnswer(
        code=signal.code,
        weight=_rounded(signal.weight),
        spans=_pairs(signal.spans),
        reason=signal.reason,
    )
