"""What speaks for the buyer, named as plainly as what speaks against: code and Chinese reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from nlp_service.risk.orders import BuyerState, OrderState
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals import address, bad_reviews, coupon, returns
from nlp_service.risk.signals.finding import Finding
from nlp_service.risk.signals.weighing import is_recent

_CHINA = timezone(timedelta(hours=8))
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Protection:
    """One reason not to count something."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Seen:
    state: BuyerState
    points: Mapping[str, float]
    policy: RiskPolicy

    def is_silent(self, code: str) -> bool:
        return not self.points.get(code)

    def recent(self, at: datetime | None, days: float) -> bool:
        return at is not None and self.state.as_of - at <= days * _DAY


def protections(
    state: BuyerState, findings: Mapping[str, Finding], policy: RiskPolicy
) -> tuple[Protection, ...]:
    """All that hold, in a fixed order; `findings` are those that give points, by code."""
    points = {code: finding.points for code, finding in findings.items()}
    seen = _Seen(state, points, policy)
    reasons = ((code, state_reason(seen)) for code, state_reason in _PROTECTIONS.items())
    return tuple(Protection(code, reason) for code, reason in reasons if reason)


def _new_buyer(seen: _Seen) -> str:
    fade = seen.policy.returns.fade
    orders = [order.started_at for order in seen.state.orders if order.is_fulfilled]
    recent = sum(1 for at in orders if at and is_recent(at, fade, seen.state.as_of))
    if recent >= seen.policy.min_orders:
        return ""
    return f"近{fade.window_days:g}天只有{recent}单,不足{seen.policy.min_orders}单不计比例"


def _mover(seen: _Seen) -> str:
    days = seen.policy.address.fade.window_days
    changes = [at for order in seen.state.orders for at in order.address_changes]
    recent = sum(1 for at in changes if seen.recent(at, days))
    if not recent or not seen.is_silent(address.CODE):
        return ""
    return f"近{days:g}天改址{recent}次,搬家或送礼很常见,单独改址不计分"


def _lawful_returns(seen: _Seen) -> str:
    days = seen.policy.returns.fade.window_days
    lawful = sum(1 for order in seen.state.orders if _has_lawful_return(order, seen, days))
    if not lawful or not seen.is_silent(returns.CODE):
        return ""
    return f"近{days:g}天{lawful}单在七天内依法退货,单独不计分"


def _has_lawful_return(order: OrderState, seen: _Seen, days: float) -> bool:
    return any(
        refund.terms.type == returns.TYPE
        and seen.recent(refund.at, days)
        and returns.is_lawful(order, refund, seen.policy)
        for refund in order.refunds
    )


def _coupon_keeper(seen: _Seen) -> str:
    days = seen.policy.coupon.fade.window_days
    undone = coupon.undone(seen.state, seen.policy)
    kept = [
        order
        for order in seen.state.orders
        if order.has_coupon and order.is_fulfilled and order.key not in undone
    ]
    recent = sum(1 for order in kept if seen.recent(order.started_at, days))
    if not recent or not seen.is_silent(coupon.CODE):
        return ""
    return f"近{days:g}天{recent}单用券并留下商品,正常用券不计分"


def _quality_confirmed(seen: _Seen) -> str:
    days = seen.policy.returns.fade.window_days
    confirmed = sum(1 for order in seen.state.orders if _is_confirmed(order, seen, days))
    return f"{confirmed}单退款的原因已获确认,不计分" if confirmed else ""


def _is_confirmed(order: OrderState, seen: _Seen, days: float) -> bool:
    """By a ruling for the buyer, or by a shop that paid after it had the goods back."""
    return any(
        order.is_cleared
        or (refund.terms.type == returns.TYPE and returns.is_inspected(refund, seen.policy))
        for refund in order.refunds
        if seen.recent(refund.at, days)
    )


def _honest_critic(seen: _Seen) -> str:
    days = seen.policy.bad_reviews.fade.window_days
    bad = [
        order
        for order in seen.state.orders
        if bad_reviews.is_bad(order, seen.policy) and seen.recent(order.rated_at, days)
    ]
    if not bad or not seen.is_silent(bad_reviews.CODE) or any(o.malicious_at for o in bad):
        return ""
    genuine = sum(1 for order in bad if order.is_cleared)
    confirmed = f",其中{genuine}条已确认属实" if genuine else ""
    return f"近{days:g}天{len(bad)}条差评属正常评价{confirmed},不计分"


def _complaint_upheld(seen: _Seen) -> str:
    upheld = upheld_since(seen.state, seen.state.as_of, seen.policy)
    return f"近期{upheld}次投诉成立,涉及订单不计分,其余分数酌减" if upheld else ""


def _appeal(seen: _Seen) -> str:
    at = seen.state.appealed_at
    return f"申诉于{at.astimezone(_CHINA):%Y-%m-%d}成立,此前的不利记录已清除" if at else ""


def upheld_since(state: BuyerState, at: datetime, policy: RiskPolicy) -> int:
    """Complaints upheld from one window before `at` until now."""
    since = at - policy.credit.window_days * _DAY
    return sum(1 for order in state.orders if order.upheld_at and order.upheld_at >= since)


_PROTECTIONS: dict[str, Callable[[_Seen], str]] = {
    "appeal": _appeal,
    "complaint_upheld": _complaint_upheld,
    "quality_confirmed": _quality_confirmed,
    "lawful_returns": _lawful_returns,
    "mover": _mover,
    "coupon_keeper": _coupon_keeper,
    "honest_critic": _honest_critic,
    "new_buyer": _new_buyer,
}
