"""Colour and size that a review claims to have ordered, against those in the item's title.

    我拍的L码给我发S码, title "防晒衣 浅蓝 S码" -> size L was never ordered
    拍的红色发来粉色,   title "四件套 粉色"     -> nothing: pink may be his red

Only a title that names one colour or one size alone says what was ordered; one without any, or with
several to choose from, leaves the claim unverifiable.
"""

from collections.abc import Iterator
from typing import NamedTuple

import re2

from nlp_service.reviews.signals.claim_context import is_own_claim
from nlp_service.reviews.view import ReviewView

_ORDERED = re2.compile(
    r"(?:拍|买|要|订|定|选|下单)的(?:明明|就|都|可)*(?:是)?(?P<what>[^,。!?…~;:]{1,8}?)"
    r"(?:的|码|号|款)*,?(?:结果|却|偏|竟|居然|你们?|卖家|商家|店家)*(?:给我?|就)*(?:发|寄|送|来|收到|到手)"
)
_SIZE = re2.compile(r"(?:^|[^a-z0-9.])(?P<size>[2-6]?x{1,4}[sl]|[2-6]xl|[sml])(?:[^a-z0-9.]|$)")
_COLOUR = re2.compile(r"(?P<colour>[红黑白蓝绿黄紫粉灰棕橙])(?:[色的款]|$|[ /,a-z0-9])")
# Neighbours on the colour wheel, which buyers and shops call by either name.
_ALIKE = ("红粉橙紫", "黄橙棕", "蓝绿紫", "灰白", "灰黑")


class Variant(NamedTuple):
    """A stretch of the normalised text, the kind that it names, and what is claimed and ordered."""

    start: int
    end: int
    kind: str
    claimed: str
    ordered: str


def never_ordered(view: ReviewView, title: str) -> Variant | None:
    """The first size or colour claimed that the title, in normal form, contradicts."""
    return next(_contradicted(view, title), None)


def _contradicted(view: ReviewView, title: str) -> Iterator[Variant]:
    for match in _ORDERED.finditer(view.text):
        start, end = match.span()
        if not is_own_claim(view, start, end):
            continue
        for kind, pattern in (("尺码", _SIZE), ("颜色", _COLOUR)):
            claimed, ordered = _only(pattern, match.group("what")), _only(pattern, title)
            if claimed and ordered and not _is_alike(claimed, ordered):
                yield Variant(start, end, kind, claimed.upper(), ordered.upper())


def _only(pattern: "re2.Pattern", text: str) -> str | None:
    """What `pattern` names in `text`, if that is one thing alone."""
    names = {match.group(1) for match in pattern.finditer(text)}
    return names.pop() if len(names) == 1 else None


def _is_alike(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _ALIKE)
