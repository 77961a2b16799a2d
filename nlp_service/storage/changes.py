"""The feed of profile changes: what a risk system reads to stay up to date.

Cursors rise in the order of commits and without gaps but for erased buyers, so a reader that asks
for what came after its last cursor gets every change at least once and in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from nlp_service.storage.buyers import Buyer, Buyers
from nlp_service.storage.heads import Head, locked_head, move_head
from nlp_service.storage.models import RiskChangeRow
from nlp_service.storage.vault import Vault

_TABLE = RiskChangeRow.__tablename__
# A profile computed a second later says the same if nothing else differs.
_VOLATILE = frozenset({"as_of"})


@dataclass(frozen=True, slots=True)
class RiskChange:
    """One change: the whole new profile."""

    cursor: int
    at: datetime
    profile: Mapping[str, Any] = field(repr=False)


class RiskChanges:
    """The feed, inside one transaction."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._buyers = Buyers(connection, vault)

    def append(self, buyer_id: str, profile: Mapping[str, Any], *, now: datetime) -> int | None:
        """Append the profile (JSON) if it differs from the last one but for `as_of`.

        Returns the cursor, or None where nothing changed. Locks the buyer, then the feed.
        """
        buyer = self._buyers.hold([buyer_id])[buyer_id]
        digest = self._vault.digest({k: v for k, v in profile.items() if k not in _VOLATILE})
        if digest == self._last_digest(buyer):
            return None
        cursor = locked_head(self._connection, _TABLE).sequence + 1
        sealed = buyer.sealer.seal(dict(profile), table=_TABLE, key=str(cursor))
        values = {"cursor": cursor, "buyer_key": buyer.key, "at": now, "digest": digest}
        self._connection.execute(insert(RiskChangeRow).values(**values, sealed=sealed))
        move_head(self._connection, _TABLE, Head(cursor))
        return cursor

    def last(self, buyer_id: str) -> RiskChange | None:
        """The buyer's newest change; None where there is none."""
        buyer = self._buyers.find(buyer_id)
        if buyer is None:
            return None
        row = RiskChangeRow
        query = select(row.cursor, row.at, row.sealed).where(row.buyer_key == buyer.key)
        found = self._connection.execute(query.order_by(row.cursor.desc()).limit(1)).one_or_none()
        if found is None:
            return None
        profile = buyer.sealer.open(found.sealed, table=_TABLE, key=str(found.cursor))
        return RiskChange(found.cursor, found.at, profile)

    def after(self, cursor: int, limit: int) -> list[RiskChange]:
        """Up to `limit` changes with a higher cursor, in order; start with 0."""
        row = RiskChangeRow
        query = select(row.cursor, row.at, row.sealed, row.buyer_key)
        query = query.where(row.cursor > cursor).order_by(row.cursor).limit(limit)
        found = self._connection.execute(query).all()
        buyers = self._buyers.by_keys({row.buyer_key for row in found})
        return [
            RiskChange(
                row.cursor,
                row.at,
                buyers[row.buyer_key].sealer.open(row.sealed, table=_TABLE, key=str(row.cursor)),
            )
            for row in found
            if row.buyer_key in buyers
        ]

    def erase(self, buyer: Buyer) -> int:
        """Delete the buyer's changes; their cursors are not used again."""
        query = delete(RiskChangeRow).where(RiskChangeRow.buyer_key == buyer.key)
        return self._connection.execute(query).rowcount

    def _last_digest(self, buyer: Buyer) -> str | None:
        query = select(RiskChangeRow.digest).where(RiskChangeRow.buyer_key == buyer.key)
        query = query.order_by(RiskChangeRow.cursor.desc()).limit(1)
        return self._connection.execute(query).scalar()
