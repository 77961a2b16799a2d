"""counter.detail 细节具体: the review names concrete points, as who had the thing in hands does."""

import re2

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.evidence import absent, found
from nlp_service.reviews.view import ReviewView

CODE = "counter.detail"
_MEASURE = re2.compile(
    r"\d+(?:\.\d+)?(?:cm|mm|厘米|毫米|公分|斤|克|g|kg|ml|毫升|度|分钟|小时|天|个月|码|寸|瓦|w|%|件|颗|片|只|次|个)|"
    r"第[一二三四五六七八九十\d]+(?:天|次|个|遍)|(?:左|右|上|下|前|后|中间|底部|侧面|边角|接口|袖口|领口|拉链|按钮|插头|盖子|瓶口)"
)


def signal(review: Review, view: ReviewView) -> Signal:
    """Distinct complaints plus measures and places named."""
    del review
    complaints = sum(opinion.polarity == "negative" for opinion in view.aspects)
    measures = len({match.group() for match in _MEASURE.finditer(view.text)})
    points, enough = complaints + measures, view.policy.detail.min_points
    is_concrete = view.severity.level != "none" and points >= enough
    if not is_concrete:
        return absent(CODE)
    weight = view.policy.weights[CODE]
    return found(CODE, weight, "评价描述了具体问题和细节", value=points, threshold=enough)
