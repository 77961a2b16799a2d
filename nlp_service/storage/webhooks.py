"""The webhook outbox: written with what it tells in one transaction, delivered afterwards.

    put -> waiting -> due (leased for a minute) -> sent, or failed -> waiting, later each time
                                                           after the last attempt -> given_up

A worker that dies between sending and `mark_sent` makes a second delivery: receivers get every
message at least once and tell them apart by event id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from nlp_service.storage.buyers import Buyer, Buyers
from nlp_service.storage.models import WebhookRow
from nlp_service.storage.sealing import Sealer
from nlp_service.storage.transactions import insert_missing
from nlp_service.storage.vault import Vault

_TABLE = WebhookRow.__tablename__
WAITING, SENT, GIVEN_UP = "waiting", "sent", "given_up"
# Longer than a delivery may take; another worker tries again after it.
_LEASE = timedelta(minutes=1)
# 10 s, 20 s, 40 s … up to 6 h; 16 attempts bridge an outage of more than a day.
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=6)
_ATTEMPTS = 16


@dataclass(frozen=True, slots=True)
class Webhook:
    """One message to deliver; `attempts` counts those that failed."""

    event_id: str = field(repr=False)
    url: str = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)
    attempts: int = 0


class Webhooks:
    """The outbox, inside one transaction."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._buyers = Buyers(connection, vault)

    def put(self, hook: Webhook, *, now: datetime, buyer_id: str | None = None) -> bool:
        """Queue a message, sealed for its buyer if it has one; False if it is known."""
        buyer = None if buyer_id is None else self._buyers.hold([buyer_id])[buyer_id]
        key = self._key(hook)
        content = {"event_id": hook.event_id, "url": hook.url, "body": dict(hook.body)}
        row = {
            "event_key": key,
            "url_key": self._vault.key("url", hook.url),
            "buyer_key": buyer and buyer.key,
            "state": WAITING,
            "attempts": 0,
            "next_at": now,
            "sealed": self._sealer(buyer).seal(content, table=_TABLE, key=key),
        }
        return bool(insert_missing(self._connection, WebhookRow, "event_key", [row]))

    def due(self, now: datetime, *, limit: int = 100) -> list[Webhook]:
        """What is to be sent now, oldest first, for this worker alone during the lease.

        Commit before sending, and mark each afterwards.
        """
        query = select(WebhookRow.__table__).where(WebhookRow.state == WAITING)
        query = query.where(WebhookRow.next_at <= now).order_by(WebhookRow.next_at).limit(limit)
        rows = self._connection.execute(query.with_for_update(skip_locked=True)).all()
        leased = update(WebhookRow).where(WebhookRow.event_key.in_([r.event_key for r in rows]))
        self._connection.execute(leased.values(next_at=now + _LEASE))
        buyers = self._buyers.by_keys({row.buyer_key for row in rows if row.buyer_key})
        return [self._opened(row, buyers.get(row.buyer_key)) for row in rows]

    def mark_sent(self, hook: Webhook) -> None:
        """Delivered; the row goes, with all that it said."""
        key = self._key(hook)
        self._connection.execute(delete(WebhookRow).where(WebhookRow.event_key == key))

    def mark_failed(self, hook: Webhook, now: datetime) -> None:
        """Not delivered: later again, each time twice as late, until it is given up."""
        attempts = hook.attempts + 1
        wait = min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT)
        state = WAITING if attempts < _ATTEMPTS else GIVEN_UP
        query = update(WebhookRow).where(WebhookRow.event_key == self._key(hook))
        self._connection.execute(query.values(attempts=attempts, state=state, next_at=now + wait))

    def erase(self, buyer: Buyer) -> int:
        """Delete the buyer's messages; `Store.erase_buyer` erases all there is."""
        query = delete(WebhookRow).where(WebhookRow.buyer_key == buyer.key)
        return self._connection.execute(query).rowcount

    def _key(self, hook: Webhook) -> str:
        return self._vault.key("webhook", hook.event_id, hook.url)

    def _sealer(self, buyer: Buyer | None) -> Sealer:
        return self._vault.sealer() if buyer is None else buyer.sealer

    def _opened(self, row: Row[Any], buyer: Buyer | None) -> Webhook:
        content = self._sealer(buyer).open(row.sealed, table=_TABLE, key=row.event_key)
        return Webhook(**content, attempts=row.attempts)
