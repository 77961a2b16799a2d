"""Count x 2^(-age / half-life), shrunk to the ordinary share of the categories.

Strengths are taken at the newest evidence and fade from there, so that without new events the
points halve in one half-life, neither sooner nor later, and never rise.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nlp_service.risk.orders import BuyerState, OrderState
from nlp_service.risk.policy import Fade, Part, RiskPolicy

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hit:
    """One piece of evidence; `weight` in [0, 1]."""

    at: datetime
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Tally:
    """Evidence within its window: `hits` of them, worth `count` at the time of the newest.

    `fading` is what is left of that today, in (0, 1].
    """

    hits: int
    count: float
    newest: datetime
    fading: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A tally over orders: `share` is shrunk to `baseline`, `excess` is the count above it.

    `counts` says whether there are orders enough for the share to mean anything.
    """

    tally: Tally
    orders: int
    share: float
    baseline: float
    excess: float
    counts: bool

    def of_share(self, part: Part) -> tuple[str, float]:
        """Family and points of how often it happens."""
        strength = part.strength(self.share - self.baseline) if self.counts else 0.0
        return part.family, part.points * strength * self.tally.fading

    def of_count(self, part: Part) -> tuple[str, float]:
        """Family and points of how many there are."""
        return part.family, part.points * part.strength(self.excess) * self.tally.fading


def decay(age: timedelta, fade: Fade) -> float:
    """What is left after `age`; in (0, 1], 1 for what is yet to come."""
    return float(2.0 ** (-max(0.0, age / _DAY) / fade.half_life_days))


def is_recent(at: datetime, fade: Fade, as_of: datetime) -> bool:
    """Whether it lies within the window that ends at `as_of`."""
    return as_of - at <= fade.window_days * _DAY


def tally(hits: Sequence[Hit], fade: Fade, as_of: datetime) -> Tally | None:
    """What weighs within the window; None where nothing does."""
    recent = [hit for hit in hits if hit.weight > 0 and is_recent(hit.at, fade, as_of)]
    if not recent:
        return None
    newest = max(hit.at for hit in recent)
    count = sum(hit.weight * decay(newest - hit.at, fade) for hit in recent)
    return Tally(len(recent), count, newest, decay(as_of - newest, fade))


def rate(
    state: BuyerState,
    hits: Mapping[str, Hit],
    fade: Fade,
    policy: RiskPolicy,
    *,
    ordinary: Callable[[OrderState], float],
    among: Callable[[OrderState], bool] = lambda order: order.is_fulfilled,
) -> Rate | None:
    """Hits by order key over the orders `among` which they fall; None where nothing weighs."""
    found = tally(list(hits.values()), fade, state.as_of)
    if found is None:
        return None
    worth = dict(_exposure(state, hits, found.newest, fade, among))
    exposure = sum(worth.values())
    expected = sum(ordinary(order) * worth.get(order.key, 0.0) for order in state.orders)
    baseline = expected / exposure
    prior = policy.prior_orders
    share = (found.count + baseline * prior) / (exposure + prior)
    enough = len(worth) >= policy.min_orders
    return Rate(found, len(worth), share, baseline, found.count - expected, enough)


def _exposure(
    state: BuyerState,
    hits: Mapping[str, Hit],
    newest: datetime,
    fade: Fade,
    among: Callable[[OrderState], bool],
) -> list[tuple[str, float]]:
    """Orders that the share is taken over, as old at the newest evidence as the evidence is."""
    worth = []
    for order in state.orders:
        hit = hits.get(order.key)
        weighs = hit is not None and hit.weight > 0 and is_recent(hit.at, fade, state.as_of)
        at = hit.at if hit is not None and weighs else order.started_at
        if at is None or not (weighs or (among(order) and is_recent(at, fade, newest))):
            continue
        worth.append((order.key, decay(newest - at, fade)))
    return worth
