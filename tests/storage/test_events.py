import multiprocessing
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from nlp_service.errors import ConflictError
from nlp_service.storage.database import open_database
from nlp_service.storage.events import AddOutcome, BuyerEvent
from nlp_service.storage.models import BuyerEventRow, BuyerRow
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault
from tests.storage.conftest import SECRET

AT = datetime(2026, 3, 1, 10, 0, tzinfo=timezone(timedelta(hours=8)))
PAYLOAD: dict[str, Any] = {
    "merchant_id": "m-1",
    "order_id": "o-1",
    "category": "服饰",
    "amount": 99.5,
    "data": {"reason": "七天无理由", "type": "return_refund"},
}


def event(number: int, buyer: str = "b-1", **changes: Any) -> BuyerEvent:
    return replace(BuyerEvent(f"e-{number}", buyer, "refund_requested", AT, PAYLOAD), **changes)


def add(store: Store, events: list[BuyerEvent]) -> AddOutcome:
    with store.writing() as unit:
        return unit.events.add(events)


def of_buyer(store: Store, buyer: str = "b-1") -> list[BuyerEvent]:
    with store.reading() as unit:
        return unit.events.of_buyer(buyer)


def count(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_events_come_back_as_they_went(store: Store) -> None:
    assert add(store, [event(1), event(2, "b-2"), event(3)]) == AddOutcome(new=3, known=0)
    back = of_buyer(store)
    assert sorted(one.event_id for one in back) == ["e-1", "e-3"]
    assert back[0].at == AT
    assert back[0].payload == PAYLOAD
    assert [one.event_id for one in of_buyer(store, "b-2")] == ["e-2"]
    assert of_buyer(store, "b-3") == []


def test_event_of_a_decision_is_taken_back_alone(store: Store) -> None:
    add(store, [event(1), event(2), event(1, "b-2", event_id="e-9")])
    with store.writing() as unit:
        assert unit.events.take_back("e-1")
        assert not unit.events.take_back("e-1")
    assert [one.event_id for one in of_buyer(store)] == ["e-2"]
    assert [one.event_id for one in of_buyer(store, "b-2")] == ["e-9"]
    assert add(store, [event(1, kind="order_paid")]) == AddOutcome(new=1, known=0)


def test_same_event_again_is_known_even_in_another_offset(store: Store) -> None:
    again = event(1, at=AT.astimezone(UTC), payload={**PAYLOAD, "amount": 99.50})
    assert add(store, [event(1), again]) == AddOutcome(new=1, known=1)
    assert add(store, [again, event(2)]) == AddOutcome(new=1, known=1)
    assert len(of_buyer(store)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"at": AT + timedelta(microseconds=1)},
        {"kind": "refund_completed"},
        {"buyer_id": "b-2"},
        {"payload": {**PAYLOAD, "amount": 99.51}},
    ],
)
def test_same_id_with_other_content_is_a_conflict_and_stores_nothing(
    store: Store, changes: dict[str, Any]
) -> None:
    add(store, [event(1)])
    other = replace(event(1), **changes)
    with pytest.raises(ConflictError, match="event 3 of the call") as caught:
        add(store, [event(2), event(1), other, event(3)])
    assert caught.value.field == "events.2.event_id"
    assert caught.value.status == 409
    assert [one.event_id for one in of_buyer(store)] == ["e-1"]
    assert of_buyer(store, "b-2") == []


def test_conflict_within_one_call_names_the_second(store: Store) -> None:
    with pytest.raises(ConflictError) as caught:
        add(store, [event(1), event(2), event(1, kind="order_paid")])
    assert caught.value.field == "events.2.event_id"
    assert of_buyer(store) == []


def test_call_of_thousands_is_stored(store: Store) -> None:
    many = [event(n, f"b-{n % 700}") for n in range(1_500)]
    assert add(store, many).new == 1_500
    assert add(store, many) == AddOutcome(new=0, known=1_500)
    assert add(store, []) == AddOutcome(new=0, known=0)


def test_kind_that_is_no_code_is_refused_unseen(store: Store) -> None:
    with pytest.raises(ValueError, match="codes") as caught:
        add(store, [event(1, kind="张三")])
    assert "张三" not in str(caught.value)


def run_together(target: Callable[[int], None], number: int = 4) -> None:
    threads = [threading.Thread(target=target, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_threads_with_the_same_events_lose_and_double_none(store: Store, database: Engine) -> None:
    outcomes: list[AddOutcome] = []

    def write(worker: int) -> None:
        for start in range(0, 60, 6):
            # Every worker brings its events in another order.
            batch = [event(n, f"b-{n % 5}") for n in range(start, start + 6)]
            outcomes.append(add(store, batch[worker:] + batch[:worker]))

    run_together(write)
    assert len(outcomes) == 40
    assert sum(outcome.new for outcome in outcomes) == 60
    assert count(database, BuyerEventRow) == 60
    assert count(database, BuyerRow) == 5


def test_of_two_writers_with_other_content_one_wins(store: Store, database: Engine) -> None:
    results: list[str] = []

    def write(worker: int) -> None:
        for n in range(10):
            try:
                add(store, [event(n, f"b-{worker}")])
                results.append("stored")
            except ConflictError:
                results.append("conflict")

    run_together(write, 3)
    assert sorted(results) == ["conflict"] * 20 + ["stored"] * 10
    assert count(database, BuyerEventRow) == 10


def _write_in_process(url: str, worker: int) -> None:
    engine = open_database(url)
    store = Store(engine, Vault(SECRET))
    for n in range(30):
        add(store, [event(n), event(1_000 * (worker + 1) + n)])
    engine.dispose()


def test_processes_lose_and_double_none(database: Engine, store: Store) -> None:
    url = database.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_in_process, args=(url, n)) for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert len({one.event_id for one in of_buyer(store)}) == 90
    assert count(database, BuyerEventRow) == 90


def test_profile_under_the_lock_sees_every_event(store: Store) -> None:
    """Read after add in one transaction: the last profile in the feed counts all events."""

    def write(worker: int) -> None:
        for n in range(8):
            with store.writing() as unit:
                unit.events.add([event(100 * worker + n)])
                seen = len(unit.events.of_buyer("b-1"))
                unit.changes.append("b-1", {"events": seen}, now=AT)

    run_together(write)
    with store.reading() as unit:
        changes = unit.changes.after(0, 100)
    assert [change.profile["events"] for change in changes] == list(range(1, 33))
