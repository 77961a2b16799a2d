"""Reviews for the tests of this room, with a stand-in for the sentiment model."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from nlp_service.domain import (
    BuyerHistory,
    Refund,
    Review,
    ReviewOrder,
    ReviewSeverity,
    Sentiment,
)
from nlp_service.reviews.acts import find_acts
from nlp_service.reviews.clauses import clauses
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.view import ReviewView
from nlp_service.text.normalize import normalize

CHINA = timezone(timedelta(hours=8))
POSTED = datetime(2026, 3, 3, 20, 11, tzinfo=CHINA)
NEGATIVE = Sentiment("negative", 0.03, 0.07, 0.9)
POSITIVE = Sentiment("positive", 0.95, 0.03, 0.02)
NEUTRAL = Sentiment("neutral", 0.1, 0.8, 0.1)
DAMNING = BuyerHistory(reviews=40, bad_reviews=31, orders=52, refunds=20, window_days=180)
_BAD = ("差", "坏", "慢", "烂", "不好", "失望", "垃圾", "贵", "难")
_GOOD = ("好", "快", "喜欢", "满意", "不错")


def say(text: str, **facts: object) -> Review:
    """A one-star review of now; `facts` are fields of Review."""
    given: dict[str, object] = {"id": "r-1", "rating": 1, "posted_at": POSTED, **facts}
    return Review(text=text, **given)  # type: ignore[arg-type]


def view_of(review: Review, sentiment: Sentiment = NEGATIVE) -> ReviewView:
    """A view without aspects and severity, for signals that need the text only."""
    normalized = normalize(review.text)
    return ReviewView(
        normalized,
        tuple(clauses(normalized.text)),
        sentiment,
        ReviewSeverity("none"),
        (),
        find_acts(normalized),
        default_suspicion_policy(),
    )


def fake_sentiment(text: str) -> Sentiment:
    """Word counting, enough to tell the clauses of the tests apart."""
    bad = sum(word in text for word in _BAD)
    good = sum(word in text for word in _GOOD) - text.count("不好")
    return NEGATIVE if bad > good else POSITIVE if good > bad else NEUTRAL


def ordered(*, days_ago: float, **changes: object) -> ReviewOrder:
    """An order delivered `days_ago` before the review was posted."""
    delivered = POSTED - timedelta(days=days_ago)
    order = ReviewOrder(
        ordered_at=delivered - timedelta(days=3),
        shipped_at=delivered - timedelta(days=2),
        delivered_at=delivered,
        refund=Refund(),
        paid=199.0,
    )
    return replace(order, **changes)  # type: ignore[arg-type]
