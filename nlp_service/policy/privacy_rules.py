"""Which asking and disclosing is fine: the category matrix, refusals, coercion, disclosure."""

from collections.abc import Iterator
from dataclasses import replace

from nlp_service.domain import Act, Action, Severity, Span
from nlp_service.policy.finding import Case, Finding
from nlp_service.policy.schema import Permission

# Kinds of entity that are the buyer's own data when the buyer typed the same value before.
_OWN_KINDS = {
    "mobile": "phone",
    "landline": "phone",
    "id_card": "id_document",
    "passport": "id_document",
    "permit": "id_document",
    "bank_card": "credential",
    "email": "email",
    "wechat": "im_account",
    "qq": "im_account",
    "address": "address",
}
# A photo of the person that service depends on counts as a biometric (matrix).
_BIOMETRIC_IF_REQUIRED = "photo_of_person"
_ALL_TEXT_SCORE = 0.99  # a value equal to the one the buyer typed leaves no doubt


def privacy_findings(case: Case) -> Iterator[Finding]:
    """Findings of every privacy label, and of private payment accounts asked for."""
    asks = _asks(case)
    for act in asks:
        yield from _asking(case, act)
    yield from _conditions(case, asks)
    yield from _disclosures(case)


def _asks(case: Case) -> list[Act]:
    """What is asked for; a bare "这个不补没法弄" asks again for what the history left open."""
    found = [act for act in case.facts.acts if act.act == "asks" and act.attribute]
    counted = [act for act in found if _may_count(case, act)]
    pointers = _pointers(case)
    if counted or not pointers:
        return counted
    return [
        Act("asks", attribute, pointers[0].score, pointers[0].spans)
        for attribute in sorted(case.facts.conversation.pending)
    ]


def _may_count(case: Case, ask: Act) -> bool:
    rule = case.policy.attributes.get(ask.attribute or "")
    code = rule.code if rule else "privacy.personal"
    others = ["privacy.identity"] if ask.attribute == _BIOMETRIC_IF_REQUIRED else []
    return case.may_count(ask.score, code, "privacy.coercion", *others)


def _asking(case: Case, act: Act) -> Iterator[Finding]:
    attribute = act.attribute or ""
    fine = is_permitted(case, attribute)
    words = {"attribute": case.attribute_name(attribute)}
    if _is_refused(case, attribute):
        refused_back = case.facts.conversation.refused_back
        back = refused_back.get(attribute, refused_back.get("info"))
        yield Finding(
            "privacy.coercion",
            act.score,
            act.spans,
            "state",
            words=words,
            turns_back=back,
            acts=_behind(case, act),
        )
    if not fine:
        code = _code(case, attribute)
        action, severity = _identity_exception(case, attribute)
        acts = _behind(case, act)
        yield Finding(code, act.score, act.spans, "model", action, severity, words, acts=acts)


def _behind(case: Case, ask: Act) -> tuple[Act, ...]:
    """The ask as read, or the condition that asks again for what was left open."""
    return (ask,) if ask in case.facts.acts else tuple(_pointers(case)[:1])


def _code(case: Case, attribute: str) -> str:
    if attribute == _BIOMETRIC_IF_REQUIRED and _required(case):
        return "privacy.identity"
    return case.policy.attributes[attribute].code


def _required(case: Case) -> bool:
    """Whether service plainly depends on what is asked; no hint takes a permission away."""
    return any(
        act.act == "conditions" and case.is_stated("privacy.coercion", act.score)
        for act in case.facts.acts
    )


def _pointers(case: Case) -> list[Act]:
    conditions = (act for act in case.facts.acts if act.act == "conditions")
    return [act for act in conditions if case.may_count(act.score, "privacy.coercion")]


def _identity_exception(case: Case, attribute: str) -> tuple[Action | None, Severity | None]:
    excepted = case.facts.flags & set(case.policy.identity_exception_flags)
    if attribute == "id_document" and excepted:
        return Action.WARN, Severity.MEDIUM
    return None, None


