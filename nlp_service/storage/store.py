"""One transaction over everything: what belongs together is written together.

    with store.writing() as unit:
        unit.events.add(events)                       # locks the buyer
        profile = fold(unit.events.of_buyer(buyer))   # sees all events of the buyer
        unit.changes.append(buyer, profile, now=now)

Leaving the block commits; an exception undoes all of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, Engine

from nlp_service.storage.audit import Break, verify
from nlp_service.storage.buyers import Buyers
from nlp_service.storage.changes import RiskChanges
from nlp_service.storage.decisions import LOG, Decisions
from nlp_service.storage.events import BuyerEvents
from nlp_service.storage.heads import Head, read_head
from nlp_service.storage.moderation import ModerationQueue
from nlp_service.storage.prints import Prints
from nlp_service.storage.queue_values import QueueRules
from nlp_service.storage.transactions import reading, reported, writing
from nlp_service.storage.vault import Vault
from nlp_service.storage.webhooks import Webhooks


class Unit:
    """The repositories of one transaction."""

    def __init__(self, connection: Connection, vault: Vault, rules: QueueRules) -> None:
        self._connection = connection
        self._vault = vault
        self._rules = rules

    @cached_property
    def buyers(self) -> Buyers:
        """Buyers by keyed hash, with their salts."""
        return Buyers(self._connection, self._vault)

    @cached_property
    def events(self) -> BuyerEvents:
        """Events of buyers."""
        return BuyerEvents(self._connection, self._vault)

    @cached_property
    def changes(self) -> RiskChanges:
        """The feed of profile changes."""
        return RiskChanges(self._connection, self._vault)

    @cached_property
    def decisions(self) -> Decisions:
        """The decision log."""
        return Decisions(self._connection, self._vault)

    @cached_property
    def queue(self) -> ModerationQueue:
        """The moderation queue."""
        return ModerationQueue(self._connection, self._vault, self.decisions, self._rules)

    @cached_property
    def webhooks(self) -> Webhooks:
        """The outbox."""
        return Webhooks(self._connection, self._vault)

    @cached_property
    def prints(self) -> Prints:
        """What earlier reviews are compared by."""
        return Prints(self._connection, self._vault)

    def verify(self, *, anchor: Head | None = None) -> Break | None:
        """The first broken entry of the decision log, or None."""
        return verify(self._connection, self._vault, anchor=anchor)

    def log_head(self) -> Head | None:
        """Where the decision log stands."""
        return read_head(self._connection, LOG)


@dataclass(frozen=True, slots=True)
class Purge:
    """What retention took: texts, items among them that nobody had decided, and rows."""

    texts: int
    undecided: int
    prints: int
    webhooks: int

    def __bool__(self) -> bool:
        """Whether it took anything."""
        return bool(self.texts or self.prints or self.webhooks)


class Store:
    """All that is kept about buyers and moderation, in one database."""

    def __init__(self, engine: Engine, vault: Vault, *, rules: QueueRules | None = None) -> None:
        self._engine = engine
        self._vault = vault
        self._rules = rules or QueueRules()

    @contextmanager
    def writing(self) -> Iterator[Unit]:
        """One transaction that writes; raises StorageError."""
        with writing(self._engine) as connection:
            yield Unit(connection, self._vault, self._rules)

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        """One transaction that only reads, a single state throughout; raises StorageError."""
        with reading(self._engine) as connection:
            yield Unit(connection, self._vault, self._rules)

    def erase_buyer(self, buyer_id: str, *, actor: str, now: datetime) -> bool:
        """Erase all rows of a buyer and the salt; False for an unknown one.

        The decision log keeps its entries, which lead to nobody any more, and gains one.
        """
        with self.writing() as unit:
            if unit.buyers.find(buyer_id) is None:
                return False
            buyer = unit.buyers.hold([buyer_id])[buyer_id]
            places = (unit.events, unit.changes, unit.queue, unit.webhooks, unit.prints)
            body = {"rows": sum(place.erase(buyer) for place in places)}
            unit.buyers.forget(buyer_id)
            entry = {"kind": "buyer.erase", "subject_key": buyer.key}
            unit.decisions.append(actor=actor, body=body, now=now, **entry)
        self._forget_old_pages()
        return True

    def close(self) -> None:
        """Close the connections to the database; others are opened where it is used again."""
        self._engine.dispose()

    def purge(self, now: datetime) -> Purge:
        """Drop what is older than the rules keep: texts of the queue, prints, lost webhooks.

        Each in a transaction of its own, so that nobody waits for all of it.
        """
        before = now - self._rules.keep_texts
        with self.writing() as unit:
            texts = unit.queue.purge(now)
        with self.writing() as unit:
            prints = unit.prints.purge(before)
        with self.writing() as unit:
            webhooks = unit.webhooks.purge(before)
        done = Purge(texts.dropped, texts.undecided, prints, webhooks)
        if done:
            self._forget_old_pages()
        return done

    def _forget_old_pages(self) -> None:
        """SQLite keeps overwritten pages in its log file until this."""
        if self._engine.dialect.name == "sqlite":
            with reported(), self._engine.connect() as connection:
                raw = connection.connection.cursor()
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                raw.close()
