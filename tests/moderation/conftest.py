"""Every test of the desk runs on SQLite and on PostgreSQL, as those of the store do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from nlp_service.buyers import BuyerBook
from nlp_service.moderation.desk import ModerationDesk
from nlp_service.storage.store import Store
from tests.storage.conftest import database as database
from tests.storage.conftest import postgres_host as postgres_host
from tests.storage.conftest import sqlite_database as sqlite_database
from tests.storage.conftest import store as store
from tests.storage.conftest import vault as vault


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(store: Store, clock: Callable[[], datetime]) -> BuyerBook:
    return BuyerBook(store, clock=clock)


@pytest.fixture
def desk(store: Store, book: BuyerBook, clock: Callable[[], datetime]) -> ModerationDesk:
    return ModerationDesk(store, book, clock=clock)
