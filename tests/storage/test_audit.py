from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, text, update

from nlp_service.errors import StorageError
from nlp_service.storage.audit import Break, read_anchor, write_anchor
from nlp_service.storage.decisions import entry_hash
from nlp_service.storage.heads import Head
from nlp_service.storage.models import DecisionRow, HeadRow
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SUBJECT = "ab" * 32


def fill(store: Store, number: int = 5) -> None:
    for n in range(number):
        with store.writing() as unit:
            unit.decisions.append(
                actor="m-1", kind="queue.decide", subject_key=SUBJECT, body={"n": n}, now=AT
            )


def verified(store: Store, anchor: Head | None = None) -> Break | None:
    with store.reading() as unit:
        return unit.verify(anchor=anchor)


def head(store: Store) -> Head | None:
    with store.reading() as unit:
        return unit.log_head()


def change(database: Engine, statement: Any) -> None:
    with database.begin() as connection:
        connection.execute(statement)


def test_untouched_log_is_whole(store: Store) -> None:
    assert verified(store) is None
    fill(store)
    assert verified(store) is None
    with store.reading() as unit:
        entries = list(unit.decisions.all())
        assert unit.decisions.of_subject(SUBJECT) == entries
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[2].values() == {"n": 2}
    assert "m-1" not in repr(entries)


EDITS = [
    ("at", "2026-03-01T10:00:01.000000+00:00"),
    ("at", "no time"),
    ("actor_key", "cd" * 32),
    ("kind", "queue.undo"),
    ("subject_key", "cd" * 32),
    ("body", '{"n":4}'),
    ("body", "no json"),
    ("previous_hash", "cd" * 32),
    ("hash", "cd" * 32),
]


def test_every_edit_is_found_at_its_place(store: Store, database: Engine) -> None:
    fill(store)
    third = DecisionRow.sequence == 3
    for column, value in EDITS:
        with database.begin() as connection:
            before = connection.execute(select(getattr(DecisionRow, column)).where(third)).scalar()
            connection.execute(update(DecisionRow).where(third).values(**{column: value}))
        assert verified(store) == Break(3, "the entry was changed"), column
        change(database, update(DecisionRow).where(third).values(**{column: before}))
    assert verified(store) is None


@pytest.mark.parametrize(("gone", "first"), [([3], 3), ([1, 2], 1), ([2, 3, 4], 2)])
def test_deletion_in_the_middle_is_found(
    store: Store, database: Engine, gone: list[int], first: int
) -> None:
    fill(store)
    change(database, delete(DecisionRow).where(DecisionRow.sequence.in_(gone)))
    assert verified(store) == Break(first, "an entry is missing")


def test_deletion_with_closed_ranks_is_found(store: Store, database: Engine) -> None:
    fill(store)
    change(database, delete(DecisionRow).where(DecisionRow.sequence == 3))
    for sequence in (4, 5):
        moved = update(DecisionRow).where(DecisionRow.sequence == sequence)
        change(database, moved.values(sequence=sequence - 1))
    assert verified(store) == Break(3, "the entry was changed")


def test_reordering_is_found(store: Store, database: Engine) -> None:
    fill(store)
    for old, new in ((2, 9), (3, 2), (9, 3)):
        moved = update(DecisionRow).where(DecisionRow.sequence == old)
        change(database, moved.values(sequence=new))
    assert verified(store) == Break(2, "the entry was changed")


def test_truncation_is_found_by_the_head(store: Store, database: Engine) -> None:
    fill(store)
    change(database, delete(DecisionRow).where(DecisionRow.sequence > 3))
    assert verified(store) == Break(4, "the end of the log is missing")
    with database.connect() as connection:
        third = connection.execute(select(DecisionRow.hash).where(DecisionRow.sequence == 3))
        moved = update(HeadRow).where(HeadRow.name == "decisions")
        values = {"sequence": 3, "hash": third.scalar_one()}
    change(database, moved.values(**values))
    assert verified(store) == Break(4, "the head of the log is missing or was changed")
    change(database, delete(HeadRow).where(HeadRow.name == "decisions"))
    assert verified(store) == Break(4, "the head of the log is missing or was changed")


