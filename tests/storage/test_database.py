from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from nlp_service.errors import StorageError
from nlp_service.storage.database import (
    current_revision,
    migrate,
    newest_revision,
    open_database,
    require_schema,
)
from nlp_service.storage.models import Base
from nlp_service.storage.repositories import ChatFacts, ReviewScores
from tests.storage.test_repositories import FACT, SCORE


def test_migrations_make_what_the_models_say(database: Engine) -> None:
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrate_twice_changes_nothing(database: Engine) -> None:
    assert migrate(database) == newest_revision() == current_revision(database)
    require_schema(database)


def test_empty_database_is_refused_with_the_remedy(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'deep' / 'empty.db'}")
    with pytest.raises(StorageError, match="nlp-service db migrate"):
        require_schema(engine)
    engine.dispose()


@pytest.mark.parametrize("url", ["", "nonsense", "nosuchdb://host/x"])
def test_unusable_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        open_database(url)
    assert "NLP_SERVICE_DATABASE_URL" in caught.value.detail
    assert "nosuchdb" not in caught.value.detail


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"no database at all" * 100)
    engine = open_database(f"sqlite:///{path}")
    with pytest.raises(StorageError):
        migrate(engine)
    engine.dispose()


def test_sqlite_waits_for_other_writers(sqlite_database: Engine) -> None:
    with sqlite_database.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 5_000
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2


def test_migration_from_the_first_revision_keeps_the_data(empty_database: Engine) -> None:
    assert migrate(empty_database, revision="0001") == "0001"
    ChatFacts(empty_database).save([FACT])
    ReviewScores(empty_database).save([SCORE])
    with pytest.raises(StorageError, match="nlp-service db migrate"):
        require_schema(empty_database)
    assert migrate(empty_database) == "0003"
    require_schema(empty_database)
    assert list(ChatFacts(empty_database).all()) == [FACT]
    assert list(ReviewScores(empty_database).all()) == [SCORE]
    with empty_database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_failed_migration_leaves_the_old_schema(empty_database: Engine) -> None:
    migrate(empty_database, revision="0001")
    with empty_database.begin() as connection:
        connection.execute(text("CREATE TABLE webhooks (x INTEGER)"))
    with pytest.raises(StorageError):
        migrate(empty_database)
    assert current_revision(empty_database) == "0001"
    assert "buyers" not in inspect(empty_database).get_table_names()


def test_database_error_hides_what_was_bound(database: Engine) -> None:
    with pytest.raises(SQLAlchemyError) as caught, database.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:x)"), {"x": "geheim"})
    assert "geheim" not in str(caught.value)
