"""The tables. No plain column holds a text, a raw id or personal data.

Rows are found by keyed hash; what a person must see again is in the sealed (encrypted) columns.
Times are UTC, written as ISO 8601 text with microseconds, so that both databases sort them alike.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Dialect,
    Float,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

KEY_CHARS = 64
CODE_CHARS = 64
NAME_CHARS = 200
# SQLite numbers rows by itself only where the type is plainly INTEGER.
SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC text of fixed width."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Into the database; a naive time is our bug."""
        if value is None:
            return None
        assert value.tzinfo is not None, "storage takes aware times only"
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """Out of the database."""
        return None if value is None else datetime.fromisoformat(value)


class Base(DeclarativeBase):
    """Common base, so that Alembic sees every table."""


class ChatFactRow(Base):
    """What was stated about one message and what was decided."""

    __tablename__ = "chat_facts"

    message_key: Mapped[str] = mapped_column(String(KEY_CHARS), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    policy: Mapped[str] = mapped_column(String(NAME_CHARS))
    model: Mapped[str] = mapped_column(String(NAME_CHARS))
    action: Mapped[str] = mapped_column(String(CODE_CHARS))
    codes: Mapped[list[str]] = mapped_column(JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class ReviewScoreRow(Base):
    """How one review was scored; signals by code and weight."""

    __tablename__ = "review_scores"

    review_key: Mapped[str] = mapped_column(String(KEY_CHARS), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    policy: Mapped[str] = mapped_column(String(NAME_CHARS))
    model: Mapped[str] = mapped_column(String(NAME_CHARS))
    sentiment: Mapped[str] = mapped_column(String(CODE_CHARS))
    severity: Mapped[str] = mapped_column(String(CODE_CHARS))
    suspicion: Mapped[float] = mapped_column(Float)
    level: Mapped[str] = mapped_column(String(CODE_CHARS))
    signals: Mapped[dict[str, float]] = mapped_column(JSON)


class BuyerRow(Base):
    """The salt of one buyer, sealed. Without this row nothing leads to the buyer's other rows."""

    __tablename__ = "buyers"

    lookup_key: Mapped[str] = mapped_column(String(KEY_CHARS), primary_key=True)
    buyer_key: Mapped[str] = mapped_column(String(KEY_CHARS), unique=True)
    sealed_salt: Mapped[bytes] = mapped_column(LargeBinary)


class BuyerEventRow(Base):
    """One event of a buyer; never changed, deleted only with its buyer."""

    __tablename__ = "buyer_events"

    received: Mapped[int] = mapped_column(SEQUENCE, primary_key=True)
    event_key: Mapped[str] = mapped_column(String(KEY_CHARS), unique=True)
    buyer_key: Mapped[str] = mapped_column(String(KEY_CHARS), index=True)
    digest: Mapped[str] = mapped_column(String(KEY_CHARS))
    at: Mapped[datetime] = mapped_column(UtcTime)
    kind: Mapped[str] = mapped_column(String(CODE_CHARS))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class HeadRow(Base):
    """Where a sequence stands that has no gaps; also the lock of whoever continues it."""

    __tablename__ = "heads"

    name: Mapped[str] = mapped_column(String(CODE_CHARS), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(KEY_CHARS))
    seal: Mapped[str] = mapped_column(String(KEY_CHARS))


class RiskChangeRow(Base):
    """One change of a buyer's profile; `cursor` rises in the order of commits."""

    __tablename__ = "risk_changes"

    cursor: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    buyer_key: Mapped[str] = mapped_column(String(KEY_CHARS), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    digest: Mapped[str] = mapped_column(String(KEY_CHARS))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class DecisionRow(Base):
    """One entry of the decision log; `body` is canonical JSON, each hash covers the one before."""

    __tablename__ = "decisions"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    # Kept as text: a value that is no time any more must still be read, to be found broken.
    at: Mapped[str] = mapped_column(String(32))
    actor_key: Mapped[str] = mapped_column(String(KEY_CHARS))
    kind: Mapped[str] = mapped_column(String(CODE_CHARS))
    subject_key: Mapped[str] = mapped_column(String(KEY_CHARS), index=True)
    body: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(KEY_CHARS))
    hash: Mapped[str] = mapped_column(String(KEY_CHARS))


class QueueRow(Base):
    """One review or chat that a person decides; `sealed` is empty once retention has run."""

    __tablename__ = "queue_items"

    item_key: Mapped[str] = mapped_column(String(KEY_CHARS), primary_key=True)
    kind: Mapped[str] = mapped_column(String(CODE_CHARS))
    buyer_key: Mapped[str | None] = mapped_column(String(KEY_CHARS), index=True)
    is_hazard: Mapped[bool]
    suspicion: Mapped[float] = mapped_column(Float)
    harm: Mapped[float] = mapped_column(Float)
    # Seconds since 1970, because both databases reckon ages in numbers alike.
    created_s: Mapped[float] = mapped_column(Float, index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_words: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(CODE_CHARS), index=True)
    version: Mapped[int]
    claimed_by: Mapped[str | None] = mapped_column(String(KEY_CHARS))
    claim_expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decision: Mapped[str | None] = mapped_column(String(CODE_CHARS))
    decided_by: Mapped[str | None] = mapped_column(String(KEY_CHARS))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    appealed_by: Mapped[str | None] = mapped_column(String(KEY_CHARS))
    appealed_decision: Mapped[str | None] = mapped_column(String(CODE_CHARS))
    appealed_decider: Mapped[str | None] = mapped_column(String(KEY_CHARS))


class WebhookRow(Base):
    """One message to another service, kept until it was delivered."""

    __tablename__ = "webhooks"

    event_key: Mapped[str] = mapped_column(String(KEY_CHARS), primary_key=True)
    url_key: Mapped[str] = mapped_column(String(KEY_CHARS), index=True)
    buyer_key: Mapped[str | None] = mapped_column(String(KEY_CHARS), index=True)
    # Rises with the messages of one buyer; an older one that still waits holds the newer back.
    turn: Mapped[int]
    state: Mapped[str] = mapped_column(String(CODE_CHARS))
    attempts: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ReviewPrintRow(Base):
    """What a bad review is compared by: keyed hashes, each of which says only "the same"."""

    __tablename__ = "review_prints"

    number: Mapped[int] = mapped_column(SEQUENCE, primary_key=True)
    review_key: Mapped[str] = mapped_column(String(KEY_CHARS), unique=True)
    exact_key: Mapped[str] = mapped_column(String(KEY_CHARS), index=True)
    buyer_key: Mapped[str | None] = mapped_column(String(KEY_CHARS), index=True)
    merchant_key: Mapped[str | None] = mapped_column(String(KEY_CHARS))
    order_key: Mapped[str | None] = mapped_column(String(KEY_CHARS))
    append_key: Mapped[str | None] = mapped_column(String(KEY_CHARS))
    posted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    stored_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    length_chars: Mapped[int]
    grams: Mapped[int]
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class ReviewBandRow(Base):
    """One band of one signature: reviews with an equal key are candidates for a copy."""

    __tablename__ = "review_bands"

    band_key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, index=True
    )
