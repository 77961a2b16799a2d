"""Settles which of several hits keeps its characters.

Own numbers first, then hits whose words name them, then patterns; among equals the verified, the
longer, the surer. An order or parcel number that covers another hit always wins over a phone, card
or document that only its form suggests.
"""

from bisect import bisect
from collections.abc import Iterable

from nlp_service.recognizers.hit import Hit

# Below this a form is too common among other numbers to be reported without support.
LEAST_SCORE = 0.5
# Earlier wins where all else is equal: the more specific document before the more general number.
_KINDS = (
    "privacy_number", "id_card", "wechat", "alipay", "qq", "email", "url", "tracking_number",
    "order_number", "bank_card", "passport", "permit", "plate", "mobile", "landline", "hotline",
    "address", "person_name", "qr_hint",
)  # fmt: skip
_PRECEDENCE = {kind: place for place, kind in enumerate(_KINDS)}


def resolve(hits: Iterable[Hit]) -> list[Hit]:
    """Hits that do not overlap, sorted by start."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=_strength):
        if hit.score >= LEAST_SCORE:
            _insert(kept, hit)
    return kept


def _strength(hit: Hit) -> tuple[int, bool, int, float, int, int]:
    length = hit.end - hit.start
    place = _PRECEDENCE.get(hit.kind, len(_KINDS))
    return (-hit.rank, not hit.verified, -length, -hit.score, place, hit.start)


def _insert(kept: list[Hit], hit: Hit) -> None:
    """Keep `kept` sorted and without overlaps; only the two neighbours can be in the way."""
    place = bisect(kept, hit.start, key=lambda other: other.start)
    if place and kept[place - 1].end > hit.start:
        return
    if place < len(kept) and kept[place].start < hit.end:
        return
    kept.insert(place, hit)
