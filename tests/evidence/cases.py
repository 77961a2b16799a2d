"""A decided review with a phone number in it, in a store."""

from datetime import UTC, datetime, timedelta, timezone

from nlp_service.buyers import BuyerBook
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
from nlp_service.moderation.desk import ModerationDesk
from nlp_service.storage.store import Store

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
PHONE, BUYER = "13812345678", "buyer-77-wang"
TEXT = f"垃圾,加我电话{PHONE}退我200就改好评"


def review(key: str = "r-1") -> Review:
    """One that squeezes the shop."""
    return Review(
        key,
        TEXT,
        rating=1,
        posted_at=datetime(2026, 3, 3, 20, 11, tzinfo=timezone(timedelta(hours=8))),
        buyer_id=BUYER,
        merchant_id="s-9",
        item_title="蓝牙耳机",
        category="digital",
        images=0,
        order=ReviewOrder("o-1", delivered_at=NOW - timedelta(days=2)),
    )


def score(key: str = "r-1") -> ReviewScore:
    """With evidence on both sides."""
    demand = Span(TEXT.index("退我"), TEXT.index("就"))
    signals = (
        Signal("text.extortion", 4.6, "评价以改删评价为条件索要钱物", (Span(3, 18), demand)),
        Signal("counter.images", -0.6, "评价附有图片"),
    )
    return ReviewScore(
        key,
        Sentiment("negative", 0.01, 0.02, 0.97),
        (),
        ReviewSeverity("none"),
        Suspicion(0.97, "high", "review", signals),
        "default@1",
        "review-sentiment@2",
    )


def decided(store: Store) -> str:
    """The key of a case that was decided, appealed and decided again; others lie between."""
    desk = ModerationDesk(store, BuyerBook(store, clock=lambda: NOW), clock=lambda: NOW)
    desk.put_review(review(), score())
    with store.reading() as unit:
        (key,) = unit.queue.keys_from("", limit=1)
    desk.put_review(review("r-2"), score("r-2"))
    desk.claim(key, "m-1")
    desk.decide(key, "m-1", decision="malicious", reason=f"要求退款到{PHONE}")
    desk.appeal(key, "lawyer", reason="是气话")
    desk.claim(key, "m-2")
    desk.decide(key, "m-2", decision="malicious", reason="以改评价索要钱款,维持")
    return key
