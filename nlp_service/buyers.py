"""Buyer risk with memory: events in, profile and feed out, in one transaction.

    events --store (append-only, each once)--> all events of the buyer --fold--> profile
                                               changed? -> feed of changes
                                               another tier? -> webhooks

A profile is always folded from all stored events, so late, repeated and shuffled ones end in the
same profile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nlp_service.contract.risk import ProfileAnswer
from nlp_service.contract.webhooks import TierChanged, tier_changed
from nlp_service.errors import ClientError
from nlp_service.moderation.items import appeal_item
from nlp_service.risk.events import RiskEvent, event_of
from nlp_service.risk.policy import RiskPolicy, default_risk_policy
from nlp_service.risk.profile import Profile, profile_of
from nlp_service.storage.events import AddOutcome, BuyerEvent
from nlp_service.storage.store import Store, Unit
from nlp_service.storage.webhooks import Webhook

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
        receivers: Sequence[str] = (),
    ) -> None:
        """`receivers`: addresses that are told of another tier."""
        self._store = store
        self._receivers = tuple(receivers)
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

    def note(self, unit: Unit, event: RiskEvent, *, now: datetime) -> None:
        """Add what a decision says of a buyer, in the transaction of the decision."""
        unit.events.add([_stored(event)])
        self._refold(unit, event.buyer_id, now)

    def take_back(self, unit: Unit, buyer_id: str, event_id: str, *, now: datetime) -> None:
        """Take back what a decision said, with the decision; nothing where it said nothing."""
        if unit.events.take_back(event_id):
            self._refold(unit, buyer_id, now)

    def appeal(self, buyer_id: str, appeal_id: str, reason: str) -> bool:
        """Put an appeal before a moderator; False where it is there already."""
        now = self._clock()
        with self._store.writing() as unit:
            profile = ProfileAnswer.of(self._fold(unit, buyer_id, now))
            return unit.queue.put(appeal_item(profile, appeal_id, reason, now=now), now=now)

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
        before = unit.changes.last(buyer_id) if self._receivers else None
        cursor = unit.changes.append(buyer_id, answer, now=now)
        if cursor is not None:
            earlier = None if before is None else before.profile
            told = tier_changed(earlier, answer, cursor=cursor, at=now)
            self._tell(unit, buyer_id, told, now)
        return profile

    def _tell(self, unit: Unit, buyer_id: str, told: TierChanged | None, now: datetime) -> None:
        if told is None:
            return
        body = told.model_dump(mode="json")
        for url in self._receivers:
            unit.webhooks.put(Webhook(told.event_id, url, body), now=now, buyer_id=buyer_id)

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
