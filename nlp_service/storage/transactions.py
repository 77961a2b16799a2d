"""Transactions on either database, their errors, and the one statement that differs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from nlp_service.errors import StorageError
from nlp_service.storage.database import TURN, WRITES, is_busy
from nlp_service.storage.models import Base

# SQLite binds at most 32,766 values a statement, PostgreSQL 65,535.
KEYS_A_STATEMENT = 500
# How long a writer waits for the other writers of its engine: a few slow commits, and no heap of
# waiting requests where another process never lets go.
_TURN_S = 10.0
_BUSY = "the database is busy with other writers; try again"


@contextmanager
def reported() -> Iterator[None]:
    """Database errors become ours; their text is dropped, because it may repeat bound values."""
    try:
        yield
    except SQLAlchemyError as error:
        if is_busy(error):
            raise StorageError(_BUSY) from error
        kind = type(error).__name__
        raise StorageError(
            f"the database refused ({kind}); run `nlp-service db migrate`"
        ) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: committed at the end, undone by any exception.

    SQLite takes its write lock at the start. Whom it keeps waiting asks again by chance, so that
    one of several threads may wait in vain; those of one engine therefore take turns.
    """
    writer = engine.execution_options(**{WRITES: True})
    with _turn(engine), reported(), writer.begin() as connection:
        yield connection


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    turn = engine.get_execution_options().get(TURN)
    if turn is None:
        yield
        return
    if not turn.acquire(timeout=_TURN_S):
        raise StorageError(_BUSY)
    try:
        yield
    finally:
        turn.release()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees a single state of the database from its first query on."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with reported(), engine.begin() as connection:
        yield connection


def insert_missing(
    connection: Connection, table: type[Base], key: str, rows: Sequence[Mapping[str, Any]]
) -> set[str]:
    """Insert the rows whose unique `key` is not there yet; returns the keys inserted.

    Rows go in by rising key, so that two writers with the same keys wait for each other in turn
    and never in a ring.
    """
    if not rows:
        return set()
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table).on_conflict_do_nothing(index_elements=[key])
    ordered = [dict(row) for row in sorted(rows, key=lambda row: str(row[key]))]
    done = connection.execute(statement.returning(getattr(table, key)), ordered)
    return set(done.scalars())


def pieces(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """The keys in parts that one statement can bind."""
    for start in range(0, len(keys), KEYS_A_STATEMENT):
        yield keys[start : start + KEYS_A_STATEMENT]
