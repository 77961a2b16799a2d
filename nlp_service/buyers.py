"""Buyer risk with memory: events in, profile and feed out, in one transaction.

    events --store (append-only, each once)--> all events of the buyer --fold--> profile
                                               changed? -> feed of changes

A profile is always folded from all stored events, so late, repeated and shuffled ones end in the
same profile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nlp_service.contract.risk import ProfileAnswer
from nlp_service.errors import ClientError
from nlp_service.risk.events import RiskEvent, event_of
from nlp_service.risk.policy import RiskPolicy, default_risk_policy
from nlp_service.risk.profile import Profile, profile_of
from nlp_service.storage.events import AddOutcome, BuyerEvent
from nlp_service.storage.queue_values import QueueItem
from nlp_service.storage.store import Store, Unit

APPEAL = "risk_appeal"
# A caller's clock may be this far ahead of ours; further is a mistake and is refused.
_SKEW = timedelta(minutes=10)
_PAYLOAD = ("merchant_id", "order_id", "category", "amount")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the events of one call, and the profile after them."""

    outcome: AddOutcome
    profile: Profile


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the feed; ask for what comes after its cursor."""

    cursor: int
    at: datetime
    profile: Mapping[str, Any]


class BuyerBook:
    """All that is known of buyers' orders, and the profiles folded from it. Thread-safe."""

    def __init__(
        self,
        store: Store,
        *,
        policy: RiskPolicy | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._policy = policy or default_risk_policy()
        self._clock = clock

    def add(self, buyer_id: str, events: Sequence[RiskEvent]) -> Taken:
        """Store what is new, fold, and tell the feed; all or nothing.

        Raises ConflictError where an event id comes with other content, ClientError where an
        event lies in the future.
        """
        now = self._clock()
        for place, event in enumerate(events):
            if event.at > now + _SKEW:
                raise ClientError(
                    f"items[{place}].at: lies in the future; check the clock that set it",
                    field=f"items[{place}].at",
                )
        with self._store.writing() as unit:
            outcome = unit.events.add([_stored(event) for event in events])
            return Taken(outcome, self._refold(unit, buyer_id, now))

    def profile(self, buyer_id: str) -> Profile:
        """The profile as of now; a buyer that nobody has seen is normal."""
        with self._store.reading() as unit:
            return self._fold(unit, buyer_id, self._clock())

    def appeal(self, buyer_id: str, appeal_id: str, reason: str) -> bool:
        """Put an appeal before a moderator; False where it is there already."""
        now = self._clock()
        with self._store.writing() as unit:
            profile = ProfileAnswer.of(self._fold(unit, buyer_id, now))
            body = {"reason": reason, "profile": profile.model_dump(mode="json")}
            item = QueueItem(
                appeal_id, APPEAL, now, body, buyer_id, suspicion=profile.score / 100, harm=1.0
            )
            return unit.queue.put(item, now=now)

    def erase(self, buyer_id: str) -> bool:
        """Erase all there is of a buyer; False for one that nobody has seen."""
        return self._store.erase_buyer(buyer_id, actor="api", now=self._clock())

    def changes(self, cursor: int, limit: int) -> list[Change]:
        """Changes of profiles after `cursor`, in order, at least once."""
        with self._store.reading() as unit:
            found = unit.changes.after(cursor, limit)
        return [Change(one.cursor, one.at, one.profile) for one in found]

    def _refold(self, unit: Unit, buyer_id: str, now: datetime) -> Profile:
        profile = self._fold(unit, buyer_id, now)
        answer = ProfileAnswer.of(profile).model_dump(mode="json")
        unit.changes.append(buyer_id, answer, now=now)
        return profile

    def _fold(self, unit: Unit, buyer_id: str, now: datetime) -> Profile:
        events = [_read(event) for event in unit.events.of_buyer(buyer_id)]
        return profile_of(buyer_id, events, as_of=now, policy=self._policy)


def _stored(event: RiskEvent) -> BuyerEvent:
    payload: dict[str, Any] = {name: getattr(event, name) for name in _PAYLOAD}
    payload["data"] = None if event.data is None else asdict(event.data)
    return BuyerEvent(event.event_id, event.buyer_id, event.kind, event.at, payload)


def _read(event: BuyerEvent) -> RiskEvent:
    ids = {"event_id": event.event_id, "buyer_id": event.buyer_id}
    return event_of({**ids, "kind": event.kind, "at": event.at, **event.payload})
