"""The numbers behind a profile, as data: read from YAML, unknown keys refused."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Self, get_args

from pydantic import Field, field_validator, model_validator

from nlp_service.policy.schema import Category
from nlp_service.reviews.lexicon import Strict, parse

OTHER = "other"


class Tiers(Strict):
    """Scores from which a tier holds."""

    watch: float = Field(gt=0, le=100)
    caution: float = Field(gt=0, le=100)
    high: float = Field(gt=0, le=100)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not self.watch < self.caution < self.high:
            raise ValueError("must rise: watch, caution, high")
        return self


class Baseline(Strict):
    """Ordinary shares of orders in one category."""

    refund_only: float = Field(ge=0, lt=1)
    returns: float = Field(ge=0, lt=1)


class Ordinary(Strict):
    """Ordinary shares that do not depend on the category."""

    cancelled: float = Field(ge=0, lt=1)
    not_received: float = Field(ge=0, lt=1)
    bad_reviews: float = Field(ge=0, lt=1)


class Fade(Strict):
    """How long evidence counts, and after how many days half of it is gone."""

    window_days: float = Field(gt=0)
    half_life_days: float = Field(gt=0)


class Part(Strict):
    """One way of standing out: strength 0 up to `start`, 1 from `full`; whole, it is `points`."""

    start: float = Field(ge=0)
    full: float = Field(gt=0)
    points: float = Field(ge=0, le=100)
    family: str

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.full <= self.start:
            raise ValueError("full must be greater than start")
        return self

    def strength(self, excess: float) -> float:
        """0 to 1."""
        return min(1.0, max(0.0, (excess - self.start) / (self.full - self.start)))


class ShareRules(Strict):
    """A signal that rests on a share of orders."""

    fade: Fade
    share: Part


class CountRules(Strict):
    """A signal that rests on a count."""

    fade: Fade
    count: Part


class ShareCountRules(ShareRules):
    """A signal that rests on a share and, apart from it, on a count."""

    count: Part


class BurstRules(Strict):
    """Cancellations of paid orders close together, and that again."""

    fade: Fade
    hour: Part
    day: Part
    again: Part
    unpaid: float = Field(ge=0, le=1)


class AddressRules(CountRules):
    """Changes of address followed by a cancellation or a claim."""

    within_days: float = Field(gt=0)


class BadReviewRules(ShareRules):
    """Shares of bad reviews among orders."""

    rating: int = Field(ge=1, le=4)


class MaliciousRules(Strict):
    """Reviews that a person confirmed as malicious."""

    fade: Fade
    first: Part
    again: Part


class RulingRules(CountRules):
    """Rulings against the buyer."""

    rejected: float = Field(ge=0, le=1)


class Refunds(Strict):
    """How much one refund request counts."""

    decided: float = Field(ge=0, le=1)
    quality: float = Field(ge=0, le=1)
    pending: float = Field(ge=0, le=1)


class Credit(Strict):
    """What an upheld complaint leaves of the points."""

    factor: float = Field(gt=0, le=1)
    most: int = Field(ge=0)
    window_days: float = Field(gt=0)


class Reasons(Strict):
    """Words in the reason of a refund, in small letters."""

    not_received: list[str]
    quality: list[str]


class RiskPolicy(Strict):
    """Everything that turns a buyer's orders into points and a tier."""

    id: str = Field(min_length=1)
    version: int
    tiers: Tiers
    support: float = Field(gt=0)
    min_orders: int = Field(ge=1)
    prior_orders: float = Field(gt=0)
    pending_days: float = Field(gt=0)
    lawful_return_days: float = Field(ge=7)
    baselines: dict[str, Baseline]
    ordinary: Ordinary
    refunds: Refunds
    refund_only: ShareCountRules
    not_received: ShareCountRules
    returns: ShareRules
    order_cancel_burst: BurstRules
    address: AddressRules
    coupon: ShareRules
    bad_reviews: BadReviewRules
    malicious_review: MaliciousRules
    rulings: RulingRules
    credit: Credit
    reasons: Reasons

    @field_validator("baselines")
    @classmethod
    def _known_categories(cls, value: dict[str, Baseline]) -> dict[str, Baseline]:
        if OTHER not in value:
            raise ValueError(f"must hold {OTHER}")
        if odd := sorted(set(value) - set(get_args(Category))):
            raise ValueError(f"unknown category: {', '.join(odd)}")
        return value

    @property
    def label(self) -> str:
        """For example `default@1`."""
        return f"{self.id}@{self.version}"

    def baseline(self, category: str | None) -> Baseline:
        """Ordinary shares of a category."""
        return self.baselines.get(category or OTHER, self.baselines[OTHER])


def load_risk_policy(path: Path) -> RiskPolicy:
    """Read a policy file; raises PolicyError naming the key."""
    return parse(RiskPolicy, path.read_text(encoding="utf-8"), name=path.name)


@lru_cache(maxsize=1)
def default_risk_policy() -> RiskPolicy:
    """The shipped numbers."""
    text = (files("nlp_service.risk") / "data" / "risk.yaml").read_text(encoding="utf-8")
    return parse(RiskPolicy, text, name="risk.yaml")
