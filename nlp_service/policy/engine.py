"""Applies a policy to facts; pure, and without any model.

Facts + PolicyData --rules--> findings --merge by label--> labels --strongest--> action
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from nlp_service.domain import Act, Action, Label, Severity, Span
from nlp_service.policy.facts import Facts
from nlp_service.policy.finding import Case, Finding
from nlp_service.policy.privacy_rules import privacy_findings
from nlp_service.policy.schema import ActRule, LabelRule, PolicyData
from nlp_service.policy.upsell_rules import claim_name, upsell_findings

_SEVERITIES = list(Severity)
_DEFAULT_WORDS = {
    "attribute": "个人信息",
    "whose": "他人",
    "why": "暂时没有回应",
    "claim": "容易误导的说法",
}
_CLAIMING = frozenset({"presses", "absolute"})
_CLEAR_PRESSURE = 0.8  # true stock or dates need clear reproach before they press (boundary 2)
_PLAIN = 0.96  # an evasion this plain shows that there was a complaint
_STALL_SCORE = 0.8  # put off twice over one complaint (boundary 28)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The labels of a message, the strongest of their actions, and the acts behind them."""

    action: Action
    labels: tuple[Label, ...]
    acts: tuple[Act, ...] = ()


def judge(policy: PolicyData, facts: Facts) -> Judgement:
    """The verdict of a policy over facts; the same facts always give the same verdict."""
    case = Case(policy, facts)
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for found in _findings(case):
        rule = policy.labels[found.code]
        finding = _weighed(case, found)
        if rule.enabled and finding.score >= rule.threshold:
            by_code[finding.code].append(finding)
    labels = sorted(
        (_label(policy, code, findings) for code, findings in by_code.items()),
        key=lambda label: (-label.action.rank, -_SEVERITIES.index(label.severity), label.code),
    )
    action = max((label.action for label in labels), key=lambda a: a.rank, default=Action.ALLOW)
    behind = {act for findings in by_code.values() for found in findings for act in found.acts}
    return Judgement(action, tuple(labels), tuple(act for act in facts.acts if act in behind))


def _weighed(case: Case, finding: Finding) -> Finding:
    if finding.is_counted:
        return finding
    return replace(finding, score=case.weighed(finding.code, finding.score))


def _findings(case: Case) -> Iterator[Finding]:
    yield from privacy_findings(case)
    yield from upsell_findings(case)
    for act in case.facts.acts:
        rule = case.policy.acts.get(_act_key(act))
        if rule and _needs_met(case, act, rule):
            words = {"claim": claim_name(act.act)}
            yield Finding(
                rule.code,
                act.score,
                act.spans,
                "model",
                rule.action,
                rule.severity,
                words,
                acts=(act,),
            )
    if case.facts.conversation.stalled:
        yield Finding("service.evasion", _STALL_SCORE, (), "state", is_counted=True)


def _act_key(act: Act) -> str:
    return f"{act.act}:{act.attribute}" if act.attribute else act.act


def _needs_met(case: Case, act: Act, rule: ActRule) -> bool:
    conversation = case.facts.conversation
    doubtful = not conversation.complained and act.score < _PLAIN
    if "complaint" in rule.needs and doubtful:
        return False
    if rule.code == "offsite.diversion" and case.facts.official_only:
        return False
    return not (act.act in _CLAIMING and _is_true_claim(case.facts, act))


def _is_true_claim(facts: Facts, act: Act) -> bool:
    """Whether the act says no more than a claim that holds (boundary 18); pressure that is clear
    by itself, and a message with a false claim beside it, are not excused."""
    if act.score >= _CLEAR_PRESSURE and act.act == "presses":
        return False
    if any(not claim.holds for claim in facts.claims):
        return False
    return any(
        claim.span.start < span.end and span.start < claim.span.end
        for claim in facts.claims
        for span in act.spans
    )


def _label(policy: PolicyData, code: str, findings: list[Finding]) -> Label:
    rule = policy.labels[code]
    strongest = max(findings, key=lambda found: (_action(rule, found).rank, found.score))
    severity = max((found.severity or rule.severity for found in findings), key=_SEVERITIES.index)
    return Label(
        code=code,
        name=rule.name,
        score=max(found.score for found in findings),
        severity=severity,
        action=_action(rule, strongest),
        spans=_merged(span for found in findings for span in found.spans),
        reason=_reason(rule.reason, strongest),
        basis=rule.basis,
        source=tuple(sorted({found.source for found in findings})),
    )


def _action(rule: LabelRule, finding: Finding) -> Action:
    """What a finding asks for; a block that is not certain enough becomes a warning."""
    action = finding.action or rule.action
    if action == Action.BLOCK and finding.score < rule.block_from:
        return Action.WARN
    return action


def _reason(template: str, finding: Finding) -> str:
    """The sentence for the agent; it names the turn of the history that decided."""
    reason = template.format(**{**_DEFAULT_WORDS, **finding.words})
    if finding.turns_back is None:
        return reason
    return f"{reason.removesuffix('。')}(见前面倒数第{finding.turns_back}条消息)。"


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
