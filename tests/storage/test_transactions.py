import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from nlp_service.errors import StorageError
from nlp_service.storage import database as opening
from nlp_service.storage.database import migrate, open_database
from nlp_service.storage.transactions import writing


def test_writers_of_one_engine_wait_longer_than_sqlite_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_BUSY_TIMEOUT_MS", 1)
    engine = open_database(f"sqlite:///{tmp_path / 'turns.db'}")
    migrate(engine)
    holds, waits, wrote = threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        with writing(engine):
            holds.set()
            waits.wait(30)
            wrote.wait(0.2)

    def write() -> None:
        waits.set()
        with writing(engine):
            wrote.set()

    threads = [threading.Thread(target=hold), threading.Thread(target=write)]
    threads[0].start()
    assert holds.wait(30)
    threads[1].start()
    for thread in threads:
        thread.join(30)
    assert wrote.is_set()
    engine.dispose()


def test_writer_of_another_process_that_does_not_end_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_BUSY_TIMEOUT_MS", 1)
    url = f"sqlite:///{tmp_path / 'two.db'}"
    ours, theirs = open_database(url), open_database(url)
    migrate(ours)
    with writing(theirs), pytest.raises(StorageError, match="busy with other writers; try again"):
        _write(ours)
    _write(ours)
    ours.dispose()
    theirs.dispose()


def test_failed_writer_gives_its_turn_back(sqlite_database: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(sqlite_database):
        _ = 1 / 0
    _write(sqlite_database)


def _write(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("SELECT 1"))
