from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from nlp_service.storage.database import migrate, open_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    yield engine
    engine.dispose()
