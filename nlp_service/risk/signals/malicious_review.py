"""malicious_review 恶意差评: bad reviews that a person confirmed as malicious, and only those.

A model's suspicion is never weighed. A later ruling that the review is genuine deletes it.
"""

from nlp_service.risk.orders import BuyerState
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals.finding import Finding, fades
from nlp_service.risk.signals.weighing import Hit, tally

CODE = "malicious_review"


def signal(state: BuyerState, policy: RiskPolicy) -> Finding:
    """Confirmed malicious reviews; those beyond the first are another family."""
    rules = policy.malicious_review
    hits = [Hit(order.malicious_at) for order in state.orders if order.malicious_at]
    found = tally(hits, rules.fade, state.as_of)
    if found is None:
        return Finding(CODE)
    first = rules.first.points * rules.first.strength(found.count) * found.fading
    again = rules.again.points * rules.again.strength(found.count - 1.0) * found.fading
    reason = (
        f"近{rules.fade.window_days:g}天{found.hits}条差评经人工确认为恶意;"
        f"改判或申诉成立即清除,{fades(rules.fade)}"
    )
    parts = ((rules.first.family, first), (rules.again.family, again))
    return Finding(CODE, found.count * found.fading, 0.0, parts, reason, found.newest)
