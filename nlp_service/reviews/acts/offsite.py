"""Contacts by pattern: a contact, or "find me", in a review.

Honest: the seller wanted the contact, the buyer sells the item on, buyers ask each other.
"""

from collections.abc import Sequence

import re2

from nlp_service.reviews.acts.act import Finding
from nlp_service.reviews.acts.speakers import told_of_seller
from nlp_service.reviews.lexicon import union
from nlp_service.text.offsets import NormalizedText

_SURE = 0.9
_ALTERNATIVES = (
    r"(?:加|\+)(?:一下|下|我的?|俺)*(?:微信|vx|wx|v信|qq|扣扣|企鹅号?)",
    r"(?:加|\+)我?v(?:[^a-z]|$)",
    r"(?:微信|vx|wx|v信|qq|扣扣|企鹅)号?[是::]?\s*[a-z0-9_-]{5,20}",
    r"(?:私聊|私信|私)我",
    r"(?:联系|来找|找)我(?:拿|买|领|低价|进群|便宜|返)",
    r"(?:进群|加群|群号)[::]?\s*\d{5,12}",
    r"扫码进群",
    r"(?:^|[^\d])1[3-9]\d{9}(?:[^\d]|$)",
)
_PATTERN = union(_ALTERNATIVES)
_HONEST = re2.compile(
    r"转卖|转让|闲鱼|闲置|二手|低价出|有要的|谁要|想要的|有没有|求问|求助|请问|谁知道|用过的|同款的|交流|加了|加过|没人|客服(?:不|没)?联系我|联系我(?:说|了|处理|解决)|"
    r"有意|诚心要|(?:没|没有|不|也不|未|从未|主动|及时|马上|会|来|打电话)(?:人)?(?:来)?(?:联系|找|私信)我|(?:让|叫|要)我?加"
)


def needed() -> Sequence[str]:
    """Patterns of which one must match where anything is found."""
    return _ALTERNATIVES


def find(text: NormalizedText) -> Finding | None:
    """Contacts that the reviewer offers or asks for."""
    plain = text.text
    spans = tuple(
        text.raw_span(match.start(), match.end())
        for match in _PATTERN.finditer(plain)
        if not told_of_seller(plain, match.start())
        and not _HONEST.search(plain[max(0, match.start() - 14) : match.end() + 10])
    )
    return (_SURE, spans) if spans else None
