"""refund_only 仅退款滥用: money back, goods kept, more often and more of them than others.

Only requests after a known delivery. Confirmed by a ruling: nothing. "Not received" is a signal of
its own.
"""

from nlp_service.risk.orders import BuyerState, OrderState, Refund
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.claims import heaviest, is_after_delivery, says
from nlp_service.risk.signals.finding import Finding, fades, percent
from nlp_service.risk.signals.weighing import Hit, Rate, rate

CODE = "refund_only"


def signal(state: BuyerState, policy: RiskPolicy) -> Finding:
    """Share of delivered orders whose money was asked back without the goods."""
    rules = policy.refund_only
    found = rate(
        state,
        _hits(state, policy),
        rules.fade,
        policy,
        ordinary=lambda order: policy.baseline(order.category).refund_only,
    )
    if found is None:
        return Finding(CODE)
    return Finding(
        CODE,
        found.share,
        found.baseline,
        (found.of_share(rules.share), found.of_count(rules.count)),
        _reason(found, policy),
        found.tally.newest,
    )


def _hits(state: BuyerState, policy: RiskPolicy) -> dict[str, Hit]:
    def wanted(order: OrderState, refund: Refund) -> bool:
        is_own = refund.terms.type == CODE and not says(refund, policy.reasons.not_received)
        return is_own and is_after_delivery(order, refund)

    return {order.key: hit for order, hit in heaviest(state, policy, wanted)}


def _reason(found: Rate, policy: RiskPolicy) -> str:
    fade = policy.refund_only.fade
    share = f"折算占{percent(found.share)},同类约{percent(found.baseline)}"
    if not found.counts:
        share = f"不足{policy.min_orders}单,比例不计"
    counted = f"近{fade.window_days:g}天{found.orders}单中{found.tally.hits}单签收后只退款"
    return f"{counted},{share};{fades(fade)}"
