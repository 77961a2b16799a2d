"""Where a review sends its readers: the names and handles in what is heard as steering.

    an act that steers -> rare words side by side and handles of the whole text -> a hash each

Two customers who recommend one shop by chance are rare; a shop that has itself recommended under
its rivals' goods is not. What is in the item's own title is no other shop.
"""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import pairwise

import re2

from nlp_service.domain import Review
from nlp_service.reviews.together.wording import pieces, rarity
from nlp_service.reviews.view import ReviewView
from nlp_service.text.normalize import normalize

_STEERING = frozenset({"steers", "offsite"})
_RARE_NATS = 6.0  # of two neighbouring words together: 兴旺, 顺福记; not 旗舰店, 那家
_HANDLE = re2.compile(r"[a-z0-9][a-z0-9_.-]{4,}")


def aims(review: Review, view: ReviewView) -> frozenset[int]:
    """Hashes of the names and handles; empty where nothing steers."""
    if not any(act.name in _STEERING for act in view.acts):
        return frozenset()
    title = "" if review.item_title is None else normalize(review.item_title).text
    return frozenset(map(_hash, _names(view.text, title)))


def _names(text: str, title: str) -> Iterator[str]:
    yield from _HANDLE.findall(text)
    for one, other in pairwise(pieces(text)):
        name = one.text + other.text
        if one.end == other.start and name not in title and _is_rare(one.text, other.text):
            yield name


def _is_rare(one: str, other: str) -> bool:
    return rarity(one) + rarity(other) >= _RARE_NATS


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode("utf-8", "replace"), digest_size=8).digest())
