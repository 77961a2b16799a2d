"""Jobs beside the answers: they run, survive their bugs, and end with the service."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest

from nlp_service.api import background
from nlp_service.api.background import every, running
from nlp_service.settings import Settings
from nlp_service.storage.database import open_database
from nlp_service.storage.keys import load_secret
from nlp_service.storage.queue_values import QueueItem
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault
from tests.api.conftest import Opener


def test_job_runs_again_after_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_PAUSE_S", 0.0)
    calls: list[int] = []

    def step() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("geheim")

    async def run() -> None:
        async with running([every(0.0, step)]):
            while len(calls) < 3:
                await asyncio.sleep(0.01)
        ended = len(calls)
        await asyncio.sleep(0.05)
        assert len(calls) <= ended + 1

    asyncio.run(run())


def test_running_service_drops_old_texts(opened: Opener, settings: Settings) -> None:
    secret = load_secret(settings.secret, settings.var_dir / "secret")
    engine = open_database(settings.database_url)
    store = Store(engine, Vault(secret))
    then = datetime.now(UTC) - timedelta(days=40)
    with store.writing() as unit:
        unit.queue.put(QueueItem("r-1", "review", then, {"text": "差评"}), now=then)
        key = unit.queue.item_key("review", "r-1")
    opened(retention_days=30)
    deadline = monotonic() + 20
    while monotonic() < deadline:
        with store.reading() as unit:
            if unit.queue.get(key).body is None:
                break
        sleep(0.05)
    else:
        pytest.fail("the text is still there")
    engine.dispose()
