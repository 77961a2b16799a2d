"""All lives of a world: attackers first, then honest buyers until the wanted number is posted.

Dorm mates and livestream fans live in groups that plan purchases together; all others alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from nlp_service.training.simulation import campaigns, catalog, clock, honest, people, writer
from nlp_service.training.simulation.honest import Plan, World
from nlp_service.training.simulation.people import Buyer
from nlp_service.training.simulation.records import Happening, Life
from nlp_service.training.simulation.settings import ORDINARY, ORDINARY_SHARE, Settings

_TEAMS_PER_FAMILY = 10_000
# Mean size of those who come in groups, so that no kind crowds out the others.
_GROUP_SIZES = {"dorm_mates": 5.0, "livestream_fans": 8.5}
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Society:
    """Every life, in the order they were lived; what is written is sorted by time."""

    lives: tuple[Life, ...]
    shops: int
    items: int


def simulate(settings: Settings, tell: Tell | None = None) -> Society:
    """Live the world; exactly `settings.reviews` reviews lie in the window.

    `tell` hears how many are posted so far. Deterministic by the settings.
    """
    unseen = settings.split == "held_out"
    rng = Random(f"{settings.seed}:catalog:{settings.split}")
    offer = catalog.build(settings.reviews, rng, bad_batches=unseen)
    attackers = World(offer, Random(f"{settings.seed}:attackers:{settings.split}"))
    lives = [life for life in _attacks(settings, attackers) if life.orders]
    posted = sum(len(in_window(life)) for life in lives)
    honest_world = World(offer, Random(f"{settings.seed}:honest:{settings.split}"))
    for life in _honest_lives(settings, honest_world):
        posted += len(in_window(life))
        lives.append(life)
        if tell:
            tell(min(posted, settings.reviews))
        if posted >= settings.reviews:
            _drop_surplus(lives, posted - settings.reviews)
            break
    return Society(tuple(lives), len({i.merchant.id for i in offer.items}), len(offer.items))


def in_window(life: Life) -> list[int]:
    """Places of the life's reviews that are posted within the window."""
    return [place for place, review in enumerate(life.reviews) if review.at >= clock.WARM_UP]


def _drop_surplus(lives: list[Life], surplus: int) -> None:
    """Take the newest honest reviews back from the last lives; a follow-up goes with its first."""
    for _ in range(surplus):
        life = next(x for x in reversed(lives) if _honest_places(x))
        places = _honest_places(life)
        place = next((p for p in reversed(places) if life.reviews[p].append_of), places[-1])
        order = life.reviews.pop(place).order
        # What a moderator said of a review goes with it.
        said = ("review_confirmed_malicious", "review_confirmed_genuine", "appeal_upheld")
        life.happenings = [h for h in life.happenings if h.order is not order or h.kind not in said]


def _honest_places(life: Life) -> list[int]:
    return [place for place in in_window(life) if life.reviews[place].family is None]


def _attacks(settings: Settings, world: World) -> Iterator[Life]:
    for family, wanted in settings.quotas().items():
        for _ in range(_TEAMS_PER_FAMILY):
            if wanted <= 0:
                break
            for life in campaigns.wage(family, wanted, world, settings.split):
                wanted -= sum(1 for p in in_window(life) if life.reviews[p].family)
                yield life


def _honest_lives(settings: Settings, world: World) -> Iterator[Life]:
    rng, kinds = world.rng, settings.populations
    chances = [1 / _GROUP_SIZES.get(kind, 1) for kind in kinds]
    while True:
        kind = ORDINARY if rng.random() < ORDINARY_SHARE else rng.choices(kinds, chances)[0]
        if kind == "dorm_mates":
            yield from _dorm(world)
        elif kind == "livestream_fans":
            yield from _fans(world)
        else:
            yield honest.live(people.draw_buyer(kind, rng), world)


def _dorm(world: World) -> Iterator[Life]:
    """Four to six people at one address who order together and talk about it."""
    rng = world.rng
    province, city = rng.choice(honest.PLACES)
    shared = _shared_plans(world, rng.randint(6, 16))
    # In every second room one roommate's sentences go round.
    voice = writer.draw_voice(rng, lazy=True) if rng.random() < 0.5 else None
    moved_in = rng.uniform(0, clock.WARM_UP)
    for _ in range(rng.randint(4, 6)):
        buyer = people.draw_buyer("dorm_mates", rng)
        buyer = replace(buyer, voice=voice or buyer.voice, rate=buyer.rate * 0.5)
        life = honest.live(buyer, world, _joined(shared, buyer, rng))
        where = {"province": province, "city": city}
        life.happenings.append(Happening("address_changed", moved_in, None, where))
        yield life


def _fans(world: World) -> Iterator[Life]:
    """Followers of one host: the same shops on the same evenings."""
    rng = world.rng
    evenings = [_evening(world) for _ in range(rng.randint(2, 6))]
    shared = [plan for evening in evenings for plan in evening]
    for _ in range(rng.randint(5, 12)):
        buyer = people.draw_buyer("livestream_fans", rng)
        buyer = replace(buyer, rate=buyer.rate * 0.6)
        yield honest.live(buyer, world, _joined(shared, buyer, rng))


def _evening(world: World) -> list[Plan]:
    day = world.rng.uniform(clock.WARM_UP * 0.6, clock.END - 10 * clock.DAY) // clock.DAY
    at = day * clock.DAY + 20 * clock.HOUR
    return [(at, world.offer.pick(world.rng)) for _ in range(world.rng.randint(3, 6))]


def _shared_plans(world: World, count: int) -> list[Plan]:
    rng = world.rng
    times = (rng.uniform(clock.WARM_UP * 0.6, clock.END - 10 * clock.DAY) for _ in range(count))
    return [(clock.waking(at, rng), world.offer.pick(rng)) for at in times]


def _joined(shared: list[Plan], buyer: Buyer, rng: Random) -> list[Plan]:
    """The shared purchases that this member joins, some minutes or hours later."""
    keen = 0.35 + 0.5 * (1 - buyer.misfit)
    late = 2 * clock.HOUR
    return [(at + rng.random() * late, item) for at, item in shared if rng.random() < keen]
