"""rulings 裁定不利: complaints dismissed by the platform, refunds refused by shops; slight.

A refusal is the shop's own word: all refusals of one shop count once, and one that ended in a
refund or in an upheld complaint not at all.
"""

from nlp_service.risk.orders import BuyerState, OrderState
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.finding import Finding, fades
from nlp_service.risk.signals.weighing import Hit, tally

CODE = "rulings"


def signal(state: BuyerState, policy: RiskPolicy) -> Finding:
    """Rulings against the buyer."""
    rules = policy.rulings
    dismissed = [Hit(order.dismissed_at) for order in state.orders if order.dismissed_at]
    refused = [hit for _, hit in sorted(_refusals(state, rules.rejected).items())]
    found = tally([*dismissed, *refused], rules.fade, state.as_of)
    if found is None:
        return Finding(CODE)
    points = rules.count.points * rules.count.strength(found.count) * found.fading
    reason = (
        f"近{rules.fade.window_days:g}天投诉被驳回或退款被拒共{found.hits}次"
        f"(同一商家的拒绝只算一次);{fades(rules.fade)}"
    )
    parts = ((rules.count.family, points),)
    return Finding(CODE, found.count * found.fading, 0.0, parts, reason, found.newest)


def _refusals(state: BuyerState, weight: float) -> dict[str, Hit]:
    """The newest refusal of each shop."""
    newest: dict[str, Hit] = {}
    for order in state.orders:
        decided = [refund.decided_at for refund in order.refunds if refund.decided_at]
        if decided and _is_refused(order):
            hit, shop = Hit(max(decided), weight), order.merchant_id or ""
            newest[shop] = max(newest.get(shop, hit), hit, key=lambda one: one.at)
    return newest


def _is_refused(order: OrderState) -> bool:
    """Refused, and neither cleared, nor paid after all, nor counted as a dismissed complaint."""
    outcomes = {refund.outcome for refund in order.refunds}
    open_to_doubt = order.is_cleared or order.dismissed_at is not None
    return "rejected" in outcomes and "completed" not in outcomes and not open_to_doubt
