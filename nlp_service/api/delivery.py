"""Delivers the outbox of webhooks from the running service, beside the event loop's other work.

    is any due? -> lease some -> POST each, signed -> 2xx: gone; else later; at last given up

Every process may run this: a leased message belongs to one of them. Logged are the receiver's host,
the number of attempts and the kind of failure, never a body or an address.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import structlog

from nlp_service.api.background import in_thread
from nlp_service.api.metrics import Metrics
from nlp_service.api.targets import TargetError, target_of
from nlp_service.contract.webhooks import EVENT_HEADER, SIGNATURE_HEADER
from nlp_service.errors import StorageError
from nlp_service.logs import log_bug
from nlp_service.settings import Receiver
from nlp_service.storage.signing import signature
from nlp_service.storage.store import Store
from nlp_service.storage.webhooks import Webhook

# From name to answer; far below the lease, so that nobody else sends the same meanwhile.
_TIMEOUT_S = 10.0
_PAUSE_S = 1.0
# Messages under way at once; a receiver that hangs holds its own for ten seconds.
_AT_ONCE = 16
# What is under way when the service stops may end, so that it is not sent twice.
_LAST_WORDS_S = 3.0


def open_client() -> httpx.AsyncClient:
    """What messages are sent with: it goes where it is told and nowhere else.

    No redirects, and no proxy or .netrc of the environment: they would lead past the check of
    targets.
    """
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=_TIMEOUT_S)


class Deliveries:
    """Sends what is due until cancelled."""

    def __init__(
        self,
        store: Store,
        receivers: Sequence[Receiver],
        metrics: Metrics,
        *,
        is_private_allowed: bool = False,
        timeout_s: float = _TIMEOUT_S,
        pause_s: float = _PAUSE_S,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._secrets = {receiver.url: receiver.secret.encode() for receiver in receivers}
        self._metrics = metrics
        self._is_private_allowed = is_private_allowed
        self._timeout_s = timeout_s
        self._pause_s = pause_s
        self._clock = clock
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look for messages and send them, for ever."""
        for name in ("httpx", "httpcore"):  # they log addresses, which may hold a token
            logging.getLogger(name).setLevel(logging.WARNING)
        async with open_client() as client:
            try:
                while True:
                    await self.send_due(client)
                    await asyncio.sleep(self._pause_s)
            finally:
                await self._end()

    async def send_due(self, client: httpx.AsyncClient) -> int:
        """Start sending what is due now; how many messages."""
        free = _AT_ONCE - len(self._under_way)
        hooks = await in_thread(lambda: self._lease(free)) if free else []
        for hook in hooks:
            task = asyncio.create_task(self._deliver(client, hook))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(hooks)

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _end(self) -> None:
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=_LAST_WORDS_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _lease(self, limit: int) -> list[Webhook]:
        now = self._clock()
        try:
            with self._store.reading() as unit:
                if not unit.webhooks.is_any_due(now):
                    return []
            with self._store.writing() as unit:
                return unit.webhooks.due(now, limit=limit)
        except StorageError as error:
            log_bug(error)
            return []

    async def _deliver(self, client: httpx.AsyncClient, hook: Webhook) -> None:
        """Send one message and note what became of it; a lost note means a second delivery."""
        failure = await self._failure(client, hook)
        try:
            is_waiting = await in_thread(lambda: self._note(hook, failure))
        except Exception as error:  # noqa: BLE001 - the others go on; the lease runs out
            log_bug(error)
            return
        outcome = "sent" if failure is None else "failed" if is_waiting else "given_up"
        self._metrics.webhooks.labels(outcome).inc()
        if failure is not None:
            host = urlsplit(hook.url).hostname
            words = {"host": host, "attempt": hook.attempts + 1, "failure": failure}
            structlog.get_logger().warning(f"webhook_{outcome}", **words)

    async def _failure(self, client: httpx.AsyncClient, hook: Webhook) -> str | None:
        """Why the message did not arrive; None where it did."""
        if hook.url not in self._secrets:
            return _NO_RECEIVER
        try:
            async with asyncio.timeout(self._timeout_s):
                status = await self._post(client, hook)
        except TimeoutError:
            return "timeout"
        except TargetError as error:
            return error.detail
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return type(error).__name__
        return None if 200 <= status < 300 else f"status {status}"

    async def _post(self, client: httpx.AsyncClient, hook: Webhook) -> int:
        target = await target_of(hook.url, is_private_allowed=self._is_private_allowed)
        body = json.dumps(hook.body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Host": target.authority,
            "Content-Type": "application/json",
            "User-Agent": "nlp-service",
            EVENT_HEADER: hook.event_id,
            SIGNATURE_HEADER: signature(self._secrets[hook.url], body, at=self._clock()),
        }
        extensions = {"sni_hostname": target.host}
        sent = client.stream(
            "POST", target.url, content=body, headers=headers, extensions=extensions
        )
        # The answer's body is left unread: only the status is a receipt.
        async with sent as answer:
            return answer.status_code

    def _note(self, hook: Webhook, failure: str | None) -> bool:
        """Write down what became of a message; whether it waits on."""
        with self._store.writing() as unit:
            if failure is None:
                unit.webhooks.mark_sent(hook)
                return False
            for_good = failure == _NO_RECEIVER
            return unit.webhooks.mark_failed(hook, self._clock(), for_good=for_good)


_NO_RECEIVER = "not in the settings any more"
