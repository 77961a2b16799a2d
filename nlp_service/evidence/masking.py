"""Personal data of a case masked, with the offsets of its spans moved along.

Order, shop and item keep their ids: both sides of a dispute must know what it is about. Whoever is
a person does not: buyer, talk and parcel numbers are masked as the numbers in texts are.
"""

from collections.abc import Callable, Sequence
from typing import Any

from nlp_service.domain import Entity
from nlp_service.recognizers import mask, recognize
from nlp_service.recognizers.masking import masked
from nlp_service.text.normalize import normalize

# Numbers of the case itself, and lines that belong to a firm.
_SHOWN = frozenset({"order_number", "tracking_number", "hotline", "privacy_number"})
# Masked as accounts are: at most one character, or the ends of a phone number, stay.
_PERSONS = frozenset({"buyer_id", "conversation_id", "tracking_numbers"})
_NAMES = frozenset({"id", "merchant_id", "item_id", "order_id", "append_of", "item"})
Pair = tuple[int, int]


def masked_text(text: str) -> tuple[str, Callable[[Pair], Pair]]:
    """The text masked, and what moves a half-open span of it into the masked one."""
    entities = [one for one in recognize(normalize(text)) if one.kind not in _SHOWN]
    return mask(text, entities), lambda span: (
        _moved(span[0], entities, is_end=False),
        _moved(span[1], entities, is_end=True),
    )


def masked_json(value: Any, name: str = "") -> Any:
    """A JSON value with every text in it masked; spans are left out, for they point elsewhere."""
    if isinstance(value, dict):
        return {k: masked_json(part, k) for k, part in value.items() if k != "spans"}
    if isinstance(value, list | tuple):
        return [masked_json(part, name) for part in value]
    if not isinstance(value, str) or name in _NAMES:
        return value
    return masked("wechat", value) if name in _PERSONS else masked_text(value)[0]


def _moved(place: int, entities: Sequence[Entity], *, is_end: bool) -> int:
    """Where a place lies in the masked text; inside a masked stretch, its start or its end."""
    shift = 0
    for entity in sorted(entities, key=lambda one: one.start):
        if place <= entity.start:
            break
        if place < entity.end:
            return entity.start + shift + (len(entity.masked) if is_end else 0)
        shift += len(entity.masked) - (entity.end - entity.start)
    return place + shift
