"""The moderation queue: who looks at what next, who has it, what was decided.

    open -> claimed -> decided -> appealed -> claimed by somebody else -> decided, for good
    claimed -> open or appealed: released, or the claim ran out
    decided -> open or appealed: undone by the decider, within minutes

Every step checks the state under the row's lock and goes into the decision log in the same
transaction. Locks are taken in the order buyer, item, log. The service closes nothing by itself,
but for items whose texts had to go.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from nlp_service.errors import ConflictError
from nlp_service.storage.buyers import Buyer
from nlp_service.storage.canonical import require_code
from nlp_service.storage.decisions import Decision, Decisions
from nlp_service.storage.queue_rows import QueueRows
from nlp_service.storage.queue_values import Purged, QueueEntry, QueueItem, QueueRules, QueueState
from nlp_service.storage.vault import Vault

# Who acts when no person does, and how the service closes an item without texts.
SYSTEM = "system"
EXPIRED = "expired"


class ModerationQueue:
    """The queue, inside one transaction; a moderator is named by any id that stays the same."""

    def __init__(
        self, connection: Connection, vault: Vault, decisions: Decisions, rules: QueueRules
    ) -> None:
        self._rows = QueueRows(connection, vault)
        self._vault = vault
        self._decisions = decisions
        self._rules = rules

    def item_key(self, kind: str, item_id: str) -> str:
        """What stands for an item in addresses and in the steps below."""
        return self._vault.key("item", kind, item_id)

    def put(self, item: QueueItem, *, now: datetime) -> bool:
        """Add an item; False if it is there already, which changes nothing."""
        key = self.item_key(item.kind, item.item_id)
        if not self._rows.insert(item, key):
            return False
        body = {"kind": item.kind, "hazard": item.is_hazard}
        self._log(self._rows.held(key), SYSTEM, "queue.put", now, body)
        return True

    def get(self, item_key: str) -> QueueEntry:
        """One item; raises NotFoundError."""
        return self._rows.entry(item_key)

    def waiting(
        self, *, now: datetime, limit: int, kind: str | None = None, moderator: str | None = None
    ) -> list[QueueEntry]:
        """What may be claimed, most urgent first; with a moderator, by this one.

        Hazards come first, by harm x age, so that suspicion never pushes one down; the rest by
        suspicion x harm x age.
        """
        outsider = self._perhaps(moderator)
        return self._rows.waiting(now=now, limit=limit, kind=kind, outsider=outsider)

    def claimed(
        self, *, now: datetime, limit: int, kind: str | None = None, moderator: str | None = None
    ) -> list[QueueEntry]:
        """What is claimed, by anybody or by this moderator; what runs out first comes first."""
        by = self._perhaps(moderator)
        return self._rows.claimed(now=now, limit=limit, kind=kind, by=by)

    def decided(
        self, *, now: datetime, limit: int, kind: str | None = None, moderator: str | None = None
    ) -> list[QueueEntry]:
        """What is decided, by anybody or by this moderator; the latest decision first."""
        del now  # so that all three lists are asked for alike
        return self._rows.decided(limit=limit, kind=kind, by=self._perhaps(moderator))

    def keys_from(self, start: str, *, limit: int) -> list[str]:
        """Item keys that start so, in order."""
        return self._rows.keys_from(start, limit=limit)

    def history(self, item_key: str) -> list[Decision]:
        """The log's entries about an item, oldest first; raises NotFoundError."""
        return self._decisions.of_subject(self._rows.subject_key(self._rows.found(item_key)))

    def claim(self, item_key: str, moderator: str, *, now: datetime) -> QueueEntry:
        """Take an item for a while; of two claimers one wins, the other gets ConflictError."""
        row, me = self._rows.held(item_key), self._me(moderator)
        if row.state == QueueState.DECIDED:
            raise ConflictError("the item is decided; appeal it")
        if _is_claimed(row, now) and row.claimed_by != me:
            raise ConflictError("somebody else has claimed the item; take the next one")
        if me in (row.appealed_decider, row.appealed_by):
            raise ConflictError("an appeal is decided by somebody who had no part in it")
        values = {"claimed_by": me, "claim_expires_at": now + self._rules.claim}
        self._rows.change(row, state=QueueState.CLAIMED.value, **values)
        return self._logged(row, moderator, "queue.claim", now)

    def release(self, item_key: str, moderator: str, *, now: datetime) -> QueueEntry:
        """Give a claim back undecided; raises ConflictError without one."""
        row = self._claimed(item_key, moderator, now)
        self._rows.change(row, **_waiting_again(row))
        return self._logged(row, moderator, "queue.release", now)

    def decide(
        self, item_key: str, moderator: str, *, decision: str, reason: str, now: datetime
    ) -> QueueEntry:
        """Decide what one has claimed; `decision` is a code, `reason` a text. ConflictError."""
        row = self._claimed(item_key, moderator, now)
        values = {"decision": require_code(decision), "decided_by": self._me(moderator)}
        ended = {**_waiting_again(row), "state": QueueState.DECIDED.value, "decided_at": now}
        words = self._rows.sealed_words(row, {**self._rows.words(row), "reason": reason})
        self._rows.change(row, **ended, **values, sealed_words=words)
        return self._logged(row, moderator, "queue.decide", now, {"decision": decision})

    def undo(self, item_key: str, moderator: str, *, now: datetime) -> QueueEntry:
        """Take one's own decision back within the rules' minutes; raises ConflictError."""
        row = self._decided(item_key)
        if row.decided_by != self._me(moderator):
            raise ConflictError("only who decided may undo; appeal instead")
        if now - row.decided_at > self._rules.undo:
            raise ConflictError("the time to undo is over; appeal instead")
        words = self._rows.sealed_words(row, {**self._rows.words(row), "reason": ""})
        self._rows.change(row, **_undecided(row), sealed_words=words)
        return self._logged(row, moderator, "queue.undo", now, {"decision": row.decision})

    def appeal(self, item_key: str, by: str, *, reason: str, now: datetime) -> QueueEntry:
        """Ask for a second look, once, as somebody else than the decider. ConflictError."""
        row, me = self._decided(item_key), self._me(by)
        if row.appealed_by is not None:
            raise ConflictError("the item was appealed before; the second decision stands")
        if row.decided_by == me:
            raise ConflictError("who decided cannot appeal; undo within the first minutes")
        first = self._rows.words(row).get("reason", "")
        words = self._rows.sealed_words(row, {"appeal": reason, "appealed_reason": first})
        earlier = {"appealed_decision": row.decision, "appealed_decider": row.decided_by}
        waiting = {**_undecided(row), "state": QueueState.APPEALED.value, "appealed_by": me}
        self._rows.change(row, **waiting, **earlier, sealed_words=words)
        return self._logged(row, by, "queue.appeal", now, {"decision": row.decision})

    def purge(self, now: datetime) -> Purged:
        """Drop texts older than the rules keep them; undecided items among them are closed."""
        rows = self._rows.with_texts_before(now - self._rules.keep_texts)
        undecided = [row for row in rows if row.state != QueueState.DECIDED]
        for row in rows:
            self._rows.change(row, sealed=None, sealed_words=None)
        for row in undecided:
            closed = {"state": QueueState.DECIDED.value, "decision": EXPIRED, "decided_at": now}
            self._rows.change(row, **{**_waiting_again(row), **closed})
        for row in rows:
            body = {"decided": row.state == QueueState.DECIDED}
            self._log(row, SYSTEM, "queue.purge", now, body)
        return Purged(dropped=len(rows), undecided=len(undecided))

    def erase(self, buyer: Buyer) -> int:
        """Delete the buyer's items; `Store.erase_buyer` erases all there is."""
        return self._rows.erase(buyer)

    def _perhaps(self, person: str | None) -> str | None:
        return None if person is None else self._me(person)

    def _me(self, person: str) -> str:
        return self._decisions.actor_key(person)

    def _claimed(self, item_key: str, moderator: str, now: datetime) -> Row[Any]:
        row = self._rows.held(item_key)
        if not _is_claimed(row, now) or row.claimed_by != self._me(moderator):
            raise ConflictError("the item is not claimed by this moderator; claim it first")
        return row

    def _decided(self, item_key: str) -> Row[Any]:
        row = self._rows.held(item_key)
        if row.state != QueueState.DECIDED:
            raise ConflictError("the item is not decided")
        if row.sealed is None:
            raise ConflictError("the texts of the item are gone; nothing can be judged again")
        return row

    def _logged(
        self,
        row: Row[Any],
        actor: str,
        kind: str,
        now: datetime,
        body: Mapping[str, Any] | None = None,
    ) -> QueueEntry:
        self._log(row, actor, kind, now, body or {})
        return self._rows.entry(row.item_key)

    def _log(
        self, row: Row[Any], actor: str, kind: str, now: datetime, body: Mapping[str, Any]
    ) -> None:
        subject = self._rows.subject_key(row)
        self._decisions.append(actor=actor, kind=kind, subject_key=subject, body=body, now=now)


def _is_claimed(row: Row[Any], now: datetime) -> bool:
    return bool(row.state == QueueState.CLAIMED and row.claim_expires_at > now)


def _waiting_again(row: Row[Any]) -> dict[str, object]:
    state = QueueState.OPEN if row.appealed_by is None else QueueState.APPEALED
    return {"state": state.value, "claimed_by": None, "claim_expires_at": None}


def _undecided(row: Row[Any]) -> dict[str, object]:
    empty = {"decision": None, "decided_by": None, "decided_at": None}
    return {**_waiting_again(row), **empty}