def _is_refused(case: Case, attribute: str) -> bool:
    refused = case.facts.conversation.refused
    return attribute in refused or ("info" in refused and attribute in case.policy.attributes)


def is_permitted(case: Case, attribute: str) -> bool:
    """Whether the matrix, the buyer's own words or the closed list let it be asked for."""
    rule = case.policy.attributes.get(attribute)
    if rule is None or attribute in case.policy.always_fine:
        return True
    if attribute == _BIOMETRIC_IF_REQUIRED and _required(case):
        return False
    conversation = case.facts.conversation
    if rule.follow_up and attribute in conversation.brought:
        return True
    rows = case.policy.matrix.get(attribute, ())
    return any(_holds(case, row) for row in rows)


def _holds(case: Case, row: Permission) -> bool:
    facts = case.facts
    if row.flags is not None and not facts.flags & set(row.flags):
        return False
    if not _listed(facts.category, row.categories, strict=row.strict):
        return False
    if not _listed(facts.stage, row.stages, strict=row.strict):
        return False
    wants = facts.conversation.wants | ({"complaint"} if facts.conversation.complained else set())
    if row.wants and not wants & set(row.wants):
        return False
    return _purpose_holds(case, row)


def _listed(value: str | None, listed: tuple[str, ...] | None, *, strict: bool) -> bool:
    if listed is None:
        return True
    return not strict if value is None else value in listed


def _purpose_holds(case: Case, row: Permission) -> bool:
    """A purpose that is stated must fit; one that is not stated is needed only where the row
    says so and category or stage is known."""
    policy, probs = case.policy, case.facts.purposes
    voiding = {name for name in policy.void_purposes if probs.get(name, 0.0) >= policy.void_from}
    stated = {
        name
        for name, prob in probs.items()
        if prob >= policy.purpose_threshold
        and (name in voiding or name not in policy.void_purposes)
    }
    if voiding and not stated & set(row.purposes or ()):
        return False
    if row.purposes is None or (stated | case.facts.conversation.purposes) & set(row.purposes):
        return True
    bare = case.facts.category is None and case.facts.stage is None and not row.strict
    return not stated and (not row.purpose_needed or bare)


def _conditions(case: Case, asks: list[Act]) -> Iterator[Finding]:
    """Service made to depend on what may not be asked."""
    for condition in _pointers(case):
        for act in asks:
            attribute = act.attribute or ""
            if is_permitted(case, attribute) or _identity_exception(case, attribute)[0]:
                continue
            words = {"attribute": case.attribute_name(attribute)}
            score = min(condition.score, act.score)
            acts = (condition, *_behind(case, act))
            yield Finding("privacy.coercion", score, condition.spans, words=words, acts=acts)


def _disclosures(case: Case) -> Iterator[Finding]:
    for act in case.facts.acts:
        # An order number is the order's own data, not a person's (boundary 13).
        counts = act.act == "other" or act.attribute != "order_number"
        is_shown = act.act in {"own", "other"} and counts
        if is_shown and case.may_count(act.score, "privacy.disclosure"):
            shown = _disclosure(case, act.attribute, act.score, act.spans, own=act.act == "own")
            yield replace(shown, acts=(act,))
    for entity in case.facts.entities:
        if entity.owner == "buyer" and entity.kind in _OWN_KINDS:
            attribute = _OWN_KINDS[entity.kind]
            score = _ALL_TEXT_SCORE
            yield _disclosure(case, attribute, score, (entity.span,), own=True, source="state")


def _disclosure(
    case: Case,
    attribute: str | None,
    score: float,
    spans: tuple[Span, ...],
    *,
    own: bool,
    source: str = "model",
) -> Finding:
    return Finding(
        "privacy.disclosure",
        score,
        spans,
        source,
        Action.WARN if own else None,
        Severity.MEDIUM if own else None,
        {"whose": "买家本人" if own else "他人", "attribute": case.attribute_name(attribute)},
        is_counted=source == "state",
    )
