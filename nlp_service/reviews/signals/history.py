"""What an account's counts say of how it writes: only when angry, or of everything it buys."""

from nlp_service.domain import BuyerHistory

_UNKNOWN_ORDERS = 0.5  # without a number of orders the angry-only writer cannot be told apart


def trust_of(history: BuyerHistory | None, min_order_share: float) -> float:
    """How far bad reviews tell of the account, 0 to 1, by how many its orders brought.

    Who writes only when angry has many bad reviews among few, and many orders besides: under half
    of `min_order_share` bad reviews an order nothing is told.
    """
    if history is None or not history.orders or history.bad_reviews is None:
        return _UNKNOWN_ORDERS
    share = history.bad_reviews / history.orders / min_order_share
    return min(1.0, max(0.0, 2.0 * share - 1.0))
