"""The profile of a buyer: a pure fold of events, the same whatever their order.

    events --distinct, fold--> BuyerState --signals--> findings --credit--> points
           --what may this evidence carry?--> score, tier, advice, and what speaks for the buyer

Advice never says "refuse". Points have one decimal and add up to the score.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nlp_service.errors import ClientError
from nlp_service.risk.events import RiskEvent, distinct, in_utc
from nlp_service.risk.orders import BuyerState, fold
from nlp_service.risk.policy import RiskPolicy, default_risk_policy
from nlp_service.risk.protections import Protection, protections, upheld_since
from nlp_service.risk.signals import SIGNALS
from nlp_service.risk.signals.finding import Finding
from nlp_service.risk.signals.weighing import is_recent

ADVICE = {
    "normal": "ship",
    "watch": "ship_keep_evidence",
    "caution": "confirm_then_ship",
    "high": "manual_review",
}
_TENTHS = 10  # points are counted in tenths, so that they add up
_MOST = 100 * _TENTHS


@dataclass(frozen=True, slots=True)
class RiskSignal:
    """One signal that gives points; `families` are the kinds of evidence that it rests on."""

    code: str
    value: float
    baseline: float
    points: float
    families: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What is said of a buyer as of an instant (UTC); `score` 0 to 100."""

    buyer_id: str
    score: float
    tier: str
    advice: str
    signals: tuple[RiskSignal, ...]
    protections: tuple[Protection, ...]
    as_of: datetime
    policy: str


def profile_of(
    buyer_id: str,
    events: Iterable[RiskEvent],
    *,
    as_of: datetime,
    policy: RiskPolicy | None = None,
) -> Profile:
    """Profile from all events of one buyer, in any order, late and repeated ones included.

    Raises ConflictError where one event id has two contents, ClientError where an event is of
    another buyer or `as_of` has no offset.
    """
    policy = policy or default_risk_policy()
    known = distinct(events)
    if any(event.buyer_id != buyer_id for event in known):
        raise ClientError("buyer_id: an event is of another buyer; send it there", field="buyer_id")
    state = fold(known, as_of=in_utc(as_of, field="as_of"))
    findings = weighed_findings(state, policy)
    tenths = _tenths(findings, _ceiling(findings, state, policy))
    score = sum(tenths.values()) / _TENTHS
    tier = _tier(score, policy)
    return Profile(
        buyer_id=buyer_id,
        score=score,
        tier=tier,
        advice=ADVICE[tier],
        signals=_signals(findings, tenths),
        protections=protections(state, {f.code: f for f in findings}, policy),
        as_of=state.as_of,
        policy=policy.label,
    )


def weighed_findings(state: BuyerState, policy: RiskPolicy) -> list[Finding]:
    """Findings that give points, after what speaks for the buyer."""
    found = [signal(state, policy) for signal in SIGNALS.values()]
    heard = [_in_company(finding, found, policy) for finding in found]
    credited = [_credited(finding, state, policy) for finding in heard]
    return [finding for finding in credited if finding.points > 0]


def _in_company(finding: Finding, found: Sequence[Finding], policy: RiskPolicy) -> Finding:
    """What weighs nothing alone counts only beside another family."""
    others = [other for other in found if other.code != finding.code]
    if finding.alone is None or speaking(others, policy):
        return finding
    return finding.alone


def _credited(finding: Finding, state: BuyerState, policy: RiskPolicy) -> Finding:
    """Every upheld complaint takes a little from the points."""
    if finding.newest is None:
        return finding
    upheld = min(policy.credit.most, upheld_since(state, finding.newest, policy))
    left = policy.credit.factor**upheld
    parts = tuple((family, points * left) for family, points in finding.parts)
    return replace(finding, parts=parts)


def speaking(findings: Iterable[Finding], policy: RiskPolicy) -> set[str]:
    """Families of evidence with points enough to be heard."""
    sums: dict[str, float] = {}
    for finding in findings:
        for family, points in finding.parts:
            sums[family] = sums.get(family, 0.0) + points
    return {family for family, points in sums.items() if points >= policy.support}


def _ceiling(findings: Sequence[Finding], state: BuyerState, policy: RiskPolicy) -> int:
    """The highest score, in tenths, that this evidence can carry."""
    has_two = len(speaking(findings, policy)) >= 2
    is_confirmed = _has_confirmed_event(state, policy)
    if has_two and is_confirmed:
        return _MOST
    cut = policy.tiers.high if has_two or is_confirmed else policy.tiers.caution
    return math.ceil(cut * _TENTHS) - 1


def _has_confirmed_event(state: BuyerState, policy: RiskPolicy) -> bool:
    """A person has ruled against the buyer, recently enough to count, and it stands."""
    reviews, complaints = policy.malicious_review.fade, policy.rulings.fade
    return any(
        (order.malicious_at and is_recent(order.malicious_at, reviews, state.as_of))
        or (order.dismissed_at and is_recent(order.dismissed_at, complaints, state.as_of))
        for order in state.orders
    )


def _tenths(findings: Sequence[Finding], ceiling: int) -> dict[str, int]:
    """Points by code in whole tenths, scaled below the ceiling (largest remainder method)."""
    total = sum(finding.points for finding in findings) * _TENTHS
    target = min(round(total), ceiling)
    scale = _TENTHS * (target / total if total > ceiling else 1.0)
    exact = {finding.code: finding.points * scale for finding in findings}
    tenths = {code: math.floor(points) for code, points in exact.items()}
    missing = target - sum(tenths.values())
    by_remainder = sorted(exact, key=lambda code: (tenths[code] - exact[code], code))
    for code in by_remainder[: max(0, missing)]:
        tenths[code] += 1
    return tenths


def _tier(score: float, policy: RiskPolicy) -> str:
    tiers = policy.tiers
    cuts = (("high", tiers.high), ("caution", tiers.caution), ("watch", tiers.watch))
    return next((tier for tier, cut in cuts if score >= cut), "normal")


def _signals(findings: Sequence[Finding], tenths: Mapping[str, int]) -> tuple[RiskSignal, ...]:
    """Those that give points, heaviest first."""
    loud = [finding for finding in findings if tenths[finding.code] > 0]
    loud.sort(key=lambda finding: (-tenths[finding.code], finding.code))
    return tuple(
        RiskSignal(
            code=finding.code,
            value=round(finding.value, 4),
            baseline=round(finding.baseline, 4),
            points=tenths[finding.code] / _TENTHS,
            families=tuple(family for family, points in finding.parts if points > 0),
            reason=finding.reason,
        )
        for finding in loud
    )
