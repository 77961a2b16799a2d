"""One reason to label a message, before findings of the same label are merged."""

from dataclasses import dataclass, field

from nlp_service.domain import Action, Severity, Span
from nlp_service.policy.facts import Facts
from nlp_service.policy.schema import PolicyData


@dataclass(frozen=True, slots=True)
class Finding:
    """A label code with its evidence; action and severity only where they differ from default.

    `words` fills the placeholders of the label's reason; `turns_back` says which turn decided.
    """

    code: str
    score: float
    spans: tuple[Span, ...] = ()
    source: str = "model"
    action: Action | None = None
    severity: Severity | None = None
    words: dict[str, str] = field(default_factory=dict)
    turns_back: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A policy and the facts it is applied to."""

    policy: PolicyData
    facts: Facts

    def threshold(self, code: str) -> float:
        """The prob from which findings of this label count."""
        return self.policy.labels[code].threshold

    def attribute_name(self, attribute: str | None) -> str:
        """The Chinese name of an attribute, for reasons."""
        rule = self.policy.attributes.get(attribute or "")
        return rule.name if rule else "个人信息"
