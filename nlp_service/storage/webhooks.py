"""The webhook outbox: written with what it tells in one transaction, delivered afterwards.

    put -> waiting -> due (leased for a minute) -> sent, or failed -> waiting, later each time
                                                           after the last attempt -> given_up
    given_up -> replay -> waiting

A worker that dies between sending and `mark_sent` makes a second delivery: receivers get every
message at least once and tell them apart by event id. The messages of one buyer to one receiver
go out in the order of the changes: a later one is not due while an earlier one waits. One that
was given up, and replayed later, comes late.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, select, update
from sqlalchemy.orm import aliased

from nlp_service.storage.buyers import Buyer, Buyers
from nlp_service.storage.models import WebhookRow
from nlp_service.storage.sealing import Sealer
from nlp_service.storage.transactions import insert_missing, pieces
from nlp_service.storage.vault import Vault

_TABLE = WebhookRow.__tablename__
WAITING, SENT, GIVEN_UP = "waiting", "sent", "given_up"
# Longer than a delivery may take; another worker tries again after it.
LEASE = timedelta(minutes=1)
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


@dataclass(frozen=True, slots=True)
class OutboxCount:
    """How many messages wait, how many were given up, and since when the oldest is due."""

    waiting: int
    given_up: int
    oldest_due: datetime | None


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
            "turn": self._turn(buyer),
            "state": WAITING,
            "attempts": 0,
            "next_at": now,
            "sealed": self._sealer(buyer).seal(content, table=_TABLE, key=key),
        }
        return bool(insert_missing(self._connection, WebhookRow, "event_key", [row]))

    def is_any_due(self, now: datetime) -> bool:
        """Whether `due` would find something; takes no lock."""
        return bool(self._connection.execute(select(exists().where(_is_due(now)))).scalar())

    def due(self, now: datetime, *, limit: int = 100) -> list[Webhook]:
        """What is to be sent now, oldest first, for this worker alone during the lease.

        Commit before sending, and mark each afterwards.
        """
        query = select(WebhookRow.__table__).where(_is_due(now))
        query = query.order_by(WebhookRow.next_at, WebhookRow.event_key).limit(limit)
        rows = self._connection.execute(query.with_for_update(skip_locked=True)).all()
        leased = update(WebhookRow).where(WebhookRow.event_key.in_([r.event_key for r in rows]))
        self._connection.execute(leased.values(next_at=now + LEASE))
        buyers = self._buyers.by_keys({row.buyer_key for row in rows if row.buyer_key})
        # A row whose buyer was erased a moment ago does not open any more, and goes with it.
        alive = [row for row in rows if row.buyer_key is None or row.buyer_key in buyers]
        return [self._opened(row, buyers.get(row.buyer_key)) for row in alive]

    def mark_sent(self, hook: Webhook) -> None:
        """Delivered; the row goes, with all that it said."""
        key = self._key(hook)
        self._connection.execute(delete(WebhookRow).where(WebhookRow.event_key == key))

    def mark_failed(self, hook: Webhook, now: datetime, *, for_good: bool = False) -> bool:
        """Not delivered: later again, each time twice as late; False once it is given up."""
        attempts = hook.attempts + 1
        wait = min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT)
        state = WAITING if attempts < _ATTEMPTS and not for_good else GIVEN_UP
        query = update(WebhookRow).where(WebhookRow.event_key == self._key(hook))
        self._connection.execute(query.values(attempts=attempts, state=state, next_at=now + wait))
        return state == WAITING

    def replay(self, now: datetime, *, event_id: str | None = None) -> int:
        """Queue anew what was given up, all of it or one event; how many messages."""
        query = select(WebhookRow.__table__).where(WebhookRow.state == GIVEN_UP)
        rows = self._connection.execute(query.with_for_update()).all()
        if event_id is not None:
            rows = [row for row in rows if self._event_id(row) == event_id]
        keys = [row.event_key for row in rows]
        for part in pieces(keys):
            again = update(WebhookRow).where(WebhookRow.event_key.in_(part))
            self._connection.execute(again.values(state=WAITING, attempts=0, next_at=now))
        return len(keys)

    def count(self) -> OutboxCount:
        """How full the outbox is."""
        column = WebhookRow.state
        states = select(column, func.count(), func.min(WebhookRow.next_at)).group_by(column)
        found = {row[0]: (row[1], row[2]) for row in self._connection.execute(states)}
        waiting, oldest = found.get(WAITING, (0, None))
        return OutboxCount(waiting, found.get(GIVEN_UP, (0, None))[0], oldest)

    def purge(self, before: datetime) -> int:
        """Delete what was given up so long ago."""
        query = delete(WebhookRow).where(WebhookRow.state == GIVEN_UP)
        return self._connection.execute(query.where(WebhookRow.next_at < before)).rowcount

    def erase(self, buyer: Buyer) -> int:
        """Delete the buyer's messages; `Store.erase_buyer` erases all there is."""
        query = delete(WebhookRow).where(WebhookRow.buyer_key == buyer.key)
        return self._connection.execute(query).rowcount

    def _turn(self, buyer: Buyer | None) -> int:
        """After all that waits for the buyer, whose lock is held."""
        if buyer is None:
            return 0
        query = select(func.max(WebhookRow.turn)).where(WebhookRow.buyer_key == buyer.key)
        return (self._connection.execute(query).scalar() or 0) + 1

    def _event_id(self, row: Row[Any]) -> str | None:
        buyer = self._buyers.by_key(row.buyer_key) if row.buyer_key else None
        return self._opened(row, buyer).event_id

    def _key(self, hook: Webhook) -> str:
        return self._vault.key("webhook", hook.event_id, hook.url)

    def _sealer(self, buyer: Buyer | None) -> Sealer:
        return self._vault.sealer() if buyer is None else buyer.sealer

    def _opened(self, row: Row[Any], buyer: Buyer | None) -> Webhook:
        content = self._sealer(buyer).open(row.sealed, table=_TABLE, key=row.event_key)
        return Webhook(**content, attempts=row.attempts)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Waiting, its time come, and no earlier message of its buyer to the same receiver waiting."""
    earlier = aliased(WebhookRow)
    is_behind = exists().where(
        earlier.state == WAITING,
        earlier.url_key == WebhookRow.url_key,
        earlier.buyer_key == WebhookRow.buyer_key,
        earlier.turn < WebhookRow.turn,
    )
    return and_(WebhookRow.state == WAITING, WebhookRow.next_at <= now, ~is_behind)
