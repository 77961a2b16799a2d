"""What a run may vary, and which behaviours are held out of tuning.

Owns names of attack families and of populations; everything numeric about them stands beside the
behaviour itself. The names are written into truth.jsonl.
"""

from dataclasses import dataclass
from typing import Literal

from nlp_service.errors import ClientError

Split = Literal["tune", "held_out"]
SPLITS: tuple[Split, ...] = ("tune", "held_out")

TUNE_FAMILIES = ("extortion", "refund_bait", "gang_copy")
HELD_OUT_FAMILIES = ("rank_damage", "revenge", "careful")
FAMILIES = TUNE_FAMILIES + HELD_OUT_FAMILIES

TUNE_POPULATIONS = ("new_buyers", "coupon_lovers", "cheap_samplers", "copy_paste_lazy")
HELD_OUT_POPULATIONS = (
    "clothing_returners", "movers", "dorm_mates", "angry_only", "livestream_fans",
)  # fmt: skip
# Not a kind of person but something that befalls one; it names the review, not the buyer.
TUNE_CIRCUMSTANCES = ("false_signoff_victims", "provoked")
HELD_OUT_CIRCUMSTANCES = ("bad_batch_victims",)
ORDINARY, ATTACKER = "ordinary", "attacker"
# Half of all honest buyers look like nothing; the rest share the other half.
ORDINARY_SHARE = 0.5
# In the held-out world two thirds of the attacks are of kinds that tuning never saw.
HELD_OUT_SHARE = 2 / 3

MIN_REVIEWS, MAX_REVIEWS = 200, 2_000_000
MAX_PREVALENCE = 0.1


@dataclass(frozen=True, slots=True)
class Settings:
    """One world: the same settings give the same bytes."""

    seed: int
    reviews: int = 20_000
    prevalence: float = 0.005
    split: Split = "tune"

    def __post_init__(self) -> None:
        if not MIN_REVIEWS <= self.reviews <= MAX_REVIEWS:
            raise ClientError(f"--reviews must lie between {MIN_REVIEWS} and {MAX_REVIEWS}")
        if not 0 <= self.prevalence <= MAX_PREVALENCE:
            raise ClientError(f"--prevalence must lie between 0 and {MAX_PREVALENCE}")
        if self.split not in SPLITS:
            raise ClientError(f"--split must be one of {', '.join(SPLITS)}")

    @property
    def malicious(self) -> int:
        """How many reviews are not an honest account."""
        return round(self.reviews * self.prevalence)

    @property
    def populations(self) -> tuple[str, ...]:
        """Kinds of honest buyers of this world, ordinary ones left out."""
        return TUNE_POPULATIONS + (HELD_OUT_POPULATIONS if self.split == "held_out" else ())

    def quotas(self) -> dict[str, int]:
        """How many malicious reviews each family writes; they add up to `malicious`."""
        if self.split == "tune":
            return _shared(self.malicious, TUNE_FAMILIES)
        unseen = round(self.malicious * HELD_OUT_SHARE)
        seen = _shared(self.malicious - unseen, TUNE_FAMILIES)
        return {**_shared(unseen, HELD_OUT_FAMILIES), **seen}


def _shared(total: int, names: tuple[str, ...]) -> dict[str, int]:
    each, rest = divmod(total, len(names))
    return {name: each + (place < rest) for place, name in enumerate(names)}
