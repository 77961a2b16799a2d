"""What the language layer states about one message, as the policy reads it.

Facts hold no text and no personal data: kinds, scores, counts and offsets only. So they may be
stored, and another policy can be applied to them later without the text and without a model.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from nlp_service.domain import Act, Span

_RETIRED = frozenset({"known"})  # what rows stored by earlier versions still hold


@dataclass(frozen=True, slots=True)
class ConversationFacts:
    """What the history says at the moment the message would be sent.

    `refused` holds `pitch` (a refusal covers what this message pitches), `info`, or attributes;
    `brought` the attributes that the buyer brought up; `wants` what the buyer asked for
    (`invoice`, `delivery_change`, `repair`, `offsite`, `product`); `pending` those asked before
    and not yet given. `refused_back` says how many turns ago each refusal was; 1 is the turn just
    before. Counts are of the unanswered merchant messages before this one.
    """

    refused: frozenset[str] = frozenset()
    refused_back: Mapping[str, int] = field(default_factory=dict)
    brought: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()
    complained: bool = False
    stalled: bool = False
    pending: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    pitches_unanswered: int = 0
    near_same_unanswered: int = 0
    burst_unanswered: int = 0
    chased_days: int = 0
    night: bool = False


@dataclass(frozen=True, slots=True)
class ClaimFact:
    """A checkable claim of the message, held against the facts that the caller supplied."""

    kind: str
    holds: bool
    span: Span


@dataclass(frozen=True, slots=True)
class EntityFact:
    """An entity without its value; `owner` is `buyer` where the buyer typed the same before."""

    kind: str
    span: Span
    verified: bool
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a verdict rests on.

    `hints` say by label code what the reader's view of the whole message adds to its acts: the odds
    of a prob multiply theirs; never a finding by itself. `purposes` are probs by purpose;
    `relation` of what is pitched to order and conversation, by the product lexicon, is `related`,
    `unrelated`, `foreign` (finance, jobs, gambling: never part of an order) or None (cannot be
    told).
    """

    acts: tuple[Act, ...] = ()
    hints: Mapping[str, float] = field(default_factory=dict)
    entities: tuple[EntityFact, ...] = ()
    claims: tuple[ClaimFact, ...] = ()
    purposes: Mapping[str, float] = field(default_factory=dict)
    relation: str | None = None
    official_only: bool = False
    category: str | None = None
    stage: str | None = None
    flags: frozenset[str] = frozenset()
    conversation: ConversationFacts = ConversationFacts()

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage; sets become sorted lists."""
        stored: dict[str, Any] = _plain(asdict(self))
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Facts":
        """The reverse of `to_json`; raises KeyError or TypeError on what is not its output."""
        values = dict(stored)
        values["acts"] = tuple(_act(item) for item in stored["acts"])
        values["entities"] = tuple(
            EntityFact(**{**item, "span": Span(*item["span"])}) for item in stored["entities"]
        )
        values["claims"] = tuple(
            ClaimFact(**{**item, "span": Span(*item["span"])}) for item in stored["claims"]
        )
        values["flags"] = frozenset(stored["flags"])
        values["conversation"] = _conversation(stored["conversation"])
        return cls(**values)


def _act(item: Mapping[str, Any]) -> Act:
    return Act(**{**item, "spans": tuple(Span(*span) for span in item["spans"])})


def _conversation(item: Mapping[str, Any]) -> ConversationFacts:
    sets = ("refused", "brought", "wants", "pending", "purposes")
    kept = {name: value for name, value in item.items() if name not in _RETIRED}
    return ConversationFacts(**{**kept, **{name: frozenset(item[name]) for name in sets}})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value
