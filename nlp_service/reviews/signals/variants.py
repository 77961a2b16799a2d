"""Colour and size that a review claims to have ordered, against those in the item's title.

    我拍的L码给我发S码, title "防晒衣 浅蓝 S码" -> size L was never ordered, and S came as ordered
    拍的红色发来粉色,   title "四件套 粉色"     -> nothing: pink may be his red

Only a title that names one colour or one size alone says what was ordered; one without any, or with
several to choose from, leaves the claim unverifiable.
"""

from collections.abc import Iterator
from typing import NamedTuple

import re2

from nlp_service.reviews.signals.claim_context import is_own_claim
from nlp_service.reviews.view import ReviewView
from nlp_service.text.normalize import normalize

_ORDERED = re2.compile(
    r"(?:拍|买|要|订|定|选|下单)的(?:明明|就|都|可)*(?:是)?(?P<what>[^,。!?…~;:]{1,8}?)"
    r"(?:的|码|号|款)*,?(?:结果|却|偏偏?|竟然?|居然|你们?|卖家|商家|店家)*"
    r"(?:(?:给我?|就)*(?:(?:发|寄)(?:了|来|过来|成|的是|个|我)*|送(?:了|我)?(?:来|过来|成|的是)+了?)"
    r"|(?:结果|却|给我)送(?:了|的|个)+|送了个)"
    r"(?P<came>[^,。!?…~;:]{1,8})"
)
_SIZE = re2.compile(r"(?:^|[^a-z0-9.&'’])([2-6]?x{1,4}[sl]|[sml])(?:[^a-z0-9.&'’]|$)")
_COLOUR = re2.compile(r"([红黑白蓝绿黄紫粉灰棕橙])(?:[色的款]|$|[ /,a-z0-9])")
# Names of goods and days that are no colour of theirs, and what a thing is made for.
_NO_VARIANT = re2.compile(
    r"绿色(?:食品|环保|生态|有机|蔬菜)|红色(?:旅游|文化)|黑色星期五|[sml]系列|适用.*|适配.*"
)
# Another order, another thing, or a swap that was spoken of.
_EXPLAINED = re2.compile(
    r"之前|以前|上次|上回|第[一二三四五\d]次|换了|换成|换的|换货|重新|一起|顺便|另|没有|没货|缺货|断货|不是我|商量|同意|问我|备注|"
    r"(?:我|自己)[^,。!?]{0,4}[拍选买订下看记点]错|(?:下单|拍|选)错了?(?:$|[,。!?])"
)
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
    """The first size or colour claimed that the raw title contradicts."""
    return next(_contradicted(view, title), None)


def _contradicted(view: ReviewView, title: str) -> Iterator[Variant]:
    if _EXPLAINED.search(view.text):
        return
    for match in _ORDERED.finditer(view.text):
        start, end = match.span()
        if not is_own_claim(view, start, end):
            continue
        for kind, pattern in (("尺码", _SIZE), ("颜色", _COLOUR)):
            claimed, came = (_only(pattern, match.group(part)) for part in ("what", "came"))
            if not claimed or not came:
                continue
            ordered = _only(pattern, _NO_VARIANT.sub("", normalize(title).text))
            if came == ordered and not _is_alike(claimed, ordered):
                yield Variant(start, end, kind, claimed.upper(), ordered.upper())


def _only(pattern: "re2.Pattern", text: str) -> str | None:
    """What `pattern` names in `text`, if that is one thing alone."""
    names = {_same_name(match.group(1)) for match in pattern.finditer(text)}
    return names.pop() if len(names) == 1 else None


def _same_name(variant: str) -> str:
    """xxl and 2xl alike."""
    many = variant.count("x")
    return f"{many}x{variant[-1]}" if many > 1 and variant[0] == "x" else variant


def _is_alike(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _ALIKE)
