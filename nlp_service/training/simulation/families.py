"""Families of attackers: what each wants, and the habits that follow from it.

Numbers are guesses about behaviour (there is no public record of such campaigns in China); a pair
runs from a clumsy team to a skilled one, and campaigns.py interpolates by skill.
"""

from dataclasses import dataclass

Pair = tuple[float, float]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Family:
    """Shares in 0..1; `span_days` is over what time a team works, `delay_h` the wait to review.

    `budget` in yuan pays goods (less refunds), wages and accounts; `aged` is the share of accounts
    with a life of their own, `turned` of people who stood behind no team before; `early` lets work
    begin in warm-up; `quarrel` seeks shops that refuse; the rest are shares of strikes.
    """

    accounts: Range
    strikes: Range
    shops: Range
    span_days: Pair
    delay_h: Pair
    skill: Pair
    budget: Pair
    aged: Pair
    turned: float = 0.0
    early: bool = False
    cheapest: float = 0.2
    copies: bool = False
    refund: float = 0.2
    refund_only: float = 0.4
    granted: float = 0.55
    quarrel: bool = False
    demand: Pair = (0.0, 0.0)
    threat: float = 0.0
    steer: float = 0.0
    vague: Pair = (0.35, 0.2)
    hazard: float = 0.1
    trouble: float = 0.3
    images: Pair = (0.08, 0.4)


FAMILIES: dict[str, Family] = {
    # One person with a few accounts lives on shops that pay for silence.
    "extortion": Family(
        accounts=(1, 3), strikes=(3, 12), shops=(3, 12), span_days=(40, 150), delay_h=(8, 30),
        skill=(0.0, 0.9), budget=(400, 3_000), aged=(0.3, 0.9), turned=0.25, early=True,
        cheapest=0.4, refund=0.4, refund_only=0.8, demand=(0.75, 0.3),
    ),
    # Goods for nothing: cheap orders over many shops, a bad review to press the claim.
    "refund_bait": Family(
        accounts=(1, 3), strikes=(4, 12), shops=(4, 14), span_days=(14, 60), delay_h=(4, 26),
        skill=(0.0, 0.8), budget=(150, 900), aged=(0.3, 0.9), early=True, cheapest=0.85,
        refund=0.85, refund_only=0.95, demand=(0.08, 0.04), vague=(0.45, 0.2), trouble=0.35,
    ),
    # Hired hands, paid by the piece, one text for many.
    "gang_copy": Family(
        accounts=(5, 14), strikes=(1, 4), shops=(2, 5), span_days=(2, 25), delay_h=(5, 30),
        skill=(0.0, 0.85), budget=(1_500, 8_000), aged=(0.2, 0.9), copies=True, refund=0.1,
        images=(0.05, 0.35),
    ),
    # A competitor wants one item to sink; steers to its own shop when careless.
    "rank_damage": Family(
        accounts=(3, 10), strikes=(1, 2), shops=(1, 1), span_days=(2, 30), delay_h=(6, 40),
        skill=(0.1, 1.0), budget=(1_500, 9_000), aged=(0.2, 0.95), refund=0.15, steer=0.22,
        vague=(0.4, 0.15), hazard=0.25,
    ),
    # A quarrel: a claim beyond what was owed failed; the buyer (and a friend) strike back.
    "revenge": Family(
        accounts=(1, 2), strikes=(1, 4), shops=(1, 1), span_days=(5, 30), delay_h=(5, 30),
        skill=(0.0, 0.7), budget=(300, 1_500), aged=(0.9, 0.95), turned=0.9, refund=0.6,
        granted=0.1, quarrel=True,
        threat=0.35, hazard=0.4, vague=(0.15, 0.1), images=(0.15, 0.3),
    ),
    # Does everything right: old accounts, real orders, own words, weeks apart.
    "careful": Family(
        accounts=(2, 8), strikes=(1, 1), shops=(1, 3), span_days=(40, 90), delay_h=(28, 45),
        skill=(0.85, 1.0), budget=(2_000, 12_000), aged=(0.97, 1.0), turned=0.3, refund=0.25,
        demand=(0.05, 0.05), vague=(0.1, 0.1), images=(0.35, 0.45),
    ),
}  # fmt: skip
