"""A name and a phone number, put into every text field, show up nowhere in plain."""

import base64
import json
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from nlp_service.errors import ServiceError, StorageError
from nlp_service.storage.database import open_database
from nlp_service.storage.events import BuyerEvent
from nlp_service.storage.queue_values import QueueItem
from nlp_service.storage.store import Store, Unit
from nlp_service.storage.vault import Vault
from nlp_service.storage.webhooks import Webhook

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
NAME, PHONE = "欧阳金丝雀", "13900007777"
CANARY = f"{NAME}{PHONE}"
BODY = {"text": CANARY, "evidence": [{CANARY: CANARY}]}


def hidden() -> list[bytes]:
    """The canary as it could be written: UTF-8, UTF-16, JSON escapes, base64 at any offset."""
    plain = [part.encode(code) for part in (NAME, PHONE) for code in ("utf-8", "utf-16-le")]
    escaped = json.dumps(NAME)[1:-1].encode()
    coded = [base64.b64encode((" " * n + CANARY).encode())[4:-4] for n in range(3)]
    return [*plain, escaped, escaped.upper(), *coded]


def event(number: int = 1) -> BuyerEvent:
    return BuyerEvent(f"{CANARY}-{number}", CANARY, "address_changed", NOW, BODY)


def moderate(unit: Unit) -> None:
    unit.queue.put(QueueItem(CANARY, "review", NOW, BODY, CANARY, True, 0.5, 0.5), now=NOW)
    unit.queue.put(QueueItem(CANARY, "chat_report", NOW, BODY), now=NOW)
    for kind in ("review", "chat_report"):
        key = unit.queue.item_key(kind, CANARY)
        unit.queue.claim(key, CANARY, now=NOW)
        unit.queue.decide(key, CANARY, decision="genuine", reason=CANARY, now=NOW)
        unit.queue.appeal(key, f"{CANARY}2", reason=CANARY, now=NOW)
        unit.queue.claim(key, f"{CANARY}3", now=NOW)
        unit.queue.decide(key, f"{CANARY}3", decision="malicious", reason=CANARY, now=NOW)


def write_everything(store: Store) -> None:
    with store.writing() as unit:
        unit.events.add([event()])
        unit.changes.append(CANARY, {"buyer_id": CANARY, "reason": CANARY}, now=NOW)
        hook = Webhook(CANARY, f"https://a.example/{CANARY}", BODY)
        unit.webhooks.put(hook, now=NOW, buyer_id=CANARY)
        unit.webhooks.put(Webhook(f"{CANARY}2", hook.url, BODY), now=NOW)
        moderate(unit)


def test_canary_is_in_no_byte_of_the_database(sqlite_database: Engine, vault: Vault) -> None:
    store = Store(sqlite_database, vault)
    write_everything(store)
    path = Path(str(sqlite_database.url.database))
    files = sorted(path.parent.glob(f"{path.name}*"))
    assert [file.name for file in files] == ["store.db", "store.db-shm", "store.db-wal"]
    raw = b"".join(file.read_bytes() for file in files)
    assert b"queue.decide" in raw
    assert [form for form in hidden() if form in raw] == []


def test_canary_would_be_found(sqlite_database: Engine) -> None:
    """The search itself works: a text in a plain column is seen."""
    with sqlite_database.begin() as connection:
        connection.execute(text("UPDATE heads SET hash = :x"), {"x": CANARY})
    path = Path(str(sqlite_database.url.database))
    raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    assert [form for form in hidden() if form in raw] != []


def test_canary_comes_back_to_who_may_see_it(store: Store) -> None:
    write_everything(store)
    with store.reading() as unit:
        assert unit.events.of_buyer(CANARY) == [event()]
        assert unit.changes.after(0, 1)[0].profile["reason"] == CANARY
        entry = unit.queue.get(unit.queue.item_key("review", CANARY))
    assert entry.words == {"reason": CANARY, "appeal": CANARY, "appealed_reason": CANARY}


def conflict(store: Store) -> None:
    with store.writing() as unit:
        unit.events.add([event(), BuyerEvent(event().event_id, CANARY, "order_paid", NOW, {})])


def kind_with_text(store: Store) -> None:
    with store.writing() as unit:
        unit.events.add([BuyerEvent("e", CANARY, CANARY, NOW, {})])


def log_with_text(store: Store) -> None:
    with store.writing() as unit:
        unit.decisions.append(actor=CANARY, kind="a.b", subject_key=CANARY, body=BODY, now=NOW)


def claim_of_another(store: Store) -> None:
    with store.writing() as unit:
        unit.queue.put(QueueItem("r", "review", NOW, BODY, CANARY), now=NOW)
        key = unit.queue.item_key("review", "r")
        unit.queue.claim(key, "m-1", now=NOW)
        unit.queue.claim(key, CANARY, now=NOW)


def unknown_item(store: Store) -> None:
    with store.writing() as unit:
        unit.queue.claim(CANARY, CANARY, now=NOW)


@pytest.mark.parametrize(
    "fail", [conflict, kind_with_text, log_with_text, claim_of_another, unknown_item]
)
def test_canary_is_in_no_error_and_no_log(
    store: Store, fail: Callable[[Store], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises((ServiceError, ValueError)) as caught:
        fail(store)
    assert_silent(caught.value, caplog)


def test_broken_database_says_nothing(
    empty_database: Engine, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(StorageError, match="db migrate") as caught:
        write_everything(Store(empty_database, vault))
    assert_silent(caught.value, caplog)
    assert caught.value.__cause__ is not None


def test_logged_statements_say_nothing(
    database: Engine, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_database(database.url.render_as_string(hide_password=False))
    caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine")
    write_everything(Store(engine, vault))
    engine.dispose()
    assert "INSERT INTO buyer_events" in caplog.text
    assert [form for form in hidden() if form.decode("latin-1") in caplog.text] == []
    assert NAME not in caplog.text


def assert_silent(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the error nor its causes, nor the log, repeat the canary."""
    words = [caplog.text]
    current: BaseException | None = error
    while current is not None:
        words += traceback.format_exception_only(current)
        current = current.__cause__ or current.__context__
    said = "".join(words)
    assert NAME not in said
    assert PHONE not in said


def test_values_do_not_show_their_texts() -> None:
    item = QueueItem(CANARY, "review", NOW, BODY, CANARY)
    for value in (event(), item, Webhook(CANARY, CANARY, BODY)):
        assert NAME not in repr(value)
