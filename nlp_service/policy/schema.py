"""The shape of a policy file; unknown keys are errors, so a typo never silently allows."""

from collections import Counter
from string import Formatter
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nlp_service.domain import Action, Severity

Category = Literal[
    "apparel",
    "shoes_bags",
    "beauty",
    "food",
    "fresh",
    "maternal_baby",
    "health",
    "digital",
    "appliance",
    "furniture",
    "sports",
    "books",
    "toys",
    "pets",
    "virtual",
    "auto",
    "jewelry",
    "secondhand",
    "custom",
    "other",
]
Stage = Literal["presale", "ordered", "shipped", "delivered", "aftersale"]
Flag = Literal["cross_border", "real_name", "custom_made"]
Want = Literal["product", "invoice", "delivery_change", "repair", "offsite", "complaint"]
ACTS = frozenset(
    {
        "presses",
        "absolute",
        "medical",
        "ties",
        "diverts",
        "impersonates",
        "rewards",
        "rewards:tied",
        "threatens",
        "insults",
        "commands",
        "evades",
    }
)
REASON_WORDS = frozenset({"attribute", "whose", "why", "claim"})
Prob = Annotated[float, Field(ge=0.0, le=1.0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelRule(_Strict):
    """One label: how bad it is, what happens, and what the agent is told."""

    name: str
    severity: Severity
    action: Action
    threshold: Prob
    block_from: Prob = 0.0
    """Below it a label that blocks only warns: a block needs more certainty than a warning."""
    reason: str
    basis: tuple[str, ...]
    definition: str
    enabled: bool = True


class AttributeRule(_Strict):
    """One attribute that may be asked for: its Chinese name and the code when it is not fine."""

    name: str
    code: str
    follow_up: bool = True
    """Whether a follow-up is fine once the buyer brought the attribute up."""
    reported_as: str | None = None
    """The name that answers use, where this attribute is finer than the closed list."""


class Permission(_Strict):
    """One row of the category matrix. A condition that is left out always holds; an unknown
    category or stage holds too (boundary 10: the mildest careful reading)."""

    categories: tuple[Category, ...] | None = None
    stages: tuple[Stage, ...] | None = None
    flags: tuple[Flag, ...] | None = None
    purposes: tuple[str, ...] | None = None
    wants: tuple[Want, ...] = ()
    purpose_needed: bool = False
    """The purpose must show in message or history, unless category and stage are unknown."""
    strict: bool = False
    """An unknown category or stage does not hold either."""


class ActRule(_Strict):
    """The label that an act carries by itself, with the action and severity where they differ."""

    code: str
    action: Action | None = None
    severity: Severity | None = None
    needs: tuple[Literal["complaint"], ...] = ()


class Limits(_Strict):
    """Numbers of the conversation counters (policy boundaries 19, 21, 22)."""

    pitches_without_answer: int = Field(ge=2)
    near_same_unanswered: int = Field(ge=2)
    near_same_window_h: float = Field(gt=0)
    near_same_similarity: Prob
    burst_messages: int = Field(ge=2)
    burst_window_min: float = Field(gt=0)
    chased_days: int = Field(ge=2)
    block_factor: float = Field(ge=1)
    night_from_hour: int = Field(ge=0, le=23)
    night_to_hour: int = Field(ge=0, le=23)
    night_silence_h: float = Field(gt=0)
    night_promotion_is_flooding: bool
    utc_offset_h: float = Field(ge=-12, le=14)


class Example(_Strict):
    """A message with its context and the labels it must get; `nlp-service policy test` runs it."""

    name: str
    message: dict[str, object]
    action: Action
    labels: tuple[str, ...] = ()


class PolicyData(_Strict):
    """A whole policy."""

    id: str
    version: int = Field(ge=1)
    labels: dict[str, LabelRule]
    attributes: dict[str, AttributeRule]
    always_fine: tuple[str, ...]
    matrix: dict[str, tuple[Permission, ...]]
    purposes: dict[str, str]
    void_purposes: tuple[str, ...]
    purpose_threshold: Prob
    void_from: Prob = 0.5
    """The prob from which a purpose takes a permission away; granting needs less."""
    identity_exception_flags: tuple[Flag, ...]
    acts: dict[str, ActRule]
    limits: Limits
    basis: dict[str, str]
    suggestions: dict[str, str]
    products: dict[str, tuple[str, ...]]
    not_products: tuple[str, ...]
    """Words that name no goods: general ones (东西), longer ones that hide a product (保险扣)."""
    whole_words: frozenset[str]
    """Words for a family and all its parts; who refuses one refuses the parts."""
    light_heads: str
    """Last letters of compounds that alone do not tell one product from another (机, 水)."""
    complements: tuple[tuple[str, ...], ...]
    foreign_families: tuple[str, ...]
    template_only: tuple[str, ...]
    official_routes: tuple[str, ...]
    service_routes: tuple[str, ...]
    offsite_words: tuple[str, ...]
    general_refusals: tuple[str, ...]
    refusal_words: tuple[str, ...]
    offering_words: tuple[str, ...]
    unrelated_support: Prob
    unrelated_alone: Prob
    unrelated_against: Prob
    stall_words: tuple[str, ...]
    chase_words: tuple[str, ...]
    news_words: tuple[str, ...]
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _references_hold(self) -> "PolicyData":
        problems = [
            *self._unknown_codes(),
            *self._unknown_basis(),
            *self._unknown_attributes(),
            *self._unknown_purposes(),
            *self._bad_reasons(),
            *self._products_twice(),
            *self._unlisted_wholes(),
            *self._unknown_families(),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _unknown_codes(self) -> list[str]:
        used = {f"attributes.{name}": rule.code for name, rule in self.attributes.items()}
        used |= {f"acts.{name}": rule.code for name, rule in self.acts.items()}
        for example in self.examples:
            used |= {f"examples.{example.name}": code for code in example.labels}
        return [
            f"{place}: unknown label code {code!r}"
            for place, code in used.items()
            if code not in self.labels
        ]

    def _unknown_basis(self) -> list[str]:
        return [
            f"labels.{code}.basis: {basis!r} is not listed under 'basis'"
            for code, rule in self.labels.items()
            for basis in rule.basis
            if basis not in self.basis
        ]

    def _unknown_purposes(self) -> list[str]:
        used = {("void_purposes", purpose) for purpose in self.void_purposes}
        for attribute, rows in self.matrix.items():
            used |= {(f"matrix.{attribute}", name) for row in rows for name in row.purposes or ()}
        return [
            f"{place}: unknown purpose {purpose!r}"
            for place, purpose in sorted(used)
            if purpose not in self.purposes
        ]

    def _bad_reasons(self) -> list[str]:
        return [
            f"labels.{code}.reason: {problem}"
            for code, rule in self.labels.items()
            if (problem := _reason_problem(rule.reason))
        ]

    def _products_twice(self) -> list[str]:
        places = self.products | {"not_products": self.not_products}
        counts = Counter(word.lower() for words in places.values() for word in words)
        return [f"products: {word!r} is listed twice" for word, n in counts.items() if n > 1]

    def _unlisted_wholes(self) -> list[str]:
        listed = {word for words in self.products.values() for word in words}
        odd = sorted(self.whole_words - listed)
        return [f"whole_words: {word!r} stands in no product family" for word in odd]

    def _unknown_families(self) -> list[str]:
        groups = {
            "complements": sum(self.complements, ()),
            "foreign_families": self.foreign_families,
        }
        return [
            f"{place}: unknown product family {family!r}"
            for place, families in groups.items()
            for family in sorted(set(families) - self.products.keys())
        ]

    def _unknown_attributes(self) -> list[str]:
        known = self.attributes.keys() | set(self.always_fine)
        rows = [f"matrix.{name}: unknown attribute" for name in self.matrix if name not in known]
        return rows + [f"acts.{name}: unknown act" for name in self.acts if name not in ACTS]


def _reason_problem(reason: str) -> str | None:
    """What is wrong with the placeholders of a reason, if anything."""
    try:
        names = {name for _, name, _, _ in Formatter().parse(reason) if name is not None}
    except ValueError as error:
        return f"not a valid pattern: {error}"
    unknown = sorted(names - REASON_WORDS)
    return f"unknown placeholder {unknown}" if unknown else None