def test_old_copy_of_log_and_head_is_found_by_the_anchor(store: Store, database: Engine) -> None:
    fill(store, 3)
    old = head(store)
    assert old is not None
    fill(store, 2)
    anchor = head(store)
    assert verified(store, anchor) is None
    change(database, delete(DecisionRow).where(DecisionRow.sequence > 3))
    moved = update(HeadRow).where(HeadRow.name == "decisions")
    change(database, moved.values(sequence=old.sequence, hash=old.hash, seal=old.seal))
    assert verified(store) is None
    assert verified(store, anchor) == Break(4, "the end of the log is missing")


def test_emptied_log_is_found_by_the_anchor(store: Store, database: Engine) -> None:
    fill(store)
    anchor = head(store)
    change(database, delete(DecisionRow))
    start = {"sequence": 0, "hash": "", "seal": ""}
    change(database, update(HeadRow).where(HeadRow.name == "decisions").values(**start))
    assert verified(store, anchor) == Break(1, "the end of the log is missing")


def test_log_written_anew_differs_from_the_anchor(
    store: Store, database: Engine, vault: Vault
) -> None:
    """Even the service itself cannot write another past than the one it was anchored with."""
    fill(store, 3)
    anchor = head(store)
    change(database, delete(DecisionRow))
    start = {"sequence": 0, "hash": "", "seal": ""}
    change(database, update(HeadRow).where(HeadRow.name == "decisions").values(**start))
    with store.writing() as unit:
        for _ in range(4):
            unit.decisions.append(
                actor="m-2", kind="queue.undo", subject_key=SUBJECT, body={}, now=AT
            )
    assert verified(store) is None
    assert verified(store, anchor) == Break(3, "the log was written anew")
    with store.reading() as unit:
        assert all(entry.hash == entry_hash(vault, entry) for entry in unit.decisions.all())


def test_another_secret_verifies_nothing(store: Store, database: Engine) -> None:
    fill(store)
    assert verified(Store(database, Vault(b"another"))) == Break(1, "the entry was changed")


def test_body_that_could_hold_personal_data_is_refused(store: Store) -> None:
    for body in ({"reason": "张三"}, {"n": 13912345678}):
        with pytest.raises(ValueError, match="takes"), store.writing() as unit:
            unit.decisions.append(
                actor="m", kind="queue.decide", subject_key=SUBJECT, body=body, now=AT
            )
    with pytest.raises(ValueError, match="codes"), store.writing() as unit:
        unit.decisions.append(actor="m", kind="a.b", subject_key="张三", body={}, now=AT)
    assert head(store) == Head(0)


def test_missing_head_stops_appending(store: Store, database: Engine) -> None:
    change(database, text("DELETE FROM heads"))
    with pytest.raises(StorageError, match="audit verify"):
        fill(store, 1)


def test_anchor_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "var" / "decisions.head"
    assert read_anchor(path) is None
    write_anchor(path, Head(1, "a", "b"))
    write_anchor(path, Head(2, "c", "d"))
    assert read_anchor(path) == Head(2, "c", "d")
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sequence": "x", "hash": "", "seal": ""}'])
def test_broken_anchor_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "head"
    path.write_text(content)
    with pytest.raises(StorageError, match="anchor"):
        read_anchor(path)


def test_forged_anchor_is_found(store: Store) -> None:
    fill(store, 2)
    forged = Head(1, "ab" * 32, "cd" * 32)
    assert verified(store, forged) == Break(1, "the anchor is not one of this service")


def test_log_longer_than_a_piece_is_read_whole(
    store: Store, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nlp_service.storage.decisions._ENTRIES_A_PIECE", 2)
    fill(store)
    assert verified(store) is None
    change(database, update(DecisionRow).where(DecisionRow.sequence == 5).values(body="{}"))
    assert verified(store) == Break(5, "the entry was changed")


def test_time_is_kept_in_utc(store: Store) -> None:
    with store.writing() as unit:
        at = AT.astimezone(timezone(timedelta(hours=8)))
        unit.decisions.append(actor="m", kind="a.b", subject_key=SUBJECT, body={}, now=at)
        (entry,) = unit.decisions.all()
    assert entry.at == "2026-03-01T10:00:00.000000+00:00"
