"""Buyers by keyed hash, each with a salt: whoever destroys the salt has erased the buyer.

    buyer id --HMAC(secret)--> lookup key -> sealed salt --HMAC(salt)--> key of all other rows
                                                         --HKDF(secret, salt)--> sealing key

Once the salt is gone, the keys that stay in the decision log lead to nobody, not even with the
secret and the id, and a copy of a sealed row does not open.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, delete, select

from nlp_service.errors import StorageError
from nlp_service.storage.keys import message_key
from nlp_service.storage.models import BuyerRow
from nlp_service.storage.sealing import Sealer
from nlp_service.storage.transactions import insert_missing, pieces
from nlp_service.storage.vault import Vault

_TABLE = BuyerRow.__tablename__
_COLUMNS = (BuyerRow.lookup_key, BuyerRow.buyer_key, BuyerRow.sealed_salt)
_SALT_BYTES = 32
# A buyer may be erased between insertion and lock; nobody is erased three times in a row.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Buyer:
    """The key that stands for a buyer, and what seals and names the buyer's rows."""

    key: str
    sealer: Sealer = field(repr=False)
    _salt: bytes = field(repr=False)

    def scoped_key(self, kind: str, *parts: str) -> str:
        """A keyed hash that means nothing once the salt is gone."""
        return message_key(self._salt, kind, *parts)


class Buyers:
    """The buyers, inside one transaction."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def find(self, buyer_id: str) -> Buyer | None:
        """The buyer, or None for one that nobody has seen."""
        query = select(*_COLUMNS).where(BuyerRow.lookup_key == self._lookup(buyer_id))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else self._opened(row)

    def by_key(self, key: str) -> Buyer:
        """The buyer of a row that has a buyer; raises StorageError if there is none."""
        found = self.by_keys([key])
        if key not in found:
            raise StorageError("a row belongs to a buyer whose salt is gone")
        return found[key]

    def by_keys(self, keys: Iterable[str]) -> dict[str, Buyer]:
        """The buyers that still are, by key."""
        found: dict[str, Buyer] = {}
        for part in pieces(sorted(keys)):
            query = select(*_COLUMNS).where(BuyerRow.buyer_key.in_(part))
            rows = self._connection.execute(query)
            found.update({row.buyer_key: self._opened(row) for row in rows})
        return found

    def hold(self, buyer_ids: Iterable[str]) -> dict[str, Buyer]:
        """The buyers by id, made where missing, locked until the transaction ends.

        Whoever adds events and derives a profile from all of them must hold the buyer, or a
        profile could lack the events of a transaction beside it.
        """
        names = {self._lookup(buyer_id): buyer_id for buyer_id in buyer_ids}
        for _ in range(_TRIES):
            held = self._lock(list(names))
            if missing := sorted(names.keys() - held.keys()):
                rows = [self._new_row(lookup, names[lookup]) for lookup in missing]
                insert_missing(self._connection, BuyerRow, "lookup_key", rows)
                continue
            return {names[lookup]: buyer for lookup, buyer in held.items()}
        raise StorageError("the buyers could not be locked; try again")

    def forget(self, buyer_id: str) -> None:
        """Destroy the salt."""
        lookup = self._lookup(buyer_id)
        self._connection.execute(delete(BuyerRow).where(BuyerRow.lookup_key == lookup))

    def _lock(self, lookups: list[str]) -> dict[str, Buyer]:
        held: dict[str, Buyer] = {}
        # Everybody locks by rising key, so nobody waits in a ring.
        for part in pieces(sorted(lookups)):
            query = select(*_COLUMNS).where(BuyerRow.lookup_key.in_(part))
            query = query.order_by(BuyerRow.lookup_key).with_for_update()
            rows = self._connection.execute(query)
            held.update({row.lookup_key: self._opened(row) for row in rows})
        return held

    def _lookup(self, buyer_id: str) -> str:
        return self._vault.key("buyer", buyer_id)

    def _new_row(self, lookup: str, buyer_id: str) -> dict[str, object]:
        salt = secrets.token_bytes(_SALT_BYTES)
        sealed = self._vault.sealer().seal(salt.hex(), table=_TABLE, key=lookup)
        key = message_key(salt, "buyer", buyer_id)
        return {"lookup_key": lookup, "buyer_key": key, "sealed_salt": sealed}

    def _opened(self, row: Row[str, str, bytes]) -> Buyer:
        sealer = self._vault.sealer()
        salt = bytes.fromhex(sealer.open(row.sealed_salt, table=_TABLE, key=row.lookup_key))
        return Buyer(row.buyer_key, self._vault.sealer(salt), salt)
