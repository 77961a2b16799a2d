"""Sequences without gaps whose order is the order of commits.

A database sequence hands out 7 before 6 is committed, and a reader of "after 5" would then miss 6
for ever. Here the number is part of the transaction: the head row stays locked until it ends.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from nlp_service.errors import StorageError
from nlp_service.storage.models import HeadRow


@dataclass(frozen=True, slots=True)
class Head:
    """The last number given out; for the decision log also its hash and a seal over both."""

    sequence: int
    hash: str = ""
    seal: str = ""


def read_head(connection: Connection, name: str, *, lock: bool = False) -> Head | None:
    """Where the sequence stands; with `lock` nobody else continues it before this one ends."""
    query = select(HeadRow.sequence, HeadRow.hash, HeadRow.seal).where(HeadRow.name == name)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Head(row.sequence, row.hash, row.seal)


def locked_head(connection: Connection, name: str) -> Head:
    """The head to continue from; raises StorageError if its row is gone."""
    head = read_head(connection, name, lock=True)
    if head is None:
        raise StorageError(f"the head of {name} is missing; run `nlp-service audit verify`")
    return head


def move_head(connection: Connection, name: str, head: Head) -> None:
    """Write where the sequence stands now."""
    values = {"sequence": head.sequence, "hash": head.hash, "seal": head.seal}
    connection.execute(update(HeadRow).where(HeadRow.name == name).values(**values))
