"""One reason to label a message, before findings of the same label are merged."""

import math
from dataclasses import dataclass, field

from nlp_service.domain import Act, Action, Severity, Span
from nlp_service.policy.facts import Facts
from nlp_service.policy.schema import PolicyData

# Share of the summed log-odds at which scores tell how often they are right (docs/decisions/0014).
_INDEPENDENT = 0.7


@dataclass(frozen=True, slots=True)
class Finding:
    """A label code with its evidence; action and severity only where they differ from default.

    `words` fills the placeholders of the label's reason; `turns_back` says which turn decided.
    `acts` of the message stand behind it. What is counted, matched or held against supplied facts
    (`is_counted`) does not depend on what a model thinks of the message.
    """

    code: str
    score: float
    spans: tuple[Span, ...] = ()
    source: str = "model"
    action: Action | None = None
    severity: Severity | None = None
    words: dict[str, str] = field(default_factory=dict)
    turns_back: int | None = None
    is_counted: bool = False
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A policy and the facts it is applied to."""

    policy: PolicyData
    facts: Facts

    def is_stated(self, code: str, score: float) -> bool:
        """Whether an act counts by its own score, whatever the reader hints of the whole."""
        return score >= self.policy.labels[code].threshold

    def may_count(self, score: float, code: str, *others: str) -> bool:
        """Whether an act may give rise to a label `code`, or by a hint to one of `others`."""
        labels = [code, *(other for other in others if other in self.facts.hints)]
        return any(self.is_stated(label, self.weighed(label, score)) for label in labels)

    def weighed(self, code: str, score: float) -> float:
        """The score of evidence for a label together with the reader's hint.

        Their log-odds add up, less what they owe to the same words.
        """
        hint = self.facts.hints.get(code)
        if hint is None or not (0 < score < 1 and 0 < hint < 1):
            return score
        odds = math.pow(score / (1 - score) * hint / (1 - hint), _INDEPENDENT)
        return odds / (1 + odds)

    def attribute_name(self, attribute: str | None) -> str:
        """The Chinese name of an attribute, for reasons."""
        rule = self.policy.attributes.get(attribute or "")
        return rule.name if rule else "个人信息"
