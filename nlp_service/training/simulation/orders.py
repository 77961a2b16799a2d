"""One order from click to parcel: what was paid, shipped, scanned, received, and what went wrong.

The same door serves honest buyers and attackers: an attacker's order is a real order, and its
parcel may be late or flawed like any other.
"""

from random import Random

from nlp_service.training.simulation import catalog, clock
from nlp_service.training.simulation.catalog import Catalog, Courier, Item
from nlp_service.training.simulation.people import Buyer
from nlp_service.training.simulation.records import Order

# How much each trouble takes off five stars for a person of middling patience.
LOSSES = {
    "late": 1.0, "not_received": 2.6, "lost": 3.6, "wrong": 2.3, "damaged": 1.6, "rude": 1.1,
    "refused": 1.8, "cash": 0.8, "mismatch": 1.3, "size": 1.6, "flaw": 2.1, "hazard": 3.4,
}  # fmt: skip


def place(buyer: Buyer, item: Item, at: float, offer: Catalog, rng: Random) -> Order:
    """An order and all that befell it, its refund and reviews left out."""
    coupon = round(item.price * rng.uniform(0.05, 0.35), 1) if rng.random() < buyer.coupons else 0.0
    price = round(item.price - coupon, 1)
    order = Order(catalog.new_id("o", rng), item, at, paid=price, coupon=coupon)
    if rng.random() < buyer.cancels:
        return _cancelled(order, rng)
    order.paid_at = at + rng.expovariate(1 / 90)
    order.shipped_at = order.paid_at + (0.1 + rng.expovariate(1 / item.merchant.ship_days)) * 86_400
    _carry(order, rng.choice(offer.couriers), rng)
    if order.received_at is not None:
        _unpack(order, buyer, rng)
    return order


def _cancelled(order: Order, rng: Random) -> Order:
    """Two of three cancelled orders were never paid."""
    if rng.random() < 1 / 3:
        order.paid_at = order.at + rng.expovariate(1 / 90)
    order.cancelled_at = (order.paid_at or order.at) + rng.expovariate(1 / clock.HOUR)
    return order


def _carry(order: Order, courier: Courier, rng: Random) -> None:
    assert order.shipped_at is not None
    if rng.random() < courier.lost:
        order.troubles.append("lost")
        return
    days = courier.days * rng.lognormvariate(0, 0.35)
    order.delivered_at = order.received_at = order.shipped_at + days * clock.DAY
    if order.delivered_at - order.at > 6.5 * clock.DAY:
        order.troubles.append("late")
    if rng.random() < courier.false_signoff:
        order.troubles.append("not_received")
        # One parcel in five never turns up; the others lie at a station for some days.
        found = rng.random() < 0.8
        order.received_at = order.delivered_at + rng.uniform(1, 6) * clock.DAY if found else None


def _unpack(order: Order, buyer: Buyer, rng: Random) -> None:
    item, shop = order.item, order.item.merchant
    order.from_bad_batch = item.bad_at(order.at) and rng.random() < catalog.batch_defects()
    if order.from_bad_batch:
        order.flaw = item.batch_flaw
    elif rng.random() < item.defects:
        hazard = rng.random() < 0.08
        order.flaw = rng.choice(shop.trade.hazards if hazard else shop.trade.flaws)
    chances = (
        ("wrong", shop.wrong),
        ("damaged", 0.02),
        ("mismatch", buyer.picky),
        ("rude", shop.rude / 2),
        ("size", buyer.misfit * shop.trade.has_size),
    )
    order.troubles += [trouble for trouble, chance in chances if rng.random() < chance]


def loss(order: Order) -> float:
    """Stars that the order's troubles cost, patience not yet counted."""
    total = sum(LOSSES[trouble] for trouble in order.troubles)
    if order.flaw:
        total += LOSSES["hazard" if order.flaw in order.item.merchant.trade.hazards else "flaw"]
    return total


def is_owed(order: Order) -> bool:
    """Whether the buyer has a claim beyond the seven days of second thoughts."""
    return order.flaw is not None or not {"not_received", "lost", "wrong", "damaged"}.isdisjoint(
        order.troubles
    )
