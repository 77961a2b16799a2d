"""Webhooks to a real server: signed, again after a failure, in order, at least once."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from nlp_service.api.delivery import Deliveries, open_client
from nlp_service.api.metrics import Metrics
from nlp_service.settings import Receiver as Address
from nlp_service.storage.store import Store
from nlp_service.storage.webhooks import OutboxCount, Webhook
from tests.api.conftest import Opener
from tests.api.receiver import Receiver, receiving
from tests.api.test_buyers import refunds
from tests.storage.conftest import *  # noqa: F403 - the databases of the store's tests

ROOT = Path(__file__).parents[2]
HOOK_SECRET = "a secret of the receiver"
START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
CANARY = "欧阳金丝雀13900007777"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Service:
    """A store with an outbox, and one worker on it."""

    def __init__(self, store: Store, receiver: Receiver, *, timeout_s: float = 10.0) -> None:
        self.store, self.clock, self.metrics = store, Clock(), Metrics()
        self.url = receiver.url
        self.timeout_s = timeout_s

    def put(self, number: int, buyer: str | None = "b-1") -> None:
        hook = Webhook(f"e-{number}", self.url, {"n": number, "name": CANARY})
        with self.store.writing() as unit:
            unit.webhooks.put(hook, now=self.clock(), buyer_id=buyer)

    def work(self, *, private: bool = True, known: bool = True) -> int:
        """Send what is due now and wait for the answers; how many messages."""
        receivers = [Address(self.url, HOOK_SECRET)] if known else []
        worker = Deliveries(
            self.store,
            receivers,
            self.metrics,
            is_private_allowed=private,
            timeout_s=self.timeout_s,
            clock=self.clock,
        )

        async def once() -> int:
            async with open_client() as client:
                count = await worker.send_due(client)
                await worker.settle()
                return count

        return asyncio.run(once())

    def count(self) -> OutboxCount:
        with self.store.reading() as unit:
            return unit.webhooks.count()


@pytest.fixture
def service(store: Store, receiver: Receiver) -> Service:
    return Service(store, receiver)


def test_message_arrives_once_signed_and_named(service: Service, receiver: Receiver) -> None:
    service.put(1)
    assert (service.work(), service.work()) == (1, 0)
    (got,) = receiver.got
    assert (got.event, got.path, got.read()) == ("e-1", "/hook", {"n": 1, "name": CANARY})
    assert got.headers["host"] == receiver.url.split("/")[2]
    assert got.headers["content-type"] == "application/json"
    assert got.is_signed(HOOK_SECRET)
    assert not got.is_signed(HOOK_SECRET + "!")
    assert f"t={int(START.timestamp())}," in got.headers["nlp-service-signature"]
    assert service.count() == OutboxCount(0, 0, None)


@pytest.mark.parametrize("status", [500, 404, 302, 307])
def test_refused_message_comes_again_later(
    service: Service, receiver: Receiver, status: int
) -> None:
    receiver.answers = [status]
    service.put(1)
    service.work()
    service.clock.move(9)
    assert service.work() == 0
    service.clock.move(1)
    assert service.work() == 1
    assert [got.event for got in receiver.got] == ["e-1", "e-1"]
    assert receiver.got[0].body == receiver.got[1].body
    assert all(got.is_signed(HOOK_SECRET) for got in receiver.got)
    assert [got.path for got in receiver.got] == ["/hook", "/hook"]
    assert service.count().waiting == 0


def test_receiver_that_hangs_is_left_and_tried_again(store: Store, receiver: Receiver) -> None:
    service = Service(store, receiver, timeout_s=2.0)
    hanging = threading.Event()
    receiver.answers = [hanging]
    service.put(1)
    service.work()
    assert service.count().waiting == 1
    hanging.set()
    service.clock.move(10)
    service.timeout_s = 10.0
    service.work()
    assert len(receiver.got) == 2
    assert service.count().waiting == 0


def test_receiver_that_is_away_is_tried_again(service: Service) -> None:
    service.url = "http://127.0.0.1:9/hook"
    service.put(1)
    assert service.work() == 1
    assert service.count().waiting == 1


def test_sixteen_failures_are_the_end_until_replayed(service: Service, receiver: Receiver) -> None:
    receiver.answers = [500] * 16
    service.put(1)
    for _ in range(20):
        service.work()
        service.clock.move(6 * 3600)
    assert (len(receiver.got), service.count().given_up) == (16, 1)
    with service.store.writing() as unit:
        assert unit.webhooks.replay(service.clock(), event_id="e-2") == 0
        assert unit.webhooks.replay(service.clock(), event_id="e-1") == 1
    service.work()
    assert (len(receiver.got), service.count().given_up) == (17, 0)


def test_messages_of_a_buyer_come_in_order(service: Service, receiver: Receiver) -> None:
    receiver.answers = [500]
    for number in (1, 2, 3):
        service.put(number)
    service.work()
    service.put(4, "b-2")
    # The first waits, and holds back those after it, but nobody else's.
    service.work()
    assert [got.event for got in receiver.got] == ["e-1", "e-4"]
    service.clock.move(10)
    while service.work():
        pass
    assert [got.event for got in receiver.got] == ["e-1", "e-4", "e-1", "e-2", "e-3"]


def test_receiver_out_of_the_settings_gets_nothing(service: Service, receiver: Receiver) -> None:
    service.put(1)
    service.work(known=False)
    assert (receiver.got, service.count().given_up) == ([], 1)


def test_private_receiver_is_refused_unless_allowed(service: Service, receiver: Receiver) -> None:
    service.put(1)
    service.work(private=False)
    assert (receiver.got, service.count().waiting) == ([], 1)


def test_failures_are_logged_without_address_and_content(
    service: Service, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.answers = [500]
    service.url = receiver.url + "?token=geheim"
    service.put(1)
    service.work()
    shown = "".join(capsys.readouterr())
    assert "webhook_failed" in shown
    assert "status 500" in shown
    assert [word for word in (CANARY, "金丝雀", "1390000", "geheim", "b-1") if word in shown] == []
    assert b'nlp_webhooks_total{outcome="failed"} 1.0' in service.metrics.text()


def test_killed_worker_makes_a_second_delivery_not_none(
    database: Engine, store: Store, receiver: Receiver
) -> None:
    service = Service(store, receiver)
    service.clock.now = datetime.now(UTC)
    held = threading.Event()
    receiver.answers = [held]
    service.put(1)
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.api.delivery_worker", url, receiver.url]
    with subprocess.Popen(command, cwd=ROOT) as worker:
        assert receiver.wait(1)
        worker.kill()
    held.set()
    assert service.count().waiting == 1
    service.clock.now = datetime.now(UTC)
    assert service.work() == 0, "the dead worker's lease still holds"
    service.clock.now = datetime.now(UTC) + timedelta(seconds=61)
    assert service.work() == 1
    assert [got.event for got in receiver.got] == ["e-1", "e-1"]
    assert service.count().waiting == 0


def test_workers_in_two_processes_send_each_message_once(
    database: Engine, store: Store, receiver: Receiver
) -> None:
    service = Service(store, receiver)
    service.clock.now = datetime.now(UTC)
    for number in range(40):
        service.put(number, f"b-{number}")
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.api.delivery_worker", url, receiver.url]
    workers = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    try:
        assert receiver.wait(40)
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    assert len({got.event for got in receiver.got}) == len(receiver.got) == 40


def test_running_service_tells_of_another_tier(opened: Opener, receiver: Receiver) -> None:
    receivers = (Address(receiver.url, HOOK_SECRET),)
    client = opened(webhooks=receivers, webhook_private=True)
    answer = client.post("/v1/buyers/b-7/events", json={"items": refunds()})
    profile = answer.json()["profile"]
    assert receiver.wait(1, 20)
    (got,) = receiver.got
    assert got.is_signed(HOOK_SECRET)
    told = got.read()
    assert told["event"] == "risk.tier_changed"
    assert told["event_id"] == got.event
    change = told["data"]
    assert (change["buyer_id"], change["previous_tier"]) == ("b-7", "normal")
    assert change["tier"] == profile["tier"] != "normal"
    feed = client.get("/v1/feed/risk").json()["items"]
    assert change["cursor"] == feed[-1]["cursor"]
    assert change["profile"] == feed[-1]["profile"]
