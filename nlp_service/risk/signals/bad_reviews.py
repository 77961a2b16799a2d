"""bad_reviews 差评占比: one or two stars on far more of the orders than others give; weak.

Counted over orders, not over reviews: many people write only when they are angry. A review that
was found genuine, or whose complaint was upheld, is not counted.
"""

from nlp_service.risk.orders import BuyerState, OrderState
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.finding import Finding, fades, percent
from nlp_service.risk.signals.weighing import Hit, rate

CODE = "bad_reviews"


def signal(state: BuyerState, policy: RiskPolicy) -> Finding:
    """Share of orders with a bad review."""
    rules = policy.bad_reviews
    hits = {
        order.key: Hit(order.rated_at)
        for order in state.orders
        if order.rated_at and is_bad(order, policy) and not order.is_cleared
    }
    ordinary = policy.ordinary.bad_reviews
    found = rate(state, hits, rules.fade, policy, ordinary=lambda _: ordinary)
    if found is None:
        return Finding(CODE)
    reason = (
        f"近{rules.fade.window_days:g}天{found.orders}单中{found.tally.hits}单给了差评,"
        f"折算占{percent(found.share)},平均约{percent(found.baseline)};{fades(rules.fade)}"
    )
    parts = (found.of_share(rules.share),)
    return Finding(CODE, found.share, found.baseline, parts, reason, found.tally.newest)


def is_bad(order: OrderState, policy: RiskPolicy) -> bool:
    """Whether the last stars given are few."""
    return order.rating is not None and order.rating <= policy.bad_reviews.rating
