"""not_received 未收到索赔: "not received" said of parcels that the carrier delivered.

False sign-offs happen to everybody: one or two weigh nothing, and no area counts as worse.
"""

from nlp_service.risk.orders import BuyerState
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.claims import contradicted_claims
from nlp_service.risk.signals.finding import Finding, fades, percent
from nlp_service.risk.signals.weighing import Rate, rate

CODE = "not_received"


def signal(state: BuyerState, policy: RiskPolicy) -> Finding:
    """Share of orders whose delivery the buyer disputes."""
    rules = policy.not_received
    claims = contradicted_claims(state, policy)
    ordinary = policy.ordinary.not_received
    found = rate(state, claims, rules.fade, policy, ordinary=lambda _: ordinary)
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


def _reason(found: Rate, policy: RiskPolicy) -> str:
    fade = policy.not_received.fade
    share = f"折算占{percent(found.share)},平均约{percent(found.baseline)}"
    if not found.counts:
        share = f"不足{policy.min_orders}单,比例不计"
    counted = f"近{fade.window_days:g}天{found.orders}单中{found.tally.hits}单物流已签收却称未收到"
    return f"{counted},{share};{fades(fade)}"
