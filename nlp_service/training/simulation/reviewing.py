"""Honest reviews: when somebody writes, and what a person with this experience says.

Only what happened is claimed; the words come from tables that attackers share.
"""

from random import Random

from nlp_service.training.simulation import catalog, clock, wording, writer
from nlp_service.training.simulation.orders import LOSSES
from nlp_service.training.simulation.people import Buyer
from nlp_service.training.simulation.records import Order, Posted
from nlp_service.training.simulation.settings import ORDINARY

_USED_WRONGLY = 0.05


def moment(order: Order, buyer: Buyer, stars: int, rng: Random) -> float:
    """When the review is posted: after the parcel, the scan or the answer to a claim."""
    base = order.received_at or order.delivered_at
    if base is None:
        assert order.shipped_at is not None
        base = order.shipped_at + 8 * clock.DAY
    elif "not_received" in order.troubles and order.delivered_at and rng.random() < 0.6:
        base = order.delivered_at + clock.HOUR  # does not wait until the parcel turns up
    if "refused" in order.troubles and order.refund and order.refund.decided_at < float("inf"):
        base = max(base, order.refund.decided_at)
    median_h = 30 * buyer.haste * (0.6 if stars <= 2 else 1.0)
    hours = min(24 * 45, median_h * rng.lognormvariate(0, 1.1))
    return clock.waking(base + (0.2 + hours) * clock.HOUR, rng)


def compose(order: Order, buyer: Buyer, stars: int, at: float, rng: Random) -> Posted:
    """The review of that order; `population` is the circumstance where one befell the buyer."""
    trade, mood = order.item.merchant.trade, mood_of(stars)
    slots = facts_as_slots(order, at, rng)
    if mood == "good" and rng.random() < 0.05:
        text, images = rng.choice(wording.DEFAULT_TEXTS), 0
    else:
        claims, extras = _claims(order, buyer, mood, rng), _extras(order, buyer, mood, rng)
        text = writer.write(writer.Draft(trade, mood, claims, slots, extras), buyer.voice, rng)
        images = count_images(buyer.images * (1.3 if mood == "bad" else 1), rng)
    return Posted(catalog.new_id("r", rng), order, at, stars, text, images, named(order, buyer))


def mood_of(stars: int) -> str:
    """bad, mid or good."""
    return "bad" if stars <= 2 else "mid" if stars == 3 else "good"


def named(order: Order, buyer: Buyer) -> str:
    """The circumstance that befell the buyer, else the population."""
    if order.from_bad_batch:
        return "bad_batch_victims"
    if "not_received" in order.troubles:
        return "false_signoff_victims"
    if buyer.population == ORDINARY and "refused" in order.troubles:
        return "provoked"
    return buyer.population


def count_images(habit: float, rng: Random) -> int:
    """0 to 9."""
    if rng.random() >= habit:
        return 0
    return min(9, 1 + int(rng.expovariate(0.6)))


def facts_as_slots(order: Order, at: float, rng: Random) -> dict[str, str]:
    """Slots with times as they were; one in twenty remembers wrongly or bought before."""
    slots = writer.fill_slots(order.item.merchant.trade, order.item.noun, order.paid, rng)
    had = (at - (order.received_at or order.delivered_at or at)) / clock.DAY
    if rng.random() < _USED_WRONGLY:
        had += rng.uniform(3, 40)
    waited = (min(at, order.received_at or order.delivered_at or at) - order.at) / clock.DAY
    return {**slots, "used": writer.say_span(max(0.0, had)), "waited": writer.say_span(waited)}


def _claims(order: Order, buyer: Buyer, mood: str, rng: Random) -> list[str]:
    praise = order.item.merchant.trade.praise
    if mood == "good":
        return rng.sample(praise, min(3, int(4.5 * buyer.voice.wordiness * rng.random() + 0.3)))
    told = [trouble_clause(t, order, rng) for t in _gravest_first(order)]
    if order.flaw:
        told.insert(0, order.flaw[1])
    if mood == "mid":
        return told[:1] + rng.sample(praise, rng.random() < 0.5)
    # Curt people say that it is bad and not why.
    curt = rng.random() < 0.45 * (1 - buyer.voice.wordiness)
    return [] if curt else told[: 1 + (rng.random() < 0.6) + (rng.random() < 0.4)]


def _gravest_first(order: Order) -> list[str]:
    return sorted(set(order.troubles), key=lambda trouble: (-LOSSES[trouble], trouble))


def trouble_clause(trouble: str, order: Order, rng: Random) -> str:
    """A clause that tells this trouble."""
    if trouble == "size":
        fits = [c for aspect, c in order.item.merchant.trade.flaws if aspect == "size_fit"]
        return rng.choice(fits)
    return rng.choice(wording.TROUBLES[trouble])


def _extras(order: Order, buyer: Buyer, mood: str, rng: Random) -> list[str]:
    if mood != "bad":
        return [rng.choice(wording.COMPARISONS)] if mood == "mid" and rng.random() < 0.08 else []
    hurt = 2.0 if "refused" in order.troubles else 1.0
    chances = (
        (wording.DUE_CLAIMS, 0.16 * hurt),
        (wording.LAWFUL_ANGER, 0.14 * hurt * (1 - buyer.patience)),
        (wording.COMPARISONS, 0.08),
        (wording.TROUBLES["cash"], 0.25 * order.item.merchant.pays_for_stars),
    )
    return [rng.choice(pool) for pool, chance in chances if rng.random() < chance]


def follow_up(first: Posted, buyer: Buyer, rng: Random) -> Posted | None:
    """What the buyer adds later: mended, offered cash, or how it lasted; None for most."""
    if rng.random() > (0.16 if first.rating <= 2 else 0.05):
        return None
    at = clock.waking(first.at + rng.uniform(1, 35) * clock.DAY, rng)
    if at >= clock.END:
        return None
    order, stars = first.order, first.rating
    slots = facts_as_slots(order, at, rng)
    opening, mood = rng.choice(wording.FOLLOW_BAD), mood_of(stars)
    claims = list(rng.sample(order.item.merchant.trade.praise, 1)) if stars >= 3 else []
    if stars <= 2 and order.refund and order.refund.granted and order.refund.decided_at < at:
        opening, stars, mood = rng.choice(wording.FOLLOW_MENDED), rng.randint(3, 5), "mid"
    elif stars <= 2:
        paid = rng.random() < order.item.merchant.pays_for_stars
        claims = [rng.choice(wording.TROUBLES["cash" if paid else "rude"])]
    draft = writer.Draft(order.item.merchant.trade, mood, claims, slots, (), (opening,))
    text = writer.write(draft, buyer.voice, rng)
    images = count_images(buyer.images * 0.6, rng)
    made = Posted(catalog.new_id("r", rng), order, at, stars, text, images, first.population)
    made.append_of = first.id
    return made
