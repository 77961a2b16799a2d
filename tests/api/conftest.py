"""An application with fake engines and a store in a temporary folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from nlp_service.api.app import build_house, create_app
from nlp_service.engines import Engines
from nlp_service.settings import Settings
from nlp_service.storage.database import migrate, open_database
from tests.fakes import fake_engines

Opener = Callable[..., TestClient]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    database = open_database(url)
    migrate(database)
    database.dispose()
    return Settings(home=tmp_path, var_dir=tmp_path, database_url=url)


@pytest.fixture
def opened(settings: Settings) -> Iterator[Opener]:
    """Opens an app; keyword arguments replace settings."""
    with ExitStack() as stack:

        def opener(engines: Engines | None = None, **changes: Any) -> TestClient:
            changed = replace(settings, **changes)
            house = build_house(changed, engines or fake_engines())
            return stack.enter_context(TestClient(create_app(changed, house)))

        yield opener


@pytest.fixture
def client(opened: Opener) -> TestClient:
    return opened()
