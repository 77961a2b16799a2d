"""refund_only 仅退款滥用: money back, goods kept, more often and more of them than others.

Only requests after a known delivery. Confirmed by a ruling: nothing. "Not received" is a signal of
its own.
"""

from nlp_service.risk.orders import BuyerState, OrderState, Refund
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.claims import heaviest, is_after_delivery, says
from nlp_service.risk.signals.finding import Finding
from nlp_service.risk.signals.share_count import share_and_count
from nlp_service.risk.signals.weighing import Hit, rate

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
    return share_and_count(CODE, found, rules, policy, what="签收后只退款", others="同类")


def _hits(state: BuyerState, policy: RiskPolicy) -> dict[str, Hit]:
    def wanted(order: OrderState, refund: Refund) -> bool:
        is_own = refund.terms.type == CODE and not says(refund, policy.reasons.not_received)
        return is_own and is_after_delivery(order, refund)

    return {order.key: hit for order, hit in heaviest(state, policy, wanted)}
