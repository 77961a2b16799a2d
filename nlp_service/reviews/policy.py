"""The numbers behind suspicion, as data: read from YAML, unknown keys refused."""

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from pydantic import field_validator, model_validator

from nlp_service.reviews.lexicon import Strict, parse, shipped
from nlp_service.reviews.rules import (
    Account,
    Agreement,
    BadRatio,
    BaitRefund,
    Balanced,
    Burst,
    CopyRules,
    Detail,
    Habits,
    Hearing,
    Levels,
    Logistics,
    Mismatch,
    OrderFacts,
    PileOn,
    RefundHabit,
    RewordedRules,
    Ring,
    Rival,
    Synchrony,
    Thin,
    UseTime,
    WrongTrade,
)

FAMILIES = ("text", "fact", "behaviour", "copy", "counter")
CODES = frozenset(
    {
        "text.extortion",
        "text.threat",
        "text.offsite",
        "text.competitor",
        "text.rating_mismatch",
        "text.wrong_product",
        "text.wrong_product.trade",
        "text.generic",
        "fact.logistics",
        "fact.logistics.refund",
        "fact.logistics.wait",
        "fact.time",
        "fact.time.gross",
        "fact.order",
        "fact.order.refund",
        "fact.order.variant",
        "behaviour.bad_ratio",
        "behaviour.bait_refund",
        "behaviour.account",
        "behaviour.account.series",
        "behaviour.again",
        "behaviour.synchrony",
        "behaviour.burst",
        "behaviour.pile_on",
        "behaviour.refund_habit",
        "behaviour.thin",
        "copy.cross_shop",
        "copy.cross_shop.short",
        "copy.reworded",
        "copy.ring",
        "copy.rival",
        "copy.self",
        "counter.images",
        "counter.quality_refund",
        "counter.detail",
        "counter.balanced_history",
        "counter.same_aspect",
        "counter.incident",
    }
)


# Pairs between which a weight grows; where they meet, there is nothing to grow over.
_GROWING = (
    ("bad_ratio", "from_ratio", "full_ratio"),
    ("refund_habit", "from_refunds", "full_refunds"),
    ("refund_habit", "from_bad", "full_bad"),
    ("balanced", "max_ratio", "none_ratio"),
    ("account", "series_from", "series_full"),
    ("pile_on", "full_chance", "from_chance"),
    ("reworded", "evidence", "full_evidence"),
)


class SuspicionPolicy(Strict):
    """Everything that turns signals into a score, a level and an advice."""

    version: int
    prior: float
    levels: Levels
    families: dict[str, float]
    support: float
    alone: list[str]
    alone_weight: float
    no_excuse: dict[str, list[str]]
    no_excuse_minor: dict[str, list[str]]
    hard_facts: dict[str, float]
    yield_to_hazard: list[str]
    whispers: list[str]
    habits: Habits
    heard: Hearing
    weights: dict[str, float]
    bad_ratio: BadRatio
    bait_refund: BaitRefund
    refund_habit: RefundHabit
    balanced: Balanced
    time: UseTime
    logistics: Logistics
    order: OrderFacts
    mismatch: Mismatch
    wrong_trade: WrongTrade
    detail: Detail
    copies: CopyRules
    reworded: RewordedRules
    ring: Ring
    rival: Rival
    synchrony: Synchrony
    burst: Burst
    account: Account
    pile_on: PileOn
    thin: Thin
    agreement: Agreement

    @model_validator(mode="after")
    def _grow(self) -> "SuspicionPolicy":
        for section, low, high in _GROWING:
            rules = getattr(self, section)
            if getattr(rules, low) >= getattr(rules, high):
                raise ValueError(f"{section}.{low} must be less than {section}.{high}")
        return self

    @model_validator(mode="after")
    def _only_excuses_are_silenced(self) -> "SuspicionPolicy":
        for name in ("no_excuse", "no_excuse_minor"):
            named: dict[str, list[str]] = getattr(self, name)
            if odd := sorted(set(named) - set(self.alone)):
                raise ValueError(f"{name}: {odd[0]} is not one of `alone`")
            codes = {code for excuses in named.values() for code in excuses}
            if odd := sorted(c for c in codes if c not in CODES or not c.startswith("counter.")):
                raise ValueError(f"{name}: {odd[0]} is no counter-evidence")
        return self

    @model_validator(mode="after")
    def _habits_accuse_nobody(self) -> "SuspicionPolicy":
        if self.habits.ceiling >= self.levels.medium:
            raise ValueError("habits.ceiling must be less than levels.medium")
        if both := sorted(set(self.habits.codes) & {*self.hard_facts, *self.alone}):
            raise ValueError(f"habits: {', '.join(both)} accuses by itself")
        return self

    @field_validator("alone", "whispers", "hard_facts", "yield_to_hazard")
    @classmethod
    def _known_codes(cls, value: Collection[str]) -> Collection[str]:
        if odd := sorted(set(value) - CODES):
            raise ValueError(f"unknown signal: {', '.join(odd)}")
        return value

    @field_validator("habits")
    @classmethod
    def _known_habits(cls, value: Habits) -> Habits:
        cls._known_codes(value.codes)
        return value

    @field_validator("families")
    @classmethod
    def _all_families(cls, value: dict[str, float]) -> dict[str, float]:
        if set(value) != set(FAMILIES):
            raise ValueError(f"must hold exactly {', '.join(FAMILIES)}")
        return value

    @field_validator("weights")
    @classmethod
    def _all_codes(cls, value: dict[str, float]) -> dict[str, float]:
        if set(value) != CODES:
            odd = sorted(set(value) ^ CODES)
            raise ValueError(f"unknown or missing signal: {', '.join(odd)}")
        return value


def load_suspicion_policy(path: Path) -> SuspicionPolicy:
    """Read a policy file; raises PolicyError naming the key."""
    return parse(SuspicionPolicy, path.read_text(encoding="utf-8"), name=path.name)


@lru_cache(maxsize=1)
def default_suspicion_policy() -> SuspicionPolicy:
    """The shipped numbers."""
    return parse(SuspicionPolicy, shipped("suspicion.yaml"), name="suspicion.yaml")
