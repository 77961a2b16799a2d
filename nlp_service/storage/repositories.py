"""Reading and writing of the tables, in values of this module, not in rows.

A key that comes again replaces what was stored: the newest word on a message counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.orm import Session

from nlp_service.storage.models import Base, ChatFactRow, ReviewScoreRow
from nlp_service.storage.transactions import pieces, reported, writing


@dataclass(frozen=True, slots=True)
class ChatFact:
    """What was stated about one message (`facts`, plain JSON) and what was decided."""

    message_key: str
    at: datetime
    policy: str
    model: str
    action: str
    codes: list[str]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredScore:
    """How one review was scored; `signals` maps code to weight."""

    review_key: str
    at: datetime
    policy: str
    model: str
    sentiment: str
    severity: str
    suspicion: float
    level: str
    signals: Mapping[str, float]


class ChatFacts:
    """The chat facts of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, facts: Sequence[ChatFact]) -> None:
        """Store, replacing what has the same key; all or nothing. Raises StorageError."""
        rows = {fact.message_key: asdict(fact) for fact in facts}
        with writing(self._engine) as connection:
            _replace(connection, ChatFactRow, "message_key", rows)

    def all(self) -> Iterator[ChatFact]:
        """Every stored fact, oldest first, read in pieces. Raises StorageError."""
        query = select(ChatFactRow).order_by(ChatFactRow.at, ChatFactRow.message_key)
        with reported(), Session(self._engine) as session:
            for row in session.scalars(query.execution_options(yield_per=1_000)):
                yield ChatFact(
                    row.message_key, row.at, row.policy, row.model, row.action, row.codes, row.facts
                )

    def count(self) -> int:
        """How many messages are stored."""
        return _count(self._engine, ChatFactRow)


class ReviewScores:
    """The review scores of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, scores: Sequence[StoredScore]) -> None:
        """Store, replacing what has the same key; all or nothing. Raises StorageError."""
        rows = {score.review_key: asdict(score) for score in scores}
        with writing(self._engine) as connection:
            _replace(connection, ReviewScoreRow, "review_key", rows)

    def all(self) -> Iterator[StoredScore]:
        """Every stored score, oldest first, read in pieces. Raises StorageError."""
        query = select(ReviewScoreRow).order_by(ReviewScoreRow.at, ReviewScoreRow.review_key)
        names = StoredScore.__dataclass_fields__
        with reported(), Session(self._engine) as session:
            for row in session.scalars(query.execution_options(yield_per=1_000)):
                yield StoredScore(**{name: getattr(row, name) for name in names})

    def count(self) -> int:
        """How many reviews are stored."""
        return _count(self._engine, ReviewScoreRow)


def _replace(
    connection: Connection, table: type[Base], key: str, rows: Mapping[str, Mapping[str, Any]]
) -> None:
    for part in pieces(list(rows)):
        connection.execute(delete(table).where(getattr(table, key).in_(part)))
        connection.execute(insert(table), [dict(rows[name]) for name in part])


def _count(engine: Engine, table: type[Base]) -> int:
    with reported(), Session(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
