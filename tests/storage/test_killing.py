from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from nlp_service.storage.events import BuyerEvent
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault
from tests.storage.killing import AT, BUYER, SECRET, check, run


def test_killed_writer_loses_and_doubles_no_event(tmp_path: Path) -> None:
    assert run(tmp_path, moments=10, seed=20260301) >= 10


def test_check_sees_a_lost_and_an_unknown_event(sqlite_database: Engine) -> None:
    store = Store(sqlite_database, Vault(SECRET))
    with store.writing() as unit:
        events = [BuyerEvent(f"e-{n}", BUYER, "order_paid", AT, {"n": n}) for n in range(3)]
        unit.events.add(events)
    check(store, {0, 1})
    with pytest.raises(AssertionError, match="lost"):
        check(store, {0, 1, 2, 3})
    with pytest.raises(AssertionError, match="nobody"):
        check(store, {0})
    with sqlite_database.begin() as connection:
        connection.execute(text("DELETE FROM buyer_events WHERE received = 2"))
    with pytest.raises(AssertionError, match=r"lost|gap"):
        check(store, {0, 2})
