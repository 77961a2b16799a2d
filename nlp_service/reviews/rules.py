"""The numbers that single signals, scores and levels go by, each group with its own schema."""

from pydantic import Field

from nlp_service.reviews.lexicon import Strict

DAY_S = 86_400.0  # rules count days, clocks count seconds


class Heard(Strict):
    """Probability of an act from which it speaks, and from which it speaks fully."""

    start: float = Field(ge=0, le=1)
    full: float = Field(ge=0, le=1)


class Hearing(Strict):
    """Of acts that may accuse alone, and of those that need other evidence beside them."""

    alone: Heard
    beside: Heard


class Levels(Strict):
    """Scores from which a level holds."""

    medium: float = Field(gt=0, lt=1)
    high: float = Field(gt=0, lt=1)


class Habits(Strict):
    """Signals of what an account is like, and the highest score that they carry by themselves."""

    codes: list[str]
    ceiling: float = Field(gt=0, lt=1)


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
    power: float = Field(gt=0)
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
    series_share: float = Field(ge=0, lt=1)


class RefundHabit(Shrinkage):
    """Shares of refunded orders and of bad reviews from which an account lives on both.

    `usual` is the share of refunds of a category that tells nothing.
    """

    min_count: int = Field(ge=1)
    from_refunds: float
    full_refunds: float
    from_bad: float
    full_bad: float
    usual: dict[str, float]


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
    wash_days: float


class Logistics(Strict):
    """When a claim about delivery contradicts the scans."""

    settled_hours: float
    wait_factor: float
    wait_slack_days: float
    whole_factor: float
    whole_slack_days: float


class OrderFacts(Strict):
    """When a claimed price or a refund denied contradicts the order."""

    price_factor: float
    price_slack: float
    refund_days: float


class Mismatch(Strict):
    """How positive a text must be to contradict a low rating."""

    positive: float


class WrongTrade(Strict):
    """How surely a text must speak of a foreign trade, and how little of its item's own."""

    foreign: float = Field(gt=0, le=1)
    own: float = Field(ge=0, lt=1)


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
    chance: float = Field(gt=0, lt=1)
    span_days: float = Field(gt=0)
    usual_accounts: int = Field(ge=1)
    usual_factor: float = Field(ge=0, le=1)
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


class Ring(Strict):
    """So many accounts at so many shops within so long, the review's own counted."""

    hours: float
    accounts: int = Field(ge=3)
    shops: int = Field(ge=2)


class Rival(Strict):
    """So many accounts within so long, the review's own counted, that name the same."""

    days: float
    accounts: int = Field(ge=2)
    sure: float = Field(ge=0, le=1)
    rare_nats: float


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

    min_outside: int = Field(ge=1)
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
