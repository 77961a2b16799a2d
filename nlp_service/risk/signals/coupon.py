"""coupon 券滥用: coupons on orders that are then cancelled or sent back, beyond the category.

Using coupons and keeping the goods is what coupons are for: nothing, however many.
"""

from nlp_service.risk.orders import BuyerState, OrderState
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.claims import heaviest
from nlp_service.risk.signals.finding import Finding, fades, percent
from nlp_service.risk.signals.weighing import Hit, rate

CODE = "coupon"


def signal(state: BuyerState, policy: RiskPolicy) -> Finding:
    """Share of the orders with a coupon that did not last."""
    rules = policy.coupon
    found = rate(
        state,
        undone(state, policy),
        rules.fade,
        policy,
        ordinary=lambda order: _ordinary(order, policy),
        among=lambda order: order.order_id is not None and order.has_coupon,
    )
    if found is None:
        return Finding(CODE)
    reason = (
        f"近{rules.fade.window_days:g}天{found.orders}单用券,{found.tally.hits}单随后取消或退款,"
        f"折算占{percent(found.share)},同类约{percent(found.baseline)};{fades(rules.fade)}"
    )
    parts = (found.of_share(rules.share),)
    return Finding(CODE, found.share, found.baseline, parts, reason, found.tally.newest)


def undone(state: BuyerState, policy: RiskPolicy) -> dict[str, Hit]:
    """By order key: paid orders with a coupon that were cancelled, returned or refunded."""
    refunded = heaviest(state, policy, lambda _, refund: refund.terms.type != "exchange")
    hits = {order.key: hit for order, hit in refunded if order.has_coupon}
    for order in state.orders:
        if order.has_coupon and order.order_id and order.cancelled_at and order.paid_at:
            hits[order.key] = Hit(order.cancelled_at)
    return hits


def _ordinary(order: OrderState, policy: RiskPolicy) -> float:
    """Returned or, where it was not, cancelled."""
    returned = policy.baseline(order.category).returns
    return returned + (1.0 - returned) * policy.ordinary.cancelled
