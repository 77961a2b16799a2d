"""What the chat models read: normalised text with numbers and entities made anonymous.

A phone number and another phone number are the same thing to a model, so every recognised entity
becomes one private-use character of its kind and every other digit becomes 0. Training and run
time use this same function.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlp_service.domain import Entity, Span
from nlp_service.text.clauses import clauses
from nlp_service.text.offsets import NormalizedText, merged

_PRIVATE_USE = 0xE000
_KINDS = [
    "mobile",
    "landline",
    "hotline",
    "privacy_number",
    "id_card",
    "bank_card",
    "passport",
    "permit",
    "plate",
    "email",
    "wechat",
    "qq",
    "alipay",
    "url",
    "qr_hint",
    "address",
    "person_name",
    "tracking_number",
    "order_number",
]
MARKS = {kind: chr(_PRIVATE_USE + number) for number, kind in enumerate(_KINDS)}
_UNKNOWN_KIND = chr(_PRIVATE_USE + len(_KINDS))
PLATFORM_LINK = chr(_PRIVATE_USE + len(_KINDS) + 1)
# Words of an account cue ("微信号") stay readable; the QR hint is itself the words.
_KEPT_KINDS = frozenset({"qr_hint"})
_GAP_CHARS = 2  # a hole this small in the words of a fact is closed
_DIGIT = re.compile("[1-9]")


def _mark(entity: Entity) -> str:
    """A link to a platform's own page reads as another thing than a link elsewhere."""
    if entity.kind == "url" and entity.verified:
        return PLATFORM_LINK
    return MARKS.get(entity.kind, _UNKNOWN_KIND)


@dataclass(frozen=True, slots=True)
class ModelText:
    """Text for the models; character i comes from `raw[starts[i]:ends[i]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def raw_span(self, start: int, end: int) -> Span:
        """The raw stretch of `text[start:end]`, which must not be empty."""
        return Span(self.starts[start], self.ends[end - 1])

    def units(self) -> list[tuple[int, int]]:
        """The whole text first, then its clauses and neighbouring pairs of clauses."""
        pieces = clauses(self.text)
        whole = (0, len(self.text))
        if len(pieces) < 2:
            return [whole]
        pairs = [(a[0], b[1]) for a, b in pairwise(pieces)]
        return [whole, *pieces, *(pairs if len(pieces) > 2 else [])]


def model_text(normalized: NormalizedText, entities: Sequence[Entity]) -> ModelText:
    """Replace entities by marks and digits by 0; offsets keep pointing into the raw text."""
    pending = [entity for entity in entities if entity.kind not in _KEPT_KINDS]
    text = _DIGIT.sub("0", normalized.text)
    if not pending:
        return ModelText(text, normalized.starts, normalized.ends)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    written: set[Entity] = set()
    for letter, first, last in zip(text, normalized.starts, normalized.ends, strict=True):
        inside = next((e for e in pending if e.start <= first and last <= e.end), None)
        if inside is None:
            pieces.append(letter)
            starts.append(first)
            ends.append(last)
        elif inside not in written:
            written.add(inside)
            pieces.append(_mark(inside))
            starts.append(inside.start)
            ends.append(inside.end)
    return ModelText("".join(pieces), starts, ends)


def spans_of(text: ModelText, chars: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """Raw spans of stretches of the model text, in order; small holes between them are closed."""
    stretches: list[tuple[int, int]] = []
    # Windows of a long message overlap, so places may come twice and out of order.
    for start, end in sorted(set(chars)):
        if stretches and start - stretches[-1][1] <= _GAP_CHARS:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return merged([text.raw_span(start, end) for start, end in stretches])
