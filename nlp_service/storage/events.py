"""Events of buyers, append-only: every event once, whoever sends it how often.

Only what a moderator's decision says of a buyer is taken back with the decision.

The unique event key decides between concurrent writers. An event that comes again with the same
content is known; with other content it is a conflict, and nothing of its call is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from nlp_service.errors import ConflictError
from nlp_service.storage.buyers import Buyer, Buyers
from nlp_service.storage.canonical import require_code
from nlp_service.storage.models import BuyerEventRow
from nlp_service.storage.transactions import insert_missing, pieces
from nlp_service.storage.vault import Vault

_TABLE = BuyerEventRow.__tablename__


@dataclass(frozen=True, slots=True)
class BuyerEvent:
    """One event; `payload` is the rest of it as JSON (merchant, order, amount, data …)."""

    event_id: str = field(repr=False)
    buyer_id: str = field(repr=False)
    kind: str
    at: datetime
    payload: Mapping[str, Any] = field(repr=False)

    def content(self) -> dict[str, Any]:
        """All of it as JSON, its time in UTC: the same instant is the same content."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        ids = {"event_id": self.event_id, "buyer_id": self.buyer_id}
        return {**ids, "kind": self.kind, "at": at, "payload": dict(self.payload)}


@dataclass(frozen=True, slots=True)
class AddOutcome:
    """How many events of a call were new, and how many were known already."""

    new: int
    known: int


class BuyerEvents:
    """The events, inside one transaction."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._buyers = Buyers(connection, vault)

    def add(self, events: Sequence[BuyerEvent]) -> AddOutcome:
        """Store what is new and lock the buyers; raises ConflictError with the place in the list.

        The transaction must end with the error: leave its `with` block by it.
        """
        keys = [self._vault.key("event", event.event_id) for event in events]
        digests = [self._vault.digest(event.content()) for event in events]
        wanted: dict[str, int] = {}
        for place, key in enumerate(keys):
            first = wanted.setdefault(key, place)
            if digests[first] != digests[place]:
                raise _conflict(place)
        buyers = self._buyers.hold({event.buyer_id for event in events})
        known = self._known(keys, digests)
        rows = [
            self._row(events[place], buyers[events[place].buyer_id], key, digests[place])
            for key, place in wanted.items()
            if key not in known
        ]
        inserted = insert_missing(self._connection, BuyerEventRow, "event_key", rows)
        if len(inserted) < len(rows):
            # Another buyer's writer was faster with the same id, so the content differs.
            self._known(keys, digests)
        return AddOutcome(new=len(inserted), known=len(events) - len(inserted))

    def of_buyer(self, buyer_id: str) -> list[BuyerEvent]:
        """Every event of the buyer in the order received; empty for an unknown buyer."""
        buyer = self._buyers.find(buyer_id)
        if buyer is None:
            return []
        query = select(BuyerEventRow.event_key, BuyerEventRow.sealed)
        query = query.where(BuyerEventRow.buyer_key == buyer.key).order_by(BuyerEventRow.received)
        rows = self._connection.execute(query)
        return [_event(buyer.sealer.open(r.sealed, table=_TABLE, key=r.event_key)) for r in rows]

    def take_back(self, event_id: str) -> bool:
        """Delete one event, whose decision does not stand any more; False if there is none.

        Hold the buyer first (`Buyers.hold`).
        """
        key = self._vault.key("event", event_id)
        query = delete(BuyerEventRow).where(BuyerEventRow.event_key == key)
        return self._connection.execute(query).rowcount > 0

    def erase(self, buyer: Buyer) -> int:
        """Delete the buyer's events; `Store.erase_buyer` erases all there is."""
        query = delete(BuyerEventRow).where(BuyerEventRow.buyer_key == buyer.key)
        return self._connection.execute(query).rowcount

    def _known(self, keys: Sequence[str], digests: Sequence[str]) -> set[str]:
        """Which keys are stored; raises ConflictError where one is, with another digest."""
        stored: dict[str, str] = {}
        for part in pieces(keys):
            query = select(BuyerEventRow.event_key, BuyerEventRow.digest)
            rows = self._connection.execute(query.where(BuyerEventRow.event_key.in_(part)))
            stored.update({row.event_key: row.digest for row in rows})
        for place, (key, digest) in enumerate(zip(keys, digests, strict=True)):
            if stored.get(key, digest) != digest:
                raise _conflict(place)
        return set(stored)

    def _row(self, event: BuyerEvent, buyer: Buyer, key: str, digest: str) -> dict[str, Any]:
        return {
            "event_key": key,
            "buyer_key": buyer.key,
            "digest": digest,
            "at": event.at,
            "kind": require_code(event.kind),
            "sealed": buyer.sealer.seal(event.content(), table=_TABLE, key=key),
        }


def _event(content: Mapping[str, Any]) -> BuyerEvent:
    return BuyerEvent(**{**content, "at": datetime.fromisoformat(content["at"])})


def _conflict(place: int) -> ConflictError:
    return ConflictError(
        f"event {place + 1} of the call has the event_id of another event with other content; "
        "send a correction under a new event_id",
        field=f"events.{place}.event_id",
    )
