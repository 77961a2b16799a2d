"""Scores and reports as the engines and buyers would give them."""

from dataclasses import replace
from typing import Any

from nlp_service.contract.moderation import ReportRequest
from nlp_service.contract.parsing import validate
from nlp_service.domain import (
    Review,
    ReviewOrder,
    ReviewScore,
    ReviewSeverity,
    Sentiment,
    Signal,
    Span,
    Suspicion,
)

REVIEW = Review(
    "r-1",
    "垃圾,加我微信退我200就改好评",
    rating=1,
    buyer_id="b-7",
    merchant_id="s-9",
    order=ReviewOrder("o-1"),
)
EXTORTION = Signal("text.extortion", 2.9, "要挟", (Span(3, 16),))
IMAGES = Signal("counter.images", -0.6, "附有图片")


def score(
    suspicion: float = 0.97,
    severity: str = "none",
    signals: tuple[Signal, ...] = (EXTORTION, IMAGES),
    advice: str = "review",
) -> ReviewScore:
    return ReviewScore(
        id="r-1",
        sentiment=Sentiment("negative", 0.02, 0.03, 0.95),
        aspects=(),
        severity=ReviewSeverity(severity, "battery" if severity == "hazard" else None),
        suspicion=Suspicion(suspicion, "high", advice, signals),
        policy="default@1",
        model="review-sentiment@2",
    )


def review(name: str = "r-1", **changes: Any) -> Review:
    return replace(REVIEW, id=name, **changes)


def report(**changes: Any) -> ReportRequest:
    message = {"text": "加我微信才能退款哦", "context": {"merchant_id": "s-9"}}
    fields = {"report_id": "p-1", "buyer_id": "b-7", "reason": "不想加", "message": message}
    return validate(ReportRequest, {**fields, **changes})
