"""not_received 未收到索赔: "not received" said of parcels that the carrier delivered.

False sign-offs happen to everybody: one or two weigh nothing, and no area counts as worse.
"""

from nlp_service.risk.orders import BuyerState
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.claims import contradicted_claims
from nlp_service.risk.signals.finding import Finding
from nlp_service.risk.signals.share_count import share_and_count
from nlp_service.risk.signals.weighing import rate

CODE = "not_received"


def signal(state: BuyerState, policy: RiskPolicy) -> Finding:
    """Share of orders whose delivery the buyer disputes."""
    rules = policy.not_received
    claims = contradicted_claims(state, policy)
    ordinary = policy.ordinary.not_received
    found = rate(state, claims, rules.fade, policy, ordinary=lambda _: ordinary)
    return share_and_count(CODE, found, rules, policy, what="物流已签收却称未收到", others="平均")
