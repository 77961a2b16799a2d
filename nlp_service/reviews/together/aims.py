"""Where a review sends its readers: the names and handles beside what is heard as steering.

    an act that steers -> its words and those around -> strange words, handles -> a hash each

Two customers who recommend one shop by chance are rare; a shop that has itself recommended under
its rivals' goods is not. Hotlines, dates, product words and what stands in the item's own title
are no aims, and where the title is not known there are none.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from hashlib import blake2b
from itertools import pairwise

import re2

from nlp_service.domain import Review, Span
from nlp_service.reviews.together.wording import pieces, rarity
from nlp_service.reviews.view import ReviewView
from nlp_service.text.normalize import normalize

_STEERING = frozenset({"steers", "offsite"})
_AROUND = 12  # characters before and after the words of the act that may hold the name
# Letters and figures: what holds figures alone may be a hotline, a date, an order.
_HANDLE = re2.compile(r"[a-z0-9_-]*(?:[a-z][a-z_-]*[0-9]|[0-9][0-9_-]*[a-z])[a-z0-9_-]*")
_SHORTEST = 5


def aims(review: Review, view: ReviewView) -> dict[int, Span]:
    """Raw spans of names and handles by hash; empty where nothing steers for sure."""
    if review.item_title is None:
        return {}
    rules, title = view.policy.rival, normalize(review.item_title).text.replace(" ", "")
    found: dict[int, Span] = {}
    for act in view.acts:
        if act.name in _STEERING and act.score >= rules.sure:
            for start, end in _near(view, act.spans):
                for first, last in _names(view.text[start:end], rules.rare_nats):
                    name = view.text[start + first : start + last]
                    if name not in title:
                        found[_hash(name)] = view.raw_span(start + first, start + last)
    return found


def _near(view: ReviewView, spans: tuple[Span, ...]) -> Iterator[tuple[int, int]]:
    """Stretches of the normalised text around raw spans."""
    starts, ends = view.normalized.starts, view.normalized.ends
    for span in spans:
        start, end = bisect_right(ends, span.start), bisect_left(starts, span.end)
        yield max(0, start - _AROUND), min(len(view.text), end + _AROUND)


def _names(text: str, rare_nats: float) -> Iterator[tuple[int, int]]:
    for match in _HANDLE.finditer(text):
        if match.end() - match.start() >= _SHORTEST:
            yield match.span()
    for one, other in pairwise(pieces(text)):
        if one.end == other.start and max(rarity(one.text), rarity(other.text)) >= rare_nats:
            yield one.start, other.end


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode("utf-8", "replace"), digest_size=8).digest())
