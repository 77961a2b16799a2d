"""What a refund request weighs; shared by the signals that look at refunds."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from nlp_service.risk.orders import BuyerState, OrderState, Refund
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.weighing import Hit


def says(refund: Refund, words: Sequence[str]) -> bool:
    """Whether the reason given holds one of the words."""
    reason = (refund.terms.reason or "").casefold()
    return any(word in reason for word in words)


def is_after_delivery(order: OrderState, refund: Refund) -> bool:
    """Known to be asked for when the parcel had arrived."""
    return order.delivered_at is not None and order.delivered_at <= refund.at


def refund_weight(
    order: OrderState, refund: Refund, policy: RiskPolicy, state: BuyerState
) -> float:
    """0 to 1: nothing where the buyer was right, less where the shop paid for bad quality."""
    if order.is_cleared or order.cancelled_at is not None:
        return 0.0
    if refund.outcome is None:
        is_open = state.as_of - refund.at < timedelta(days=policy.pending_days)
        return policy.refunds.pending if is_open else 0.0
    if refund.outcome == "completed" and says(refund, policy.reasons.quality):
        return policy.refunds.quality
    return policy.refunds.decided


def heaviest(
    state: BuyerState, policy: RiskPolicy, wanted: Callable[[OrderState, Refund], bool]
) -> Iterator[tuple[OrderState, Hit]]:
    """The heaviest wanted request of each order, the newest of equals."""
    for order in state.orders:
        if not order.refunds:
            continue
        hits = [
            Hit(refund.at, refund_weight(order, refund, policy, state))
            for refund in order.refunds
            if wanted(order, refund)
        ]
        if hits:
            yield order, max(hits, key=lambda hit: (hit.weight, hit.at))


def contradicted_claims(state: BuyerState, policy: RiskPolicy) -> dict[str, Hit]:
    """By order key: "not received" said of parcels that had been delivered."""

    def wanted(order: OrderState, refund: Refund) -> bool:
        return says(refund, policy.reasons.not_received) and is_after_delivery(order, refund)

    return {order.key: hit for order, hit in heaviest(state, policy, wanted)}
