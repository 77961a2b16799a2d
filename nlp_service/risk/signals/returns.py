"""returns 退货异常: goods sent back beyond what is ordinary in the category.

Returning within seven days is a right and weighs nothing alone; it only adds to what other
signals say. Goods sent back for their quality, and paid for, are the shop's affair.
"""

from nlp_service.risk.orders import BuyerState, OrderState, Refund
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.claims import heaviest, says
from nlp_service.risk.signals.finding import Finding, fades, percent
from nlp_service.risk.signals.weighing import Hit, rate

CODE = "returns"
TYPE = "return_refund"


def signal(state: BuyerState, policy: RiskPolicy) -> Finding:
    """Share of orders sent back; `alone` holds the late returns only."""
    late = _finding(state, policy, late_only=True)
    return _finding(state, policy, late_only=False, alone=late)


def _finding(
    state: BuyerState, policy: RiskPolicy, *, late_only: bool, alone: Finding | None = None
) -> Finding:
    rules = policy.returns
    found = rate(
        state,
        _hits(state, policy, late_only=late_only),
        rules.fade,
        policy,
        ordinary=lambda order: policy.baseline(order.category).returns,
    )
    if found is None:
        return Finding(CODE)
    what = "超过七天退货" if late_only else "退货"
    reason = (
        f"近{rules.fade.window_days:g}天{found.orders}单中{found.tally.hits}单{what},"
        f"折算占{percent(found.share)},同类约{percent(found.baseline)};{fades(rules.fade)}"
    )
    parts = (found.of_share(rules.share),)
    return Finding(CODE, found.share, found.baseline, parts, reason, found.tally.newest, alone)


def _hits(state: BuyerState, policy: RiskPolicy, *, late_only: bool) -> dict[str, Hit]:
    def wanted(order: OrderState, refund: Refund) -> bool:
        if refund.terms.type != TYPE or is_inspected(refund, policy):
            return False
        return not (late_only and is_lawful(order, refund, policy))

    return {order.key: hit for order, hit in heaviest(state, policy, wanted)}


def is_inspected(refund: Refund, policy: RiskPolicy) -> bool:
    """The shop had the goods back, and paid for their quality."""
    return refund.outcome == "completed" and says(refund, policy.reasons.quality)


def is_lawful(order: OrderState, refund: Refund, policy: RiskPolicy) -> bool:
    """Asked for in the seven days of the law; where the delivery is unknown, so taken."""
    if order.delivered_at is None:
        return True
    age = refund.at - order.delivered_at
    return age.total_seconds() <= policy.lawful_return_days * 86_400
