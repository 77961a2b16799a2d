"""The numbers behind suspicion, as data: read from YAML, unknown keys refused."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, field_validator

from nlp_service.reviews.lexicon import Strict, parse, shipped

FAMILIES = ("text", "fact", "behaviour", "copy", "counter")
CODES = frozenset(
    {
        "text.extortion",
        "text.threat",
        "text.offsite",
        "text.competitor",
        "text.rating_mismatch",
        "text.wrong_product",
        "text.generic",
        "fact.logistics",
        "fact.logistics.refund",
        "fact.time",
        "fact.time.gross",
        "fact.order",
        "behaviour.bad_ratio",
        "behaviour.bait_refund",
        "behaviour.account",
        "behaviour.account.series",
        "behaviour.again",
        "behaviour.synchrony",
        "behaviour.burst",
        "behaviour.pile_on",
        "behaviour.thin",
        "copy.cross_shop",
        "copy.cross_shop.short",
        "copy.reworded",
        "copy.self",
        "counter.images",
        "counter.quality_refund",
        "counter.detail",
        "counter.balanced_history",
        "counter.same_aspect",
        "counter.incident",
    }
)


class Levels(Strict):
    """Scores from which a level holds."""

    medium: float = Field(gt=0, lt=1)
    high: float = Field(gt=0, lt=1)


class Shrinkage(Strict):
    """A Beta prior given by its mean and by how many observations it is worth."""

    prior_mean: float = Field(gt=0, lt=1)
    prior_count: float = Field(gt=0)

    def share(self, hits: int, total: int) -> float:
        """Posterior mean of the share."""
        return (hits + self.prior_mean * self.prior_count) / (total + self.prior_count)


class BadRatio(Shrinkage):
    """When an account's share of bad reviews speaks."""

    from_ratio: float
    full_ratio: float
    min_reviews: int
    min_order_share: float


class BaitRefund(Shrinkage):
    """When a cheap order looks bought for its refund."""

    max_paid: float
    within_hours: float
    min_refund_share: float
    instant_hours: float
    series_max_paid: float
    series_low: int
    series_share: float


class Balanced(Strict):
    """When a history speaks for the buyer."""

    full_good: int = Field(ge=1)
    max_ratio: float
    none_ratio: float
    full_orders: int = Field(ge=1)
    none_order_share: float = Field(gt=0, le=1)
    orders_part: float = Field(ge=0, le=1)


class UseTime(Strict):
    """When a claimed time of use contradicts the delivery."""

    slack_days: float
    factor: float
    gross_factor: float
    gross_days: float


class Logistics(Strict):
    """When a claim about delivery contradicts the scans."""

    settled_hours: float
    wait_factor: float
    wait_slack_days: float


class OrderFacts(Strict):
    """When a claimed price contradicts the order."""

    price_factor: float


class Mismatch(Strict):
    """How positive a text must be to contradict a low rating."""

    positive: float


class Detail(Strict):
    """How many concrete points speak for an account of experience."""

    min_points: int


class CopyRules(Strict):
    """When two texts are copies, and when copies speak."""

    min_letters: int = Field(ge=4)
    similarity: float = Field(gt=0, le=1)
    rare_sum: float
    rare_mean: float = Field(ge=0, le=1)
    short_letters: int = Field(ge=4)
    short_accounts: int
    one_account_shops: int
    full_accounts: int = Field(gt=1)
    near_days: float
    far_factor: float = Field(ge=0, le=1)
    original_hours: float
    original_factor: float = Field(ge=0, le=1)


class RewordedRules(Strict):
    """When a text says the same as another in other words; evidence in nats of rarity."""

    overlap: float = Field(gt=0, le=1)
    full_overlap: float = Field(gt=0, le=1)
    evidence: float
    group_evidence: float
    group_accounts: int = Field(ge=3)
    group_hours: float
    shop_evidence: float
    item_evidence: float
    full_evidence: float


class Synchrony(Strict):
    """When the same accounts at the same shops are no accident."""

    hours: float
    shops: int = Field(ge=2)
    overlap: float = Field(gt=0, le=1)
    item_days: float
    item_shops: int = Field(ge=2)
    item_accounts: int = Field(ge=2)
    item_share: float = Field(gt=0, le=1)
    full_accounts: int = Field(gt=1)


class Burst(Strict):
    """When a shop's bad reviews are too many for its own rate, and what kind of burst it is."""

    windows_hours: list[float]
    min_bad: int = Field(ge=2)
    max_chance: float = Field(gt=0, lt=1)
    min_windows: float
    min_days: float
    seasonal_reviews: int
    incident_buyers: int
    incident_share: float
    incident_backed: float
    attack_aspect_share: float
    attack_thin: float
    attack_linked: float


class Account(Strict):
    """When the form of an account is odd."""

    reviews_a_day: float
    reviews_per_order: float
    min_reviews: int
    min_peers: int
    peer_stars: float
    series_days: float
    series_from: int
    series_full: int
    series_share: float


class PileOn(Shrinkage):
    """When low ratings of one item at one time are too many for its own share of them."""

    days: float = Field(gt=0)
    min_others: int = Field(ge=1)
    from_chance: float = Field(gt=0, lt=1)
    full_chance: float = Field(gt=0, lt=1)
    batch_share: float = Field(gt=0, le=1)


class Thin(Strict):
    """Up to how many orders an account is next to nothing."""

    max_orders: int = Field(ge=0)


class Agreement(Strict):
    """How many independent buyers who name the same aspect speak, and speak fully."""

    min_buyers: int = Field(ge=1)
    full_buyers: int = Field(ge=2)


class SuspicionPolicy(Strict):
    """Everything that turns signals into a score, a level and an advice."""

    version: int
    prior: float
    levels: Levels
    families: dict[str, float]
    support: float
    alone: list[str]
    alone_weight: float
    hard_facts: dict[str, float]
    whispers: list[str]
    weights: dict[str, float]
    bad_ratio: BadRatio
    bait_refund: BaitRefund
    balanced: Balanced
    time: UseTime
    logistics: Logistics
    order: OrderFacts
    mismatch: Mismatch
    detail: Detail
    copies: CopyRules
    reworded: RewordedRules
    synchrony: Synchrony
    burst: Burst
    account: Account
    pile_on: PileOn
    thin: Thin
    agreement: Agreement

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
