"""The decision log: who decided what when, append-only and chained by hash.

    entry n: hash(n) = HMAC(sequence, at, actor, kind, subject, body, hash(n-1)); head: last, sealed

An entry holds codes, keyed hashes and small numbers, never personal data, so erasing a buyer
leaves it alone and the chain whole. `storage/audit.py` checks the chain.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from nlp_service.storage.canonical import canonical_json, require_code, require_plain
from nlp_service.storage.heads import Head, locked_head, move_head
from nlp_service.storage.models import DecisionRow
from nlp_service.storage.vault import Vault

LOG = DecisionRow.__tablename__
_ENTRIES_A_PIECE = 1_000


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry as stored; `at` is UTC in ISO 8601, `body` canonical JSON."""

    sequence: int
    at: str
    actor_key: str
    kind: str
    subject_key: str
    body: str
    previous_hash: str
    hash: str

    def values(self) -> Mapping[str, Any]:
        """The body, read."""
        read: Mapping[str, Any] = json.loads(self.body)
        return read


def entry_hash(vault: Vault, entry: Decision) -> str:
    """The hash that the entry must have."""
    who = [entry.actor_key, entry.kind, entry.subject_key]
    what = [entry.sequence, entry.at, *who, entry.body, entry.previous_hash]
    return vault.chain_mac(["entry", *what])


def head_seal(vault: Vault, sequence: int, last_hash: str) -> str:
    """The seal of the head: without the secret nobody can shorten the log and move the head."""
    return vault.chain_mac(["head", sequence, last_hash])


class Decisions:
    """The log, inside one transaction."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def append(
        self, *, actor: str, kind: str, subject_key: str, body: Mapping[str, Any], now: datetime
    ) -> int:
        """Continue the chain and return the entry's number; locks the log until the end.

        `actor` is a name or id and is stored as keyed hash; `subject_key` is one already. Raises
        ValueError where the body could hold personal data (`canonical.require_plain`).
        """
        require_plain(body)
        require_plain(subject_key)
        head = locked_head(self._connection, LOG)
        draft = Decision(
            sequence=head.sequence + 1,
            at=now.astimezone(UTC).isoformat(timespec="microseconds"),
            actor_key=self.actor_key(actor),
            kind=require_code(kind),
            subject_key=subject_key,
            body=canonical_json(body).decode("ascii"),
            previous_hash=head.hash,
            hash="",
        )
        own = entry_hash(self._vault, draft)
        self._connection.execute(insert(DecisionRow).values(**{**_fields(draft), "hash": own}))
        seal = head_seal(self._vault, draft.sequence, own)
        move_head(self._connection, LOG, Head(draft.sequence, own, seal))
        return draft.sequence

    def actor_key(self, actor: str) -> str:
        """What stands for an actor in the log."""
        return self._vault.key("actor", actor)

    def of_subject(self, subject_key: str) -> list[Decision]:
        """The entries about one subject, oldest first."""
        return self._read(_entries().where(DecisionRow.subject_key == subject_key))

    def between(self, first: int, last: int) -> list[Decision]:
        """The entries with these numbers, both included."""
        some = DecisionRow.sequence.between(first, last)
        return self._read(_entries().where(some))

    def all(self) -> Iterator[Decision]:
        """Every entry, oldest first, read in pieces."""
        query = _entries().limit(_ENTRIES_A_PIECE)
        piece = self._read(query)
        while piece:
            yield from piece
            piece = self._read(query.where(DecisionRow.sequence > piece[-1].sequence))

    def _read(self, query: Select[*tuple[Any, ...]]) -> list[Decision]:
        return [Decision(*row) for row in self._connection.execute(query)]


def _entries() -> Select[*tuple[Any, ...]]:
    columns = [getattr(DecisionRow, name) for name in Decision.__dataclass_fields__]
    return select(*columns).order_by(DecisionRow.sequence)


def _fields(entry: Decision) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Decision.__dataclass_fields__}
