"""`nlp-service webhooks` and `nlp-service store purge`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nlp_service import cli
from nlp_service.storage.database import migrate, open_database
from nlp_service.storage.queue_values import QueueItem
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault
from nlp_service.storage.webhooks import Webhook

SECRET = "a-secret-of-some-length"
LONG_AGO = datetime.now(UTC) - timedelta(days=40)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("NLP_SERVICE_HOME", str(tmp_path))
    monkeypatch.setenv("NLP_SERVICE_SECRET", SECRET)
    engine = open_database(f"sqlite:///{tmp_path / 'var' / 'nlp_service.db'}")
    migrate(engine)
    yield Store(engine, Vault(SECRET.encode()))
    engine.dispose()


def give_up(store: Store, name: str) -> None:
    hook = Webhook(name, "https://a.example", {})
    with store.writing() as unit:
        unit.webhooks.put(hook, now=LONG_AGO)
        unit.webhooks.mark_failed(hook, LONG_AGO, for_good=True)


def test_lost_messages_are_counted_and_queued_again(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    give_up(store, "e-1")
    give_up(store, "e-2")
    assert cli.run(["webhooks", "status"]) == 0
    assert capsys.readouterr().out == "waiting: 0\ngiven up: 2\n"
    assert cli.run(["webhooks", "replay", "--event", "e-1"]) == 0
    assert cli.run(["webhooks", "status"]) == 0
    assert "waiting: 1, the oldest is due at" in capsys.readouterr().out
    assert cli.run(["webhooks", "replay", "--all"]) == 0
    assert capsys.readouterr().out == "queued again: 1\n"
    with store.writing() as unit:
        assert [hook.attempts for hook in unit.webhooks.due(datetime.now(UTC))] == [0, 0]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("arguments", [[], ["--all", "--event", "e-1"]])
def test_replay_wants_to_know_what(arguments: list[str]) -> None:
    assert cli.run(["webhooks", "replay", *arguments]) == 2


def test_purge_drops_what_is_older_than_the_setting(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give_up(store, "e-1")
    with store.writing() as unit:
        unit.queue.put(QueueItem("r-1", "review", LONG_AGO, {"text": "差评"}), now=LONG_AGO)
    assert cli.run(["store", "purge"]) == 0
    assert capsys.readouterr().out.startswith("dropped: 0 texts")
    monkeypatch.setenv("NLP_SERVICE_RETENTION_DAYS", "30")
    assert cli.run(["store", "purge"]) == 0
    shown = capsys.readouterr()
    assert shown.out == "dropped: 1 texts, 0 prints of reviews, 1 lost webhooks\n"
    assert "nobody had decided 1" in shown.err
    with store.reading() as unit:
        assert unit.queue.get(unit.queue.item_key("review", "r-1")).body is None
