"""order_cancel_burst 拍退: many paid orders cancelled within an hour or a day, and that again.

Unpaid cancellations weigh less: nothing was shipped for them. One burst may be a mended cart or a
wrong address; doing it again is another family of evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nlp_service.risk.orders import BuyerState
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.finding import Finding, fades
from nlp_service.risk.signals.weighing import Hit, decay, is_recent

CODE = "order_cancel_burst"
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_ORDERING = timedelta(days=7)  # orders placed this long before a burst may belong to it


@dataclass(frozen=True, slots=True)
class Burst:
    """Cancellations of 24 hours; `strength` 0 to 1 above the `expected` ones."""

    end: datetime
    cancelled: int
    weight: float
    expected: float
    strength: float


def signal(state: BuyerState, policy: RiskPolicy) -> Finding:
    """The strongest burst, and the others."""
    rules = policy.order_cancel_burst
    loud = [burst for burst in _bursts(state, policy) if burst.strength > 0]
    if not loud:
        return Finding(CODE)
    newest = loud[-1].end
    worth = [burst.strength * decay(newest - burst.end, rules.fade) for burst in loud]
    fading = decay(state.as_of - newest, rules.fade)
    first = (rules.day.family, rules.day.points * max(worth) * fading)
    again = rules.again.points * rules.again.strength(sum(worth) - max(worth)) * fading
    peak = max(loud, key=lambda burst: (burst.weight, burst.end))
    reason = _reason(peak, len(loud), policy)
    parts = (first, (rules.again.family, again))
    return Finding(CODE, peak.weight, peak.expected, parts, reason, newest)


def _reason(peak: Burst, times: int, policy: RiskPolicy) -> str:
    fade = policy.order_cancel_burst.fade
    return (
        f"近{fade.window_days:g}天{times}次集中取消,最多一次24小时内取消{peak.cancelled}单"
        f"(折算{peak.weight:g}单,正常约{peak.expected:.1f}单);{fades(fade)}"
    )


def _bursts(state: BuyerState, policy: RiskPolicy) -> list[Burst]:
    """Groups of 24 hours within the window, oldest first.

    The whole history is grouped, so that what leaves the window does not shift the groups.
    """
    fade, unpaid = policy.order_cancel_burst.fade, policy.order_cancel_burst.unpaid
    hits = sorted(
        (
            Hit(order.cancelled_at, 1.0 if order.paid_at else unpaid)
            for order in state.orders
            if order.cancelled_at
        ),
        key=lambda hit: (hit.at, hit.weight),
    )
    groups: list[list[Hit]] = []
    for hit in hits:
        if groups and hit.at - groups[-1][0].at <= _DAY:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    recent = [group for group in groups if is_recent(group[-1].at, fade, state.as_of)]
    return [_burst(group, state, policy) for group in recent]


def _burst(group: Sequence[Hit], state: BuyerState, policy: RiskPolicy) -> Burst:
    rules = policy.order_cancel_burst
    start, end = group[0].at, group[-1].at
    begun = [order.started_at for order in state.orders if order.order_id is not None]
    placed = sum(1 for at in begun if at and start - _ORDERING <= at <= end)
    expected = placed * policy.ordinary.cancelled
    day = sum(hit.weight for hit in group)
    strength = max(
        rules.hour.strength(_most_within(group, _HOUR) - expected),
        rules.day.strength(day - expected),
    )
    return Burst(end, len(group), day, expected, strength)


def _most_within(group: Sequence[Hit], span: timedelta) -> float:
    """The greatest weight of any stretch of this length."""
    most, weight, first = 0.0, 0.0, 0
    for hit in group:
        weight += hit.weight
        while hit.at - group[first].at > span:
            weight -= group[first].weight
            first += 1
        most = max(most, weight)
    return most
