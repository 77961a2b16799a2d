"""text.offsite 站外联系: a contact, or "find me", in a review.

Honest: the seller wanted the contact, the buyer sells the item on, buyers ask each other.
"""

import re2

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found
from nlp_service.reviews.signals.speakers import told_of_seller
from nlp_service.reviews.view import ReviewView

CODE = "text.offsite"
_PATTERN = re2.compile(
    r"(?:加|\+)(?:一下|下|我的?|俺)*(?:微信|vx|wx|v信|qq|扣扣|企鹅号?)|(?:加|\+)我?v(?:[^a-z]|$)|"
    r"(?:微信|vx|wx|v信|qq|扣扣|企鹅)号?[是::]?\s*[a-z0-9_-]{5,20}|(?:私聊|私信|私)我|(?:联系|来找|找)我(?:拿|买|领|低价|进群|便宜|返)|"
    r"(?:进群|加群|群号)[::]?\s*\d{5,12}|扫码进群|(?:^|[^\d])1[3-9]\d{9}(?:[^\d]|$)"
)
_HONEST = re2.compile(
    r"转卖|转让|闲鱼|闲置|二手|低价出|有要的|谁要|想要的|有没有|求问|求助|请问|谁知道|用过的|同款的|交流|加了|加过|没人|客服(?:不|没)?联系我|联系我(?:说|了|处理|解决)|"
    r"有意|诚心要|(?:没|没有|不|也不|未|从未|主动|及时|马上|会|来|打电话)(?:人)?(?:来)?(?:联系|找|私信)我|(?:让|叫|要)我?加"
)


def signal(review: Review, view: ReviewView) -> Signal:
    """Contacts that the reviewer offers or asks for."""
    del review
    text = view.text
    spans = [
        view.raw_span(match.start(), match.end())
        for match in _PATTERN.finditer(text)
        if not told_of_seller(text, match.start())
        and not _HONEST.search(text[max(0, match.start() - 14) : match.end() + 10])
    ]
    if not spans:
        return absent(CODE)
    return found(
        CODE, view.policy.weights[CODE], "评价中留下站外联系方式或要求私下联系", spans=spans
    )
