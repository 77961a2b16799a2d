"""An honest life: orders, refunds and reviews that come out of what happened.

    shopping moments -> place -> refund -> stars -> review -> follow-up

Attackers use `live` for the life that hides them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from nlp_service.training.simulation import clock, orders, refunds, reviewing
from nlp_service.training.simulation.catalog import Catalog, Item
from nlp_service.training.simulation.people import Buyer
from nlp_service.training.simulation.records import Happening, Life, Order, Posted

# Share of reviews in which a happy buyer hit the wrong star.
_MISCLICKS = 0.012
# An order already planned by a household or a livestream: when and what.
Plan = tuple[float, Item]
PLACES = (
    ("浙江省", "杭州市"), ("广东省", "广州市"), ("江苏省", "南京市"), ("四川省", "成都市"),
    ("湖北省", "武汉市"), ("河南省", "郑州市"), ("山东省", "青岛市"), ("陕西省", "西安市"),
    ("福建省", "厦门市"), ("湖南省", "长沙市"), ("辽宁省", "沈阳市"), ("云南省", "昆明市"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """What every life needs: the offer, and the stream of chance of this life."""

    offer: Catalog
    rng: Random


def live(buyer: Buyer, world: World, plans: Sequence[Plan] = ()) -> Life:
    """Everything one person does from its first day to the end."""
    rng, life = world.rng, Life(buyer.id)
    moments = clock.shopping_times(buyer.rate, max(0.0, buyer.since), clock.END, rng)
    wished = [(at, choose(buyer, world)) for at in moments] + list(plans)
    for at, item in sorted(wished, key=lambda plan: plan[0]):
        _buy(buyer, item, at, world, life)
    _move(buyer, life, rng)
    return life


def choose(buyer: Buyer, world: World) -> Item:
    """By taste and purse; bargain hunters take the cheapest piece of a shop."""
    rng, offer = world.rng, world.offer
    loved = offer.by_trade.get(buyer.loves or "")
    item = rng.choice(loved) if loved and rng.random() < 0.75 else offer.pick(rng)
    if rng.random() < buyer.bargain:
        return cheapest(item, offer)
    return item


def cheapest(item: Item, offer: Catalog) -> Item:
    """The cheapest piece of the item's shop."""
    same = [i for i in offer.by_trade[item.merchant.trade.category] if i.merchant is item.merchant]
    return min(same, key=lambda other: other.price)


def _buy(buyer: Buyer, item: Item, at: float, world: World, life: Life) -> None:
    rng = world.rng
    order = orders.place(buyer, item, at, world.offer, rng)
    life.orders.append(order)
    if order.cancelled_at is not None:
        return
    refunds.decide(order, buyer, rng)
    stars = _stars(order, buyer, rng)
    if rng.random() < (buyer.review_bad if stars <= 2 else buyer.review_good):
        _speak(order, buyer, stars, life, rng)
    if orders.is_owed(order) and order.refund and not order.refund.granted:
        _complain(order, life, rng)


def _stars(order: Order, buyer: Buyer, rng: Random) -> int:
    felt = 5.2 - orders.loss(order) * (1.45 - 0.8 * buyer.patience) + rng.gauss(0, 0.5)
    return max(1, min(5, round(felt)))


def _speak(order: Order, buyer: Buyer, stars: int, life: Life, rng: Random) -> None:
    at = reviewing.moment(order, buyer, stars, rng)
    if at >= clock.END:
        return
    shown = rng.randint(1, 2) if stars >= 4 and rng.random() < _MISCLICKS else stars
    review = reviewing.compose(order, buyer, stars, at, rng)
    review.rating = shown
    life.reviews.append(review)
    if follow := reviewing.follow_up(review, buyer, rng):
        life.reviews.append(follow)
    if shown <= 2:
        _moderate(review, life, rng)


def _moderate(review: Posted, life: Life, rng: Random) -> None:
    """Moderators err, too: a few honest bad reviews are taken for malicious, then cleared."""
    if rng.random() < 0.003:
        wrong = review.at + rng.uniform(2, 8) * clock.DAY
        life.happenings.append(Happening("review_confirmed_malicious", wrong, review.order))
        life.happenings.append(Happening("appeal_upheld", wrong + 3 * clock.DAY, review.order))
    elif rng.random() < 0.02:
        seen = review.at + rng.uniform(1, 8) * clock.DAY
        life.happenings.append(Happening("review_confirmed_genuine", seen, review.order))


def _complain(order: Order, life: Life, rng: Random) -> None:
    assert order.refund is not None
    if rng.random() < 0.35:
        kind = "complaint_upheld" if rng.random() < 0.85 else "complaint_dismissed"
        at = order.refund.decided_at + rng.uniform(1, 9) * clock.DAY
        life.happenings.append(Happening(kind, at, order))


def _move(buyer: Buyer, life: Life, rng: Random) -> None:
    for at in clock.shopping_times(buyer.moves, max(0.0, buyer.since), clock.END, rng):
        province, city = rng.choice(PLACES)
        life.happenings.append(
            Happening("address_changed", at, None, {"province": province, "city": city})
        )
