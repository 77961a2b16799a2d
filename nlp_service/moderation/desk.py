"""The moderators' desk: the queue with what its steps mean for buyers, in one transaction each.

    put_review, put_report --> queue --> claim --> decide --> decision log
                                                     \\-> ruling -> buyer's events -> profile, feed

Locks are taken in the order buyer, item, log; so every step holds the item's buyer first.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from nlp_service.buyers import BuyerBook
from nlp_service.contract.moderation import ItemAnswer, ItemSummary, Listed, ReportRequest
from nlp_service.domain import Review, ReviewScore, Verdict
from nlp_service.errors import ClientError, ConflictError, NotFoundError
from nlp_service.moderation.cases import case_of, summary_of
from nlp_service.moderation.items import calls_for_a_person, report_item, review_item
from nlp_service.moderation.rulings import require_decision, ruling, ruling_id
from nlp_service.storage.queue_values import QueueEntry
from nlp_service.storage.store import Store, Unit

# How many of the most urgent items are tried before we say that nothing waits: each try that
# fails means that somebody else took the item in that very moment.
_TRIES = 20
# What a key can be: anything else must not reach a database, which may not be able to compare it.
_START_OF_KEY = re.compile(r"[0-9a-f]{1,64}")


class ModerationDesk:
    """All that people do with the queue. Thread-safe. Every step raises NotFoundError."""

    def __init__(
        self,
        store: Store,
        book: BuyerBook,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._book = book
        self._clock = clock

    def put_review(self, review: Review, score: ReviewScore) -> bool:
        """Put a review before a person if its advice says so; False where it is not put, or was."""
        if not calls_for_a_person(score):
            return False
        now = self._clock()
        with self._store.writing() as unit:
            return unit.queue.put(review_item(review, score, now=now), now=now)

    def put_report(self, report: ReportRequest, verdict: Verdict | None) -> tuple[str, bool]:
        """Key of a report's item, and whether it is new; raises ConflictError for other content."""
        now = self._clock()
        item = report_item(report, verdict, now=now)
        with self._store.writing() as unit:
            key = unit.queue.item_key(item.kind, item.item_id)
            is_new = unit.queue.put(item, now=now)
            known = unit.queue.get(key).body
        if known and any(known[part] != item.body[part] for part in ("message", "reason")):
            raise ConflictError(
                "report_id: is that of another report by this buyer; send a new one",
                field="report_id",
            )
        return key, is_new

    def listed(
        self,
        state: Listed = "waiting",
        *,
        limit: int,
        kind: str | None = None,
        moderator: str | None = None,
    ) -> list[ItemSummary]:
        """Items in a state; with a moderator what this one may claim, has claimed or decided."""
        now = self._clock()
        with self._store.reading() as unit:
            look = {"waiting": unit.queue.waiting, "claimed": unit.queue.claimed}
            found = look.get(state, unit.queue.decided)(
                now=now, limit=limit, kind=kind, moderator=moderator
            )
        return [summary_of(entry, now=now) for entry in found]

    def case(self, item: str) -> ItemAnswer:
        """One item with its evidence and history."""
        with self._store.reading() as unit:
            return _case(unit, _readable(item), self._clock())

    def find(self, start: str) -> str:
        """The key that starts so, for people who type; raises NotFoundError, ClientError."""
        with self._store.reading() as unit:
            found = unit.queue.keys_from(_readable(start), limit=2)
        if not found:
            raise _unknown()
        if len(found) > 1:
            raise ClientError("several items start so; type more of the key", field="item")
        return found[0]

    def claim(self, item: str, moderator: str) -> ItemAnswer:
        """Take an item for a while; raises ConflictError where another one has it."""
        with self._step(item) as (unit, _, now):
            unit.queue.claim(item, moderator, now=now)
            return _case(unit, item, now)

    def claim_next(self, moderator: str, kind: str | None = None) -> ItemAnswer | None:
        """Take the most urgent item that this moderator may take; None where nothing waits."""
        options = {"limit": _TRIES, "kind": kind, "moderator": moderator}
        for summary in self.listed("waiting", **options):  # type: ignore[arg-type]
            try:
                return self.claim(summary.item, moderator)
            except (ConflictError, NotFoundError):
                continue
        return None

    def release(self, item: str, moderator: str) -> ItemAnswer:
        """Give a claim back undecided; raises ConflictError without one."""
        with self._step(item) as (unit, _, now):
            unit.queue.release(item, moderator, now=now)
            return _case(unit, item, now)

    def decide(self, item: str, moderator: str, *, decision: str, reason: str) -> ItemAnswer:
        """Decide what one has claimed; raises ClientError, ConflictError."""
        with self._step(item) as (unit, entry, now):
            require_decision(entry.kind, decision)
            unit.queue.decide(item, moderator, decision=decision, reason=reason, now=now)
            if event := ruling(entry, decision, now):
                self._book.note(unit, event, now=now)
            return _case(unit, item, now)

    def undo(self, item: str, moderator: str) -> ItemAnswer:
        """Take the own decision back within minutes; raises ConflictError."""
        with self._step(item) as (unit, entry, now):
            unit.queue.undo(item, moderator, now=now)
            self._take_back(unit, entry, now)
            return _case(unit, item, now)

    def appeal(self, item: str, by: str, *, reason: str) -> ItemAnswer:
        """Ask for a second look at a decision, once, as another; raises ConflictError."""
        with self._step(item) as (unit, entry, now):
            unit.queue.appeal(item, by, reason=reason, now=now)
            self._take_back(unit, entry, now)
            return _case(unit, item, now)

    @contextmanager
    def _step(self, item: str) -> Iterator[tuple[Unit, QueueEntry, datetime]]:
        now = self._clock()
        with self._store.writing() as unit:
            entry = unit.queue.get(_readable(item))
            if entry.buyer_id is not None:
                unit.buyers.hold([entry.buyer_id])
            yield unit, entry, now

    def _take_back(self, unit: Unit, entry: QueueEntry, now: datetime) -> None:
        if entry.buyer_id is not None:
            self._book.take_back(unit, entry.buyer_id, ruling_id(entry.item_key), now=now)


def _readable(item: str) -> str:
    if not _START_OF_KEY.fullmatch(item):
        raise _unknown()
    return item


def _unknown() -> NotFoundError:
    return NotFoundError("the queue has no such item; list the queue to see what it has")


def _case(unit: Unit, item: str, now: datetime) -> ItemAnswer:
    return case_of(unit.queue.get(item), unit.queue.history(item), now=now)
