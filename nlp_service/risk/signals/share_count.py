"""How a signal is stated that rests on a share of orders and, apart from it, on a count."""

from nlp_service.risk.policy import RiskPolicy, ShareCountRules
from nlp_service.risk.signals.finding import Finding, fades, percent
from nlp_service.risk.signals.weighing import Rate


def share_and_count(
    code: str,
    found: Rate | None,
    rules: ShareCountRules,
    policy: RiskPolicy,
    *,
    what: str,
    others: str,
) -> Finding:
    """The finding of a rate, empty where nothing weighs.

    `what` says what those orders have in common, `others` whom the buyer is held against.
    """
    if found is None:
        return Finding(code)
    if found.counts:
        share = f"折算占{percent(found.share)},{others}约{percent(found.baseline)}"
    else:
        share = f"不足{policy.min_orders}单,比例不计"
    counted = f"近{rules.fade.window_days:g}天{found.orders}单中{found.tally.hits}单{what}"
    return Finding(
        code,
        found.share,
        found.baseline,
        (found.of_share(rules.share), found.of_count(rules.count)),
        f"{counted},{share};{fades(rules.fade)}",
        found.tally.newest,
    )
