"""Attackers at work: teams pursue a goal under a budget, and learn when they are caught.

    family -> team (skill, accounts, targets, budget) -> strikes in time -> orders, reviews, claims

A strike is a real order through orders.place; only its review (and its claim) is made up. Each
account leads an honest life beside it, long or short by how much the team spends.
"""

from dataclasses import dataclass, field, replace
from random import Random

from nlp_service.training.simulation import clock, honest, orders, people, refunds
from nlp_service.training.simulation.catalog import Item
from nlp_service.training.simulation.families import FAMILIES, Family, Pair
from nlp_service.training.simulation.forgery import Forger
from nlp_service.training.simulation.honest import World
from nlp_service.training.simulation.people import Buyer
from nlp_service.training.simulation.records import Happening, Life, Order, Posted, RefundType
from nlp_service.training.simulation.settings import ATTACKER, ORDINARY

# What a strike costs besides the goods, and what an account costs, fresh and aged (yuan).
_WAGE, _FRESH, _AGED = 8.0, 10.0, 60.0
# A clumsy strike is found in one case of four; being found teaches.
_FOUND, _LESSON = 0.25, 0.12


@dataclass(slots=True)
class Account:
    """A buyer in the hands of a team."""

    buyer: Buyer
    life: Life


@dataclass(slots=True)
class Team:
    """One campaign; `skill` in 0..1 grows when a strike is found."""

    name: str
    family: Family
    skill: float
    budget: float
    accounts: list[Account] = field(default_factory=list)
    targets: list[Item] = field(default_factory=list)

    def between(self, pair: Pair) -> float:
        """Clumsy to skilled, at this team's skill."""
        return pair[0] + (pair[1] - pair[0]) * self.skill


def wage(name: str, wanted: int, world: World, split: str) -> list[Life]:
    """Lives of one team that posts at most `wanted` malicious reviews in the window."""
    rng, family = world.rng, FAMILIES[name]
    start = _start(family, rng)
    team = Team(name, family, rng.uniform(*family.skill), rng.uniform(*family.budget))
    team.targets = _targets(family, world)
    team.accounts = [_recruit(team, start, world) for _ in range(rng.randint(*family.accounts))]
    forger = Forger(rng, new_wording=split == "held_out")
    for at, account, item in _schedule(team, start, rng):
        if wanted <= 0 or team.budget <= 0:
            break
        wanted -= _strike(team, forger, account, item, at, world)
    return [account.life for account in team.accounts]


def _start(family: Family, rng: Random) -> float:
    early = 0.4 * clock.WARM_UP if family.early else clock.WARM_UP
    return rng.uniform(early, clock.END - 20 * clock.DAY)


def _targets(family: Family, world: World) -> list[Item]:
    items = [_target(family, world) for _ in range(world.rng.randint(*family.shops))]
    bargain = world.rng.random() < family.cheapest
    return [honest.cheapest(item, world.offer) if bargain else item for item in items]


def _target(family: Family, world: World) -> Item:
    """Any shop; a quarrel starts where claims are refused."""
    seen = [world.offer.pick(world.rng) for _ in range(3 if family.quarrel else 1)]
    return max(seen, key=lambda item: item.merchant.refuses)


def _recruit(team: Team, start: float, world: World) -> Account:
    """An own account turned bad, a bought one with a past, or one made for the purpose."""
    rng = world.rng
    turned = rng.random() < team.family.turned
    aged = turned or rng.random() < team.between(team.family.aged)
    team.budget -= 0 if turned else _AGED if aged else _FRESH
    buyer = people.draw_buyer(ORDINARY, rng)
    buyer = replace(buyer, population=ORDINARY if turned else ATTACKER, since=-1.0)
    if not aged:
        since = start - rng.uniform(1, 25) * clock.DAY
        buyer = replace(buyer, since=since, rate=rng.uniform(0.005, 0.06) + 0.05 * team.skill)
    return Account(buyer, honest.live(buyer, world))


def _schedule(team: Team, start: float, rng: Random) -> list[tuple[float, Account, Item]]:
    """Who orders what and when; every account of a gang visits most of the team's shops."""
    span = team.between(team.family.span_days) * clock.DAY
    plan = []
    for account in team.accounts:
        for number in range(rng.randint(*team.family.strikes)):
            item = team.targets[number % len(team.targets)]
            if not team.family.copies:
                item = rng.choice(team.targets)
            plan.append((clock.waking(start + rng.random() * span, rng), account, item))
    return sorted(plan, key=lambda step: step[0])


def _strike(
    team: Team, forger: Forger, account: Account, item: Item, at: float, world: World
) -> int:
    """One order and its made-up review; 1 when it lies in the window, else 0."""
    rng, buyer = world.rng, replace(account.buyer, cancels=0.0)
    order = orders.place(buyer, item, at, world.offer, rng)
    posted_at = _post_moment(team, order, rng)
    if posted_at is None or posted_at >= clock.END:
        return 0
    account.life.orders.append(order)
    review = forger.forge(team, order, account.buyer, posted_at)
    account.life.reviews.append(review)
    _claim(team, order, posted_at, rng)
    _pay(team, order)
    _face_moderators(team, account, review, rng)
    return int(posted_at >= clock.WARM_UP)


def _post_moment(team: Team, order: Order, rng: Random) -> float | None:
    """After the parcel, as an honest buyer would wait, or sooner; None where nothing came."""
    if order.delivered_at is None:
        return None
    hours = team.between(team.family.delay_h) * rng.lognormvariate(0, 1.0)
    return clock.waking(order.delivered_at + (0.2 + hours) * clock.HOUR, rng)


def _claim(team: Team, order: Order, posted_at: float, rng: Random) -> None:
    if rng.random() >= team.family.refund:
        return
    only = rng.random() < team.family.refund_only
    assert order.delivered_at is not None
    at = max(order.delivered_at + clock.HOUR, posted_at + rng.gauss(-12, 40) * clock.HOUR)
    reason = rng.choice(("质量问题", "与描述不符", "未收到货", "其他"))
    kind: RefundType = "refund_only" if only else "return_refund"
    order.refund = refunds.request(order, kind, reason, at, rng)
    order.refund.granted = rng.random() < team.family.granted


def _pay(team: Team, order: Order) -> None:
    back = order.refund.amount if order.refund and order.refund.granted else 0.0
    team.budget -= _WAGE + order.paid - back


def _face_moderators(team: Team, account: Account, review: Posted, rng: Random) -> None:
    """A found strike is confirmed some days later in most cases, and the team adapts."""
    if rng.random() >= _FOUND * (1 - 0.7 * team.skill):
        return
    team.skill = min(1.0, team.skill + _LESSON)
    if rng.random() < 0.6:
        seen = review.at + rng.uniform(2, 20) * clock.DAY
        happening = Happening("review_confirmed_malicious", seen, review.order)
        account.life.happenings.append(happening)
