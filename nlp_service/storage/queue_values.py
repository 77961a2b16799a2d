"""What the moderation queue takes and gives, and its rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class QueueState(StrEnum):
    """Where an item stands; a claim that ran out counts as given back."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"
    APPEALED = "appealed"


@dataclass(frozen=True, slots=True)
class QueueRules:
    """How long things last; the policy and the settings say."""

    claim: timedelta = timedelta(minutes=15)
    undo: timedelta = timedelta(minutes=10)
    keep_texts: timedelta = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Something a person must look at; `suspicion` and `harm` lie in [0, 1].

    `kind` is `review`, `chat_report` or `risk_appeal`; `body` is JSON with text and evidence.
    """

    item_id: str = field(repr=False)
    kind: str
    created_at: datetime
    body: Mapping[str, Any] = field(repr=False)
    buyer_id: str | None = field(repr=False, default=None)
    is_hazard: bool = False
    suspicion: float = 0.0
    harm: float = 0.0


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """An item as it stands in the queue; people are keyed hashes.

    `body` and `words` (reason, appeal, appealed_reason) are None and empty once the texts were
    dropped. `item_key` stands for the item in addresses.
    """

    item_key: str
    kind: str
    created_at: datetime
    is_hazard: bool
    suspicion: float
    harm: float
    state: QueueState
    version: int
    claimed_by: str | None
    claim_expires_at: datetime | None
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    appealed_by: str | None
    appealed_decision: str | None
    appealed_decider: str | None
    item_id: str | None = field(repr=False)
    buyer_id: str | None = field(repr=False)
    body: Mapping[str, Any] | None = field(repr=False)
    words: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did: texts dropped, and items among them that nobody had decided."""

    dropped: int
    undecided: int
