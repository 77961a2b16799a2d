"""Latent traits of buyers, by population.

Everybody is drawn as an ordinary buyer first; a population changes a few traits. None of them is
ever written out: only what people do with them is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from nlp_service.training.simulation import clock
from nlp_service.training.simulation.catalog import new_id
from nlp_service.training.simulation.settings import ORDINARY
from nlp_service.training.simulation.writer import Voice, draw_voice


@dataclass(frozen=True, slots=True)
class Buyer:
    """Rates and habits in 0..1, `rate` in orders a day, `haste` scales the wait before a review."""

    id: str
    population: str
    voice: Voice
    rate: float
    since: float
    patience: float
    misfit: float
    picky: float
    review_good: float
    review_bad: float
    claims_refund: float
    returns_at_will: float
    coupons: float
    cancels: float
    bargain: float
    images: float
    haste: float
    moves: float
    loves: str | None = None


def draw_buyer(population: str, rng: Random) -> Buyer:
    """A person of that population."""
    changed = _CHANGES.get(population, _as_is)(_ordinary(rng), rng)
    return replace(changed, population=population)


def _ordinary(rng: Random) -> Buyer:
    return Buyer(
        id=new_id("b", rng),
        population=ORDINARY,
        voice=draw_voice(rng),
        rate=min(0.4, rng.lognormvariate(-2.9, 0.7)),
        since=-1.0 if rng.random() < 0.8 else rng.uniform(0, clock.END * 0.9),
        patience=rng.betavariate(3, 2),
        misfit=rng.betavariate(2, 8),
        picky=rng.betavariate(1.5, 12),
        review_good=rng.betavariate(2, 3),
        review_bad=rng.betavariate(4, 2),
        claims_refund=rng.betavariate(2, 4),
        returns_at_will=rng.betavariate(1, 25),
        coupons=rng.betavariate(2, 3),
        cancels=rng.betavariate(1, 18),
        bargain=rng.betavariate(1, 6),
        images=rng.betavariate(1, 2.2),
        haste=rng.lognormvariate(0, 0.7),
        moves=0.0006,
    )


def _as_is(buyer: Buyer, _: Random) -> Buyer:
    return buyer


def _new_buyer(buyer: Buyer, rng: Random) -> Buyer:
    since = rng.uniform(clock.WARM_UP, clock.END - 15 * clock.DAY)
    return replace(buyer, since=since, rate=rng.uniform(0.03, 0.2))


def _coupon_lover(buyer: Buyer, rng: Random) -> Buyer:
    return replace(buyer, coupons=rng.uniform(0.85, 1), cancels=rng.uniform(0.05, 0.35),
                   rate=buyer.rate * 1.5, bargain=rng.uniform(0.2, 0.6))  # fmt: skip


def _cheap_sampler(buyer: Buyer, rng: Random) -> Buyer:
    """Tries the cheapest piece of many shops, says at once what it is worth, claims little sums."""
    return replace(buyer, bargain=rng.uniform(0.75, 1), haste=rng.uniform(0.1, 0.5),
                   picky=rng.uniform(0.15, 0.5), claims_refund=rng.uniform(0.3, 0.8),
                   review_bad=0.9, rate=buyer.rate * 1.4)  # fmt: skip


def _lazy(buyer: Buyer, rng: Random) -> Buyer:
    return replace(buyer, voice=draw_voice(rng, lazy=True), review_good=0.85, review_bad=0.7)


def _returner(buyer: Buyer, rng: Random) -> Buyer:
    return replace(buyer, loves="apparel", returns_at_will=rng.uniform(0.4, 0.65),
                   rate=buyer.rate * 1.8, misfit=rng.uniform(0.2, 0.5))  # fmt: skip


def _mover(buyer: Buyer, rng: Random) -> Buyer:
    return replace(buyer, moves=rng.uniform(0.02, 0.06), cancels=rng.uniform(0.05, 0.2))


def _angry_only(buyer: Buyer, rng: Random) -> Buyer:
    """Writes only when something went wrong, and then without ceremony."""
    return replace(buyer, review_good=rng.uniform(0, 0.06), review_bad=rng.uniform(0.85, 1),
                   patience=rng.betavariate(2, 4), haste=rng.uniform(0.1, 0.7),
                   rate=max(0.08, buyer.rate * 1.5))  # fmt: skip


_CHANGES: dict[str, Callable[[Buyer, Random], Buyer]] = {
    "new_buyers": _new_buyer,
    "coupon_lovers": _coupon_lover,
    "cheap_samplers": _cheap_sampler,
    "copy_paste_lazy": _lazy,
    "clothing_returners": _returner,
    "movers": _mover,
    "angry_only": _angry_only,
}
