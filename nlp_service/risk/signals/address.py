"""address 地址异常: changes of address, again and again, each before a cancellation or a claim.

Moving and sending presents change an address too: a change alone is nothing, and so are many on
one day. Where the address lies is never looked at.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from nlp_service.risk.orders import BuyerState, OrderState
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.claims import contradicted_claims
from nlp_service.risk.signals.finding import Finding, fades
from nlp_service.risk.signals.weighing import Hit, tally

CODE = "address"
_DAY = timedelta(days=1)


def signal(state: BuyerState, policy: RiskPolicy) -> Finding:
    """Days of change that a cancellation or a claim followed."""
    rules = policy.address
    found = tally(list(_occasions(state, policy)), rules.fade, state.as_of)
    if found is None:
        return Finding(CODE)
    points = rules.count.points * rules.count.strength(found.count) * found.fading
    reason = (
        f"近{rules.fade.window_days:g}天{found.hits}次改址后{rules.within_days:g}天内取消"
        f"或称未收到,{rules.count.start:g}次以内不计;{fades(rules.fade)}"
    )
    parts = ((rules.count.family, points),)
    return Finding(CODE, found.count, rules.count.start, parts, reason, found.newest)


def _occasions(state: BuyerState, policy: RiskPolicy) -> Iterator[Hit]:
    """One hit a day of changes, each with a harm of its own."""
    harms = _harms(state, policy)
    used: set[str] = set()
    last: datetime | None = None
    for at, order in _changes(state):
        if last is not None and at - last <= _DAY:
            continue
        harmed = _harm_after(at, order, harms, used, policy.address.within_days * _DAY)
        if harmed is not None:
            used.add(harmed)
            last = at
            yield Hit(at)


def _changes(state: BuyerState) -> list[tuple[datetime, OrderState]]:
    changes = [(at, order) for order in state.orders for at in order.address_changes]
    return sorted(changes, key=lambda change: (change[0], change[1].key))


def _harms(state: BuyerState, policy: RiskPolicy) -> list[tuple[datetime, str]]:
    """Paid orders cancelled and deliveries disputed, oldest first, with the key of the order."""
    claims = contradicted_claims(state, policy)
    moments = ((_harmed_at(order, claims.get(order.key)), order.key) for order in state.orders)
    return sorted((at, key) for at, key in moments if at is not None)


def _harm_after(
    at: datetime,
    changed: OrderState,
    harms: Sequence[tuple[datetime, str]],
    used: set[str],
    span: timedelta,
) -> str | None:
    """The first order harmed soon after a change of its address, or of no order's in particular."""
    for moment, key in islice(harms, bisect_left(harms, (at, "")), None):
        if moment > at + span:
            return None
        if key not in used and (changed.order_id is None or changed.key == key):
            return key
    return None


def _harmed_at(order: OrderState, claim: Hit | None) -> datetime | None:
    if order.cancelled_at and order.paid_at:
        return order.cancelled_at
    return claim.at if claim is not None and claim.weight > 0 else None
