import threading
from datetime import UTC, datetime, timedelta

import pytest

from nlp_service.storage.store import Store
from nlp_service.storage.webhooks import Webhook

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
HOOK = Webhook("risk:1", "https://receiver.example/hook", {"tier": "watch", "buyer_id": "b-1"})


def put(store: Store, hook: Webhook = HOOK, buyer_id: str | None = "b-1") -> bool:
    with store.writing() as unit:
        return unit.webhooks.put(hook, now=NOW, buyer_id=buyer_id)


def due(store: Store, seconds: float = 0, limit: int = 100) -> list[Webhook]:
    with store.writing() as unit:
        return unit.webhooks.due(NOW + timedelta(seconds=seconds), limit=limit)


def test_message_is_due_once_and_leased(store: Store) -> None:
    assert put(store)
    assert not put(store)
    assert due(store, -1) == []
    assert due(store) == [HOOK]
    assert due(store, 59) == []
    assert due(store, 60) == [HOOK]


def test_sent_message_is_gone(store: Store) -> None:
    put(store, buyer_id=None)
    (hook,) = due(store)
    with store.writing() as unit:
        unit.webhooks.mark_sent(hook)
    assert due(store, 1e6) == []


def test_same_event_goes_to_every_receiver(store: Store) -> None:
    put(store)
    put(store, Webhook("risk:1", "https://other.example/hook", {}))
    assert {hook.url for hook in due(store)} == {HOOK.url, "https://other.example/hook"}


def test_failed_message_waits_twice_as_long_each_time_and_is_given_up(store: Store) -> None:
    put(store)
    at, waits = 0.0, []
    while found := due(store, at):
        with store.writing() as unit:
            unit.webhooks.mark_failed(found[0], NOW + timedelta(seconds=at))
        wait = next((w for n in range(13) if due_after(store, at, w := min(10 * 2**n, 21_600))), 0)
        waits.append(wait)
        at += wait + 60
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 20480, *[21600] * 3, 0]


def due_after(store: Store, at: float, wait: float) -> bool:
    """Whether it is due after `wait` seconds, and was not a second before."""
    return not due(store, at + wait - 1) and bool(due(store, at + wait))


def test_workers_beside_each_other_never_take_the_same(store: Store) -> None:
    for number in range(30):
        put(store, Webhook(f"risk:{number}", HOOK.url, {}), buyer_id=None)
    taken: list[str] = []

    def work() -> None:
        while found := due(store, limit=4):
            taken.extend(hook.event_id for hook in found)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == len(set(taken)) == 30


def put_and_fail(store: Store) -> None:
    with store.writing() as unit:
        unit.webhooks.put(HOOK, now=NOW)
        unit.decisions.append(actor="m", kind="no code", subject_key="x", body={}, now=NOW)


def test_undone_transaction_leaves_no_message(store: Store) -> None:
    with pytest.raises(ValueError, match="codes"):
        put_and_fail(store)
    assert due(store, 1e6) == []
