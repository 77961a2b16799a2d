"""A text that may be sent instead: masked, trimmed, or put properly by a template.

Every candidate must pass the check that the message failed; where none does there is no
suggestion (nothing helps against the tenth message in five minutes). No candidate shows a raw
personal value: what is left of a message is masked first.
"""

from collections.abc import Callable, Iterator, Sequence

from nlp_service.domain import Entity, Label, Span
from nlp_service.policy.schema import PolicyData
from nlp_service.recognizers import mask
from nlp_service.text.clauses import sentences
from nlp_service.text.offsets import NormalizedText

_TRAILING = ",;、\uff0c\uff1b"
_MIN_REST_CHARS = 6  # less than this after trimming says nothing to the buyer
_MASKED_KINDS = frozenset(
    {
        "mobile",
        "landline",
        "id_card",
        "passport",
        "permit",
        "bank_card",
        "email",
        "wechat",
        "qq",
        "alipay",
        "address",
        "person_name",
        "plate",
    }
)


def suggest(
    text: NormalizedText,
    *,
    labels: tuple[Label, ...],
    entities: tuple[Entity, ...],
    policy: PolicyData,
    passes: Callable[[str], bool],
) -> str | None:
    """The first candidate that passes, or None."""
    candidates = _candidates(text, labels, entities, policy)
    return next((found for found in candidates if found != text.raw and passes(found)), None)


def _candidates(
    text: NormalizedText,
    labels: tuple[Label, ...],
    entities: tuple[Entity, ...],
    policy: PolicyData,
) -> Iterator[str]:
    codes = [label.code for label in labels]
    personal = [entity for entity in entities if entity.kind in _MASKED_KINDS]
    if codes == ["privacy.disclosure"] and personal:
        yield mask(text.raw, personal)
    if not set(codes) & set(policy.template_only):
        rest = _without(text, [span for label in labels for span in label.spans], personal)
        if rest:
            yield rest
    yield from (policy.suggestions[code] for code in codes if code in policy.suggestions)


def _without(
    text: NormalizedText, touched: Sequence[Span], personal: Sequence[Entity]
) -> str | None:
    """The clauses that no violating span touches, as they were typed, personal values masked."""
    if not touched:
        return None
    kept = []
    for start, end in sentences(text.text):
        span = text.raw_span(start, end)
        if not any(span.start < other.end and other.start < span.end for other in touched):
            inside = [e for e in personal if span.start <= e.start and e.end <= span.end]
            kept.append(_masked(text.raw, span, inside))
    rest = "".join(kept).strip().rstrip(_TRAILING)
    return rest if sum(letter.isalnum() for letter in rest) >= _MIN_REST_CHARS else None


def _masked(raw: str, span: Span, inside: Sequence[Entity]) -> str:
    pieces, at = [], span.start
    for entity in inside:
        pieces += [raw[at : entity.start], entity.masked]
        at = entity.end
    return "".join([*pieces, raw[at : span.end]])
