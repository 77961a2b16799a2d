"""Every test with `database` or `store` runs on SQLite and on PostgreSQL.

Where PostgreSQL is not installed its half fails and says what to install: a skipped test must not
look like a passed one.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from nlp_service.storage.database import migrate, open_database
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault
from tests.storage.servers import binaries, postgres

SECRET = b"a secret of the tests"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_host() -> Iterator[str]:
    folder = binaries()
    if folder is None:
        pytest.fail("PostgreSQL is not installed (apt-get install postgresql)")
    with postgres(folder) as host:
        url = f"postgresql+psycopg://test@/template_service{host}"
        _create("template_service", host)
        engine = open_database(url)
        migrate(engine)
        engine.dispose()
        yield host


def _create(name: str, host: str, *, template: str = "template0") -> None:
    admin = create_engine(f"postgresql+psycopg://test@/postgres{host}")
    with admin.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        host = request.getfixturevalue("postgres_host")
        name = f"empty_{next(_numbers)}"
        _create(name, host)
        url = f"postgresql+psycopg://test@/{name}{host}"
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    host = request.getfixturevalue("postgres_host")
    name = f"test_{next(_numbers)}"
    _create(name, host, template="template_service")
    engine = open_database(f"postgresql+psycopg://test@/{name}{host}")
    yield engine
    engine.dispose()


@pytest.fixture
def vault() -> Vault:
    return Vault(SECRET)


@pytest.fixture
def store(database: Engine, vault: Vault) -> Store:
    return Store(database, vault)
