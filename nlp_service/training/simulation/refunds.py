"""Who asks for money back, why, and what the shop answers."""

from random import Random

from nlp_service.training.simulation import clock, orders
from nlp_service.training.simulation.people import Buyer
from nlp_service.training.simulation.records import Order, Refund, RefundType

# Reasons as platforms word them, by what went wrong.
_REASONS = {
    "lost": "快递未送达", "not_received": "未收到货", "wrong": "发错货/漏发", "damaged": "包装破损",
    "size": "尺码不合适", "mismatch": "与描述不符", "late": "未按约定时间发货", "rude": "其他",
}  # fmt: skip
_SECOND_THOUGHTS = "七天无理由退货"
# What fits no return parcel: food, and sums below what posting costs.
_PERISHABLE = frozenset({"food", "fresh"})
_SMALL = 25.0


def decide(order: Order, buyer: Buyer, rng: Random) -> None:
    """Add the refund that this buyer asks for, if any, and the shop's refusal as a new trouble."""
    owed, harm = orders.is_owed(order), orders.loss(order)
    if rng.random() < buyer.returns_at_will and not owed and order.delivered_at:
        order.refund = request(order, "return_refund", _SECOND_THOUGHTS, _when(order, rng), rng)
        order.refund.granted = rng.random() < 0.97
    elif harm >= 1.2 and rng.random() < buyer.claims_refund * (1 if owed else 0.5):
        order.refund = request(order, _kind(order, rng), _reason(order), _when(order, rng), rng)
        order.refund.granted = rng.random() >= order.item.merchant.refuses
        answered = order.refund.decided_at < float("inf")
        if owed and answered and not order.refund.granted:
            order.troubles.append("refused")


def request(order: Order, kind: RefundType, reason: str, at: float, rng: Random) -> Refund:
    """A request for the whole sum or, now and then, a part; answered within days or never."""
    share = 1.0 if kind != "refund_only" or rng.random() < 0.7 else rng.uniform(0.2, 0.6)
    wait = float("inf") if rng.random() < 0.02 else rng.uniform(0.1, 5) * clock.DAY
    return Refund(kind, reason, at, at + wait, True, round(order.paid * share, 1))


def _kind(order: Order, rng: Random) -> RefundType:
    nothing_came = order.received_at is None
    if nothing_came or order.item.merchant.trade.category in _PERISHABLE or order.paid < _SMALL:
        return "refund_only"
    return rng.choices(("return_refund", "refund_only", "exchange"), (6, 3, 1))[0]


def _reason(order: Order) -> str:
    if order.flaw:
        return "质量问题"
    return next((_REASONS[trouble] for trouble in order.troubles if trouble in _REASONS), "其他")


def _when(order: Order, rng: Random) -> float:
    """After the parcel (or the scan), after ten days of waiting where nothing was ever scanned."""
    base = order.received_at or order.delivered_at
    if base is None:
        assert order.shipped_at is not None
        base = order.shipped_at + 10 * clock.DAY
    return clock.waking(base + min(6.5, rng.lognormvariate(-0.3, 1)) * clock.DAY, rng)
