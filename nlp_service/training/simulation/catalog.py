"""Shops, items with a defect process, and couriers: all that a buyer meets.

A merchant may sell well or provoke; a batch of an item may be bad for some weeks; a courier may
mark parcels as delivered that are not.
"""

from dataclasses import dataclass
from random import Random

from nlp_service.training.simulation import clock
from nlp_service.training.simulation.trades import Flaw, Trade
from nlp_service.training.simulation.trades_home import TRADES

# Shares of items that get a bad batch in a world where batches go bad at all.
_BAD_BATCH_SHARE = 0.05
_BATCH_DEFECTS = 0.6
_ITEMS_PER_SHOP = 8
REVIEWS_PER_SHOP = 110


@dataclass(frozen=True, slots=True)
class Courier:
    """`false_signoff`: share of parcels marked as delivered that lie at a station or nowhere."""

    days: float
    false_signoff: float
    lost: float


@dataclass(frozen=True, slots=True)
class Merchant:
    """Rates in 0..1; `knows_*` say which facts this shop's system hands over."""

    id: str
    trade: Trade
    care: float
    ship_days: float
    wrong: float
    rude: float
    refuses: float
    pays_for_stars: float
    knows_history: bool
    knows_order: bool


@dataclass(frozen=True, slots=True)
class Item:
    """`batch` is the time in which it is bad; then `batch_flaw` shows in most pieces."""

    id: str
    merchant: Merchant
    noun: str
    title: str
    price: float
    defects: float
    batch: tuple[float, float] | None
    batch_flaw: Flaw

    def bad_at(self, at: float) -> bool:
        """Whether a piece ordered then comes from the bad batch."""
        return self.batch is not None and self.batch[0] <= at < self.batch[1]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The world's offer; `popular` weighs items, for a few sell most."""

    items: tuple[Item, ...]
    popular: tuple[float, ...]
    couriers: tuple[Courier, ...]
    by_trade: dict[str, tuple[Item, ...]]

    def pick(self, rng: Random) -> Item:
        """An item as the crowd chooses."""
        return rng.choices(self.items, cum_weights=self.popular)[0]


def build(reviews: int, rng: Random, *, bad_batches: bool) -> Catalog:
    """Enough shops for that many reviews."""
    shops = [_merchant(place, rng) for place in range(max(24, reviews // REVIEWS_PER_SHOP))]
    items = tuple(_item(m, rng, bad_batches) for m in shops for _ in range(_ITEMS_PER_SHOP))
    weights, total = [], 0.0
    for _ in items:
        total += rng.lognormvariate(0, 1.1)
        weights.append(total)
    couriers = tuple(_courier(place, rng) for place in range(6))
    by_trade: dict[str, list[Item]] = {}
    for item in items:
        by_trade.setdefault(item.merchant.trade.category, []).append(item)
    grouped = {category: tuple(kept) for category, kept in by_trade.items()}
    return Catalog(items, tuple(weights), couriers, grouped)


def new_id(prefix: str, rng: Random) -> str:
    """An id that tells nothing about when or why it was made."""
    return f"{prefix}-{rng.getrandbits(44):011x}"


def _merchant(place: int, rng: Random) -> Merchant:
    care = rng.betavariate(4, 1.6)
    bad = rng.random() < 0.12
    return Merchant(
        id=new_id("s", rng),
        # Clothes are a quarter of what is sold; the other trades share the rest.
        trade=TRADES[0] if rng.random() < 0.2 else rng.choice(TRADES),
        care=care,
        ship_days=0.3 + rng.expovariate(1 / 0.6),
        wrong=0.008 + 0.05 * bad,
        rude=0.02 + 0.1 * (1 - care) + 0.1 * bad,
        refuses=0.1 + 0.5 * bad,
        pays_for_stars=0.05 + 0.4 * bad,
        # About one shop in twenty hands over less; by place, so that small worlds have some, too.
        knows_history=place % 19 != 3,
        knows_order=place % 23 != 7,
    )


def _item(merchant: Merchant, rng: Random, bad_batches: bool) -> Item:
    trade, start = merchant.trade, rng.uniform(clock.WARM_UP * 0.7, clock.END)
    noun = rng.choice(trade.nouns)
    goes_bad = bad_batches and rng.random() < _BAD_BATCH_SHARE
    # A batch is mended or sold out after one to five weeks.
    span = (start, start + rng.uniform(7, 35) * clock.DAY)
    hazard = rng.random() < 0.3
    return Item(
        id=new_id("i", rng),
        merchant=merchant,
        noun=noun,
        title=rng.choice(trade.adjectives) + rng.choice(("", "2026新款", "官方")) + noun,
        price=round(trade.price * rng.lognormvariate(0, 0.6), 1),
        defects=min(0.5, rng.betavariate(1.2, 14) + 0.2 * (1 - merchant.care)),
        batch=span if goes_bad else None,
        batch_flaw=rng.choice(trade.hazards if hazard else trade.flaws),
    )


def _courier(place: int, rng: Random) -> Courier:
    sloppy = place == 0
    signoff = 0.035 if sloppy else 0.002
    return Courier(rng.uniform(1.5, 3.5), signoff, lost=0.008 if sloppy else 0.001)


def batch_defects() -> float:
    """Share of pieces of a bad batch that are flawed."""
    return _BATCH_DEFECTS
