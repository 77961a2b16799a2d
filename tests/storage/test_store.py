"""Erasure: nothing of a buyer stays but entries that lead to nobody."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select, text

from nlp_service.errors import ConflictError, NotFoundError, StorageError
from nlp_service.storage.events import BuyerEvent
from nlp_service.storage.models import BuyerEventRow, BuyerRow
from nlp_service.storage.queue_values import QueueItem
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault
from nlp_service.storage.webhooks import Webhook

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def fill(store: Store, buyer: str) -> str:
    with store.writing() as unit:
        unit.events.add([BuyerEvent(f"e-{buyer}", buyer, "order_paid", NOW, {"amount": 1})])
        unit.changes.append(buyer, {"buyer_id": buyer, "score": 5}, now=NOW)
        item = QueueItem(f"r-{buyer}", "review", NOW, {"text": "差评"}, buyer)
        unit.queue.put(item, now=NOW)
        unit.webhooks.put(Webhook(f"w-{buyer}", "https://a.example", {}), now=NOW, buyer_id=buyer)
        return unit.queue.item_key("review", f"r-{buyer}")


def test_erased_buyer_is_gone_and_the_other_stays(store: Store) -> None:
    gone, kept = fill(store, "b-1"), fill(store, "b-2")
    assert store.erase_buyer("b-1", actor="dpo", now=NOW)
    assert not store.erase_buyer("b-1", actor="dpo", now=NOW)
    with store.writing() as unit:
        assert unit.buyers.find("b-1") is None
        assert unit.events.of_buyer("b-1") == []
        assert len(unit.events.of_buyer("b-2")) == 1
        assert [c.profile["buyer_id"] for c in unit.changes.after(0, 10)] == ["b-2"]
        assert [hook.event_id for hook in unit.webhooks.due(NOW)] == ["w-b-2"]
        assert unit.queue.get(kept).buyer_id == "b-2"
        with pytest.raises(NotFoundError):
            unit.queue.get(gone)


def test_log_stays_whole_and_leads_to_nobody(store: Store, vault: Vault) -> None:
    key = fill(store, "b-1")
    with store.reading() as unit:
        before = list(unit.decisions.all())
        assert [entry.sequence for entry in unit.queue.history(key)] == [1]
    store.erase_buyer("b-1", actor="dpo", now=NOW)
    with store.reading() as unit:
        assert unit.verify() is None
        *rest, erasure = unit.decisions.all()
    assert rest == before
    assert (erasure.kind, erasure.values()) == ("buyer.erase", {"rows": 4})
    # With the secret and every id at hand, no key of the log can be made again.
    known = {vault.key(kind, "b-1") for kind in ("buyer", "subject", "item")}
    known |= {key, vault.key("subject", key), vault.key("item", "review", "r-b-1")}
    assert not known & {entry.subject_key for entry in (*rest, erasure)}
    fill(store, "b-1")
    with store.reading() as unit:
        assert {e.subject_key for e in unit.queue.history(key)}.isdisjoint(
            entry.subject_key for entry in (*rest, erasure)
        )


def test_copy_of_a_sealed_row_does_not_open_after_erasure(
    store: Store, database: Engine, vault: Vault
) -> None:
    fill(store, "b-1")
    with database.connect() as connection:
        row = connection.execute(select(BuyerEventRow.event_key, BuyerEventRow.sealed)).one()
    store.erase_buyer("b-1", actor="dpo", now=NOW)
    fill(store, "b-1")
    with store.reading() as unit:
        buyer = unit.buyers.find("b-1")
        assert buyer is not None
        for sealer in (buyer.sealer, vault.sealer(), vault.sealer(b"b-1")):
            with pytest.raises(StorageError):
                sealer.open(row.sealed, table="buyer_events", key=row.event_key)


def test_salt_leaves_the_file(sqlite_database: Engine, vault: Vault) -> None:
    store = Store(sqlite_database, vault)
    fill(store, "b-1")
    fill(store, "b-2")
    with sqlite_database.connect() as connection:
        salts = connection.execute(select(BuyerRow.sealed_salt)).scalars().all()
        events = connection.execute(select(BuyerEventRow.sealed)).scalars().all()
    assert [raw(sqlite_database).count(part) > 0 for part in (*salts, *events)] == [True] * 4
    store.erase_buyer("b-1", actor="dpo", now=NOW)
    left = raw(sqlite_database)
    assert sorted(salt in left for salt in salts) == [False, True]
    assert sorted(event in left for event in events) == [False, True]


def raw(database: Engine) -> bytes:
    path = Path(str(database.url.database))
    return b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))


def write_much_and_fail(store: Store) -> None:
    with store.writing() as unit:
        unit.changes.append("b-2", {"score": 9}, now=NOW)
        unit.queue.put(QueueItem("r-2", "review", NOW, {}), now=NOW)
        unit.events.add([BuyerEvent("e-b-1", "b-1", "order_paid", NOW, {"amount": 2})])


def test_error_undoes_all_of_a_unit(store: Store) -> None:
    fill(store, "b-1")
    with pytest.raises(ConflictError):
        write_much_and_fail(store)
    with store.reading() as unit:
        assert unit.buyers.find("b-2") is None
        assert len(unit.changes.after(0, 10)) == 1
        assert unit.verify() is None
        assert len(list(unit.decisions.all())) == 1


def test_database_that_is_not_migrated_is_named(empty_database: Engine, vault: Vault) -> None:
    with (
        pytest.raises(StorageError, match="nlp-service db migrate"),
        Store(empty_database, vault).reading() as unit,
    ):
        unit.events.of_buyer("b-1")


def test_another_secret_opens_nothing(store: Store, database: Engine) -> None:
    fill(store, "b-1")
    other = Store(database, Vault(b"another secret"))
    with other.reading() as unit:
        assert unit.events.of_buyer("b-1") == []
    with pytest.raises(StorageError, match="another secret"), other.reading() as unit:
        unit.changes.after(0, 10)


def test_every_table_with_a_buyer_is_erased(database: Engine) -> None:
    """A new table with a buyer column must join `Store.erase_buyer`, and this list."""
    tables = inspect(database)
    with_buyer = {
        name
        for name in tables.get_table_names()
        if "buyer_key" in {column["name"] for column in tables.get_columns(name)}
    }
    erased = {"buyer_events", "risk_changes", "queue_items", "webhooks", "review_prints"}
    assert with_buyer == {"buyers"} | erased
    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM heads")).scalar() == 2
