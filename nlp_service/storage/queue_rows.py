"""Rows of the queue: sealed, opened, locked, changed and put in order of urgency."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    delete,
    or_,
    select,
    update,
)

from nlp_service.errors import NotFoundError
from nlp_service.storage.buyers import Buyer, Buyers
from nlp_service.storage.canonical import require_code
from nlp_service.storage.models import QueueRow
from nlp_service.storage.queue_values import QueueEntry, QueueItem, QueueState
from nlp_service.storage.sealing import Sealer
from nlp_service.storage.transactions import insert_missing
from nlp_service.storage.vault import Vault

_TABLE = QueueRow.__tablename__
# The words of moderators are sealed apart from the item, under a place of their own.
_WORDS = f"{_TABLE}.words"
_PLAIN = (
    *("item_key", "kind", "is_hazard", "suspicion", "harm", "state", "version"),
    *("claimed_by", "claim_expires_at", "decision", "decided_by", "decided_at"),
    *("appealed_by", "appealed_decision", "appealed_decider"),
)


class QueueRows:
    """The table, inside one transaction."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._buyers = Buyers(connection, vault)

    def insert(self, item: QueueItem, key: str) -> bool:
        """Add an open item, locking its buyer; False if the key is there already."""
        buyer = None
        if item.buyer_id is not None:
            buyer = self._buyers.hold([item.buyer_id])[item.buyer_id]
        content = {"item_id": item.item_id, "buyer_id": item.buyer_id, "body": dict(item.body)}
        row = {
            "item_key": key,
            "kind": require_code(item.kind),
            "buyer_key": buyer and buyer.key,
            "is_hazard": item.is_hazard,
            "suspicion": item.suspicion,
            "harm": item.harm,
            "created_s": item.created_at.timestamp(),
            "sealed": self._sealer(buyer).seal(content, table=_TABLE, key=key),
            "state": QueueState.OPEN.value,
            "version": 1,
        }
        return bool(insert_missing(self._connection, QueueRow, "item_key", [row]))

    def found(self, key: str, *, lock: bool = False) -> Row[Any]:
        """The row as it stands; raises NotFoundError."""
        query = select(QueueRow.__table__).where(QueueRow.item_key == key)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFoundError("the queue has no such item")
        return row

    def held(self, key: str) -> Row[Any]:
        """The row, locked until the transaction ends; raises NotFoundError."""
        return self.found(key, lock=True)

    def entry(self, key: str) -> QueueEntry:
        """The item, opened; raises NotFoundError."""
        row = self.found(key)
        return self._entry(row, self._buyer(row))

    def waiting(
        self, *, now: datetime, limit: int, kind: str | None, outsider: str | None
    ) -> list[QueueEntry]:
        """What may be claimed, most urgent first; no appeal in which `outsider` had a part."""
        query = select(QueueRow.__table__).where(_is_free(now)).order_by(*_urgency(now))
        if outsider is not None:
            for part in (QueueRow.appealed_by, QueueRow.appealed_decider):
                query = query.where(or_(part.is_(None), part != outsider))
        return self._entries(query, limit, kind)

    def claimed(
        self, *, now: datetime, limit: int, kind: str | None, by: str | None
    ) -> list[QueueEntry]:
        """Living claims, the one that runs out first before the others."""
        living = and_(QueueRow.state == QueueState.CLAIMED.value, QueueRow.claim_expires_at > now)
        query = select(QueueRow.__table__).where(living).order_by(QueueRow.claim_expires_at)
        return self._entries(query, limit, kind, (QueueRow.claimed_by, by))

    def decided(self, *, limit: int, kind: str | None, by: str | None) -> list[QueueEntry]:
        """Decided items, the latest decision first."""
        query = select(QueueRow.__table__).where(QueueRow.state == QueueState.DECIDED.value)
        query = query.order_by(QueueRow.decided_at.desc(), QueueRow.item_key)
        return self._entries(query, limit, kind, (QueueRow.decided_by, by))

    def keys_from(self, start: str, *, limit: int) -> list[str]:
        """Keys that start so, in order."""
        query = select(QueueRow.item_key).where(
            QueueRow.item_key.startswith(start, autoescape=True)
        )
        return list(
            self._connection.execute(query.order_by(QueueRow.item_key).limit(limit)).scalars()
        )

    def with_texts_before(self, oldest: datetime) -> Sequence[Row[Any]]:
        """Items made before `oldest` that still have texts, locked."""
        query = select(QueueRow.__table__).where(QueueRow.created_s < oldest.timestamp())
        query = query.where(QueueRow.sealed.is_not(None)).order_by(QueueRow.item_key)
        return self._connection.execute(query.with_for_update()).all()

    def change(self, row: Row[Any], **values: object) -> None:
        """Write the values and count the version up."""
        values["version"] = QueueRow.version + 1
        query = update(QueueRow).where(QueueRow.item_key == row.item_key)
        self._connection.execute(query.values(**values))

    def words(self, row: Row[Any]) -> dict[str, str]:
        """Reasons and appeal of an item."""
        return self._words(row, self._buyer(row))

    def sealed_words(self, row: Row[Any], words: Mapping[str, str]) -> bytes:
        """The words, ready for `change(row, sealed_words=…)`."""
        sealer = self._sealer(self._buyer(row))
        return sealer.seal(dict(words), table=_WORDS, key=row.item_key)

    def subject_key(self, row: Row[Any]) -> str:
        """What stands for the item in the decision log; leads nowhere once the buyer is erased."""
        buyer = self._buyer(row)
        if buyer is None:
            return self._vault.key("subject", row.item_key)
        return buyer.scoped_key("subject", row.item_key)

    def erase(self, buyer: Buyer) -> int:
        """Delete the buyer's items."""
        query = delete(QueueRow).where(QueueRow.buyer_key == buyer.key)
        return self._connection.execute(query).rowcount

    def _entries(
        self,
        query: Select[Any],
        limit: int,
        kind: str | None,
        who: tuple[Any, str | None] = (None, None),
    ) -> list[QueueEntry]:
        """The first rows, opened; of one kind, and where `who` names a column, of that person."""
        column, person = who
        if kind is not None:
            query = query.where(QueueRow.kind == kind)
        if person is not None:
            query = query.where(column == person)
        rows = self._connection.execute(query.limit(limit)).all()
        buyers = self._buyers.by_keys({row.buyer_key for row in rows if row.buyer_key})
        return [self._entry(row, buyers.get(row.buyer_key)) for row in rows]

    def _entry(self, row: Row[Any], buyer: Buyer | None) -> QueueEntry:
        content: Mapping[str, Any] = {"item_id": None, "buyer_id": None, "body": None}
        if row.sealed is not None:
            content = self._sealer(buyer).open(row.sealed, table=_TABLE, key=row.item_key)
        return QueueEntry(
            **{name: getattr(row, name) for name in _PLAIN if name != "state"},
            **content,
            state=QueueState(row.state),
            created_at=datetime.fromtimestamp(row.created_s, UTC),
            words=self._words(row, buyer),
        )

    def _words(self, row: Row[Any], buyer: Buyer | None) -> dict[str, str]:
        if row.sealed_words is None:
            return {}
        words = self._sealer(buyer).open(row.sealed_words, table=_WORDS, key=row.item_key)
        return {name: text for name, text in words.items() if text}

    def _buyer(self, row: Row[Any]) -> Buyer | None:
        return None if row.buyer_key is None else self._buyers.by_key(row.buyer_key)

    def _sealer(self, buyer: Buyer | None) -> Sealer:
        return self._vault.sealer() if buyer is None else buyer.sealer


def _is_free(now: datetime) -> ColumnElement[bool]:
    ran_out = and_(QueueRow.state == QueueState.CLAIMED.value, QueueRow.claim_expires_at <= now)
    return or_(QueueRow.state.in_([QueueState.OPEN.value, QueueState.APPEALED.value]), ran_out)


def _urgency(now: datetime) -> tuple[Any, ...]:
    """Hazards first, by harm and age, whatever the suspicion; the rest by all three."""
    age_s = now.timestamp() - QueueRow.created_s
    weight = case((QueueRow.is_hazard, 1.0), else_=QueueRow.suspicion) * QueueRow.harm * age_s
    return QueueRow.is_hazard.desc(), weight.desc(), QueueRow.created_s, QueueRow.item_key
