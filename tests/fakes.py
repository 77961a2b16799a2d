"""Small engines in place of the real ones: quick, exact, and able to fail on request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp_service.domain import (
    Act,
    Action,
    AspectOpinion,
    Entity,
    Label,
    Message,
    Review,
    ReviewScore,
    ReviewSeverity,
    Sentiment,
    Severity,
    Signal,
    Span,
    Suspicion,
    Verdict,
)
from nlp_service.engines import Engines
from nlp_service.reviews.together.others import Others
from nlp_service.reviews.together.seen import Seen

ID_CARD_LABEL = Label(
    code="privacy.identity",
    name="索要证件或生物特征",
    score=0.98765,
    severity=Severity.HIGH,
    action=Action.BLOCK,
    spans=(Span(2, 5),),
    reason="不能索要身份证号。",
    basis=("PIPL-6",),
    source=("model",),
)


@dataclass(frozen=True)
class FakeFacts:
    stated: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> Mapping[str, Any]:
        return self.stated


class FakeChat:
    """Blocks what contains 身份证; breaks on what contains 崩溃."""

    def __init__(self) -> None:
        self.seen: list[Message] = []

    def check(self, message: Message) -> Verdict:
        if "崩溃" in message.text:
            raise RuntimeError(message.text)
        self.seen.append(message)
        bad = "身份证" in message.text
        return Verdict(
            id=message.id,
            action=Action.BLOCK if bad else Action.ALLOW,
            labels=(ID_CARD_LABEL,) if bad else (),
            acts=(Act("asks", "id_document", 0.98765, (Span(2, 5),)),) if bad else (),
            entities=(Entity("mobile", 0, 1, "1**", False, value="13800000000"),) if bad else (),
            suggestion=None,
            policy="default@1",
            model="chat-guard@2",
        )

    def check_many(self, messages: Sequence[Message]) -> list[Verdict]:
        return [self.check(message) for message in messages]

    def check_with_facts(self, message: Message) -> tuple[Verdict, FakeFacts]:
        return self.check(message), FakeFacts({"length": len(message.text)})


class FakeReviews:
    """Calls 垃圾 negative; breaks on what contains 崩溃."""

    def score(self, review: Review) -> ReviewScore:
        if "崩溃" in review.text:
            raise RuntimeError(review.text)
        bad = "垃圾" in review.text
        return ReviewScore(
            id=review.id,
            sentiment=Sentiment("negative", 0.02, 0.03, 0.95)
            if bad
            else Sentiment("positive", 0.9, 0.06, 0.04),
            aspects=(AspectOpinion("quality", "negative", 0.9, (Span(0, 2),)),) if bad else (),
            severity=ReviewSeverity("none"),
            suspicion=Suspicion(
                0.97123456,
                "high",
                "review",
                (Signal("text.extortion", 2.9, "要挟", (Span(3, 5),)),),
            )
            if bad
            else Suspicion(0.001, "none", "none"),
            policy="default@1",
            model="review-sentiment@1",
        )

    def score_batch(
        self,
        reviews: Sequence[Review],
        *,
        others: Others | None = None,
        earlier: Callable[[Others], None] | None = None,
    ) -> list[ReviewScore]:
        del others, earlier
        return [self.score(review) for review in reviews]

    def others(self) -> Others:
        return Others()

    def seen(self, reviews: Sequence[Review]) -> list[Seen]:
        del reviews
        return []


def fake_engines() -> Engines:
    return Engines(FakeChat(), FakeReviews())
