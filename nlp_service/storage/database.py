"""Opens the database and brings its schema up to date.

SQLite runs in WAL mode with a busy timeout, so that one writer and many readers get along. A
transaction that will write takes the write lock at its start (`WRITES`): one that reads first and
writes then would fail when another wrote in between. Deleted rows are overwritten.
"""

import sqlite3
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from nlp_service.errors import StorageError

_MIGRATIONS = Path(__file__).parent / "migrations"
# Long enough for a batch of another process to commit, short enough to notice a stuck one.
_BUSY_TIMEOUT_MS = 5_000
# Execution options: of a connection that is going to write; of a SQLite engine, the lock that its
# writers take in turn.
WRITES = "nlp_service_writes"
TURN = "nlp_service_turn"


def open_database(url: str) -> Engine:
    """An engine for `url`; creates the folder of a SQLite file. Raises StorageError."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        # Words of a database error must not repeat what was bound to a statement.
        engine = create_engine(parsed, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StorageError(
            "the database URL is not usable; see NLP_SERVICE_DATABASE_URL"
        ) from error
    except OSError as error:
        raise StorageError(f"the database folder cannot be made: {error.strerror}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        engine = engine.execution_options(**{TURN: Lock()})
    return engine


def is_busy(error: SQLAlchemyError) -> bool:
    """Whether SQLite gave up waiting for another writer."""
    code: int | None = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # Python's driver would begin transactions by itself, and too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    # What was acknowledged survives a power cut; NORMAL would lose the last commits.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def migrate(engine: Engine, *, revision: str = "head") -> str:
    """Bring the schema up to a revision, all or nothing, and name it; raises StorageError."""
    config = _alembic_config()
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    except SQLAlchemyError as error:
        raise StorageError("the database cannot be migrated; check its URL and rights") from error
    return newest_revision() if revision == "head" else revision


def newest_revision() -> str:
    """The revision that this code works with."""
    return ScriptDirectory.from_config(_alembic_config()).get_current_head() or ""


def current_revision(engine: Engine) -> str | None:
    """The revision that the database has; None for an empty one. Raises StorageError."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        raise StorageError("the database cannot be reached; check its URL and rights") from error


def require_schema(engine: Engine) -> None:
    """Raise StorageError unless the schema is the newest."""
    if current_revision(engine) != newest_revision():
        raise StorageError("the database schema is not up to date; run `nlp-service db migrate`")


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
