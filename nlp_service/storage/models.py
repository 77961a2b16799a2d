"""The tables. No column holds a text, a raw id or personal data: messages are found by keyed hash.

Times are UTC, written as ISO 8601 text with microseconds, so that both databases sort them alike.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Dialect, Float, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

KEY_CHARS = 64
CODE_CHARS = 64
NAME_CHARS = 200


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
