"""Checks the decision log: edits, gaps, reordering, and a lost end.

The head row in the database is sealed with the secret, but whoever can write the database could
put back an older copy of it together with a shorter log. So a copy of the head is kept outside,
in the anchor file, which every successful check moves forward.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection

from nlp_service.errors import StorageError
from nlp_service.storage.decisions import LOG, Decision, Decisions, entry_hash, head_seal
from nlp_service.storage.heads import Head, read_head
from nlp_service.storage.vault import Vault

_EMPTY = Head(0)


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry that is not as it was written, and what is wrong with it."""

    sequence: int
    why: str


def verify(connection: Connection, vault: Vault, *, anchor: Head | None = None) -> Break | None:
    """The first broken entry, or None; wants a transaction with one state (`reading`)."""
    if anchor is not None and not _is_sealed(vault, anchor):
        return Break(anchor.sequence, "the anchor is not one of this service")
    last = _EMPTY
    for entry in Decisions(connection, vault).all():
        if why := _wrong(vault, entry, last):
            return Break(last.sequence + 1, why)
        last = Head(entry.sequence, entry.hash)
        if anchor and anchor.sequence == last.sequence and anchor.hash != last.hash:
            return Break(last.sequence, "the log was written anew")
    return _wrong_end(vault, read_head(connection, LOG), last, anchor)


def _wrong(vault: Vault, entry: Decision, last: Head) -> str | None:
    if entry.sequence != last.sequence + 1:
        return "an entry is missing"
    if entry.hash != entry_hash(vault, entry):
        return "the entry was changed"
    if entry.previous_hash != last.hash:
        return "the entry does not follow the one before"
    return None


def _wrong_end(vault: Vault, head: Head | None, last: Head, anchor: Head | None) -> Break | None:
    if head is None or not _is_sealed(vault, head):
        return Break(last.sequence + 1, "the head of the log is missing or was changed")
    if (head.sequence, head.hash) != (last.sequence, last.hash):
        return Break(last.sequence + 1, "the end of the log is missing")
    if anchor is not None and anchor.sequence > last.sequence:
        return Break(last.sequence + 1, "the end of the log is missing")
    return None


def _is_sealed(vault: Vault, head: Head) -> bool:
    return head == _EMPTY or head.seal == head_seal(vault, head.sequence, head.hash)


def read_anchor(path: Path) -> Head | None:
    """The anchor, or None before the first check; raises StorageError."""
    try:
        read = json.loads(path.read_bytes())
        return Head(int(read["sequence"]), str(read["hash"]), str(read["seal"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"the anchor file cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError("the anchor file is not one that this service wrote") from error


def write_anchor(path: Path, head: Head) -> None:
    """Replace the anchor, never half; raises StorageError."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(asdict(head)), encoding="ascii")
        draft.replace(path)
    except OSError as error:
        raise StorageError(f"the anchor file cannot be written: {error.strerror}") from error
