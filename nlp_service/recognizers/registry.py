"""Runs all recognisers over one text and turns what survives into entities.

    NormalizedText -> Reading -> recognisers -> hits -> resolve -> Entity (raw offsets, masked)

Most messages hold no digit, no Latin letter and no cue; they leave after four scans.
"""

from collections.abc import Callable, Collection

from nlp_service.domain import Entity
from nlp_service.recognizers import (
    address,
    alipay,
    bank_card,
    email,
    hotline,
    id_card,
    landline,
    mobile,
    order_number,
    passport,
    permit,
    person_name,
    plate,
    privacy_number,
    qq,
    qr_hint,
    tracking_number,
    url,
    wechat,
)
from nlp_service.recognizers import own_numbers as own
from nlp_service.recognizers.hit import Hit
from nlp_service.recognizers.identifiers import with_identifiers
from nlp_service.recognizers.masking import masked
from nlp_service.recognizers.reading import Reading, read
from nlp_service.recognizers.resolve import resolve
from nlp_service.text.offsets import NormalizedText

Find = Callable[[Reading], list[Hit]]

# Each looks for its own cues first and returns at once without them.
_ALWAYS: tuple[Find, ...] = (qr_hint.find, address.find, person_name.find)
_WITH_LATIN_OR_DIGITS: tuple[Find, ...] = (
    wechat.find,
    qq.find,
    alipay.find,
    email.find,
    url.find,
    plate.find,
    mobile.find,
    privacy_number.find,
    landline.find,
    hotline.find,
    id_card.find,
    bank_card.find,
    passport.find,
    permit.find,
    tracking_number.find,
    order_number.find,
)


def recognize(text: NormalizedText, *, own_numbers: Collection[str] = ()) -> tuple[Entity, ...]:
    """Entities of a text, sorted by start, not overlapping; half-open offsets into `text.raw`.

    `own_numbers` are this conversation's order and parcel numbers: they come out as such and as
    nothing else.
    """
    if text.disguised:
        text = with_identifiers(text)
    reading = read(text.text)
    hits = _hits(reading, own_numbers)
    return tuple(_entity(text, hit) for hit in resolve(hits)) if hits else ()


def _hits(reading: Reading, numbers: Collection[str]) -> list[Hit]:
    hits = [hit for find in _ALWAYS for hit in find(reading)]
    if reading.has_latin or reading.chains:
        hits += [hit for find in _WITH_LATIN_OR_DIGITS for hit in find(reading)]
    if numbers:
        hits += own.find(reading, numbers)
    return hits


def _entity(text: NormalizedText, hit: Hit) -> Entity:
    span = text.raw_span(hit.start, hit.end)
    shown = hit.masked if hit.masked is not None else masked(hit.kind, hit.value)
    return Entity(hit.kind, span.start, span.end, shown, hit.verified, hit.value, hit.score)
