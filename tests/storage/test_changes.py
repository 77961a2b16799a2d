import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from nlp_service.storage.events import BuyerEvent
from nlp_service.storage.store import Store

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def profile(score: int, as_of: str = "2026-03-01") -> dict[str, object]:
    return {"buyer_id": "b-1", "score": score, "signals": [{"code": "x"}], "as_of": as_of}


def append(store: Store, buyer: str, score: int, as_of: str = "2026-03-01") -> int | None:
    with store.writing() as unit:
        return unit.changes.append(buyer, profile(score, as_of), now=AT)


def scores(store: Store, after: int = 0, limit: int = 100) -> list[tuple[int, object]]:
    with store.reading() as unit:
        return [(c.cursor, c.profile["score"]) for c in unit.changes.after(after, limit)]


def test_only_changes_are_appended(store: Store) -> None:
    assert append(store, "b-1", 10) == 1
    assert append(store, "b-1", 10, "2026-03-02") is None
    assert append(store, "b-2", 10) == 2
    assert append(store, "b-1", 11) == 3
    assert append(store, "b-1", 10) == 4
    assert scores(store) == [(1, 10), (2, 10), (3, 11), (4, 10)]


def test_feed_is_read_in_pieces_from_a_cursor(store: Store) -> None:
    for score in range(7):
        append(store, "b-1", score)
    assert scores(store, 0, 3) == [(1, 0), (2, 1), (3, 2)]
    assert scores(store, 3, 3) == [(4, 3), (5, 4), (6, 5)]
    assert scores(store, 7, 3) == []
    with store.reading() as unit:
        (change,) = unit.changes.after(6, 1)
    assert (change.profile, change.at) == (profile(6), AT)


def append_and_fail(store: Store) -> None:
    with store.writing() as unit:
        assert unit.changes.append("b-1", profile(2), now=AT) == 2
        unit.events.add([BuyerEvent("e", "b-1", "no code", AT, {})])


def test_undone_transaction_leaves_no_gap(store: Store) -> None:
    append(store, "b-1", 1)
    with pytest.raises(ValueError, match="codes"):
        append_and_fail(store)
    assert append(store, "b-1", 3) == 2


def test_later_cursor_is_not_seen_before_an_earlier_one(store: Store, database: Engine) -> None:
    """A slow transaction holds cursor 1; a fast one must not commit cursor 2 before it."""
    slow_has_cursor, let_go, fast_done = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        with store.writing() as unit:
            unit.changes.append("b-slow", profile(1), now=AT)
            slow_has_cursor.set()
            let_go.wait(30)

    def fast() -> None:
        append(store, "b-fast", 2)
        fast_done.set()

    threads = [threading.Thread(target=slow), threading.Thread(target=fast)]
    threads[0].start()
    assert slow_has_cursor.wait(30)
    threads[1].start()
    assert not fast_done.wait(0.3)
    assert scores(store) == []
    let_go.set()
    for thread in threads:
        thread.join(30)
    assert scores(store) == [(1, 1), (2, 2)]
    assert database.dialect.name in {"sqlite", "postgresql"}


def test_follower_misses_nothing_while_many_write(store: Store) -> None:
    seen: list[int] = []
    writing = threading.Event()

    def write(worker: int) -> None:
        for score in range(15):
            append(store, f"b-{worker}", score)

    def follow() -> None:
        while not writing.is_set() or len(seen) < 45:
            seen.extend(cursor for cursor, _ in scores(store, seen[-1] if seen else 0, 4))
            if writing.is_set() and not scores(store, seen[-1] if seen else 0, 1):
                return

    follower = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for thread in (follower, *writers):
        thread.start()
    for thread in writers:
        thread.join(60)
    writing.set()
    follower.join(60)
    assert seen == list(range(1, 46))
