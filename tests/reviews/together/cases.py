"""Reviews beside others, without a model: what is kept of them is written by hand."""

from dataclasses import replace
from datetime import datetime, timedelta

from nlp_service.domain import AspectOpinion, Review, Signal, Span
from nlp_service.reviews.signals import TOGETHER
from nlp_service.reviews.together.making import seen_of
from nlp_service.reviews.together.others import Others
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.view import ReviewView
from tests.reviews.cases import POSITIVE, POSTED, say, view_of

RANT = "这家店的充电宝三个月就鼓包了,找客服推来推去不处理,大家千万别上当"
OTHER = "裤子洗了一次缩水到膝盖,颜色也掉得斑斑驳驳,再也不会来买"
FLOOD = [
    "包装盒被压得变了形,胶带缠了七八圈才勉强没散开",
    "说明书全是外文,按图装了一下午还多出两颗螺丝",
    "灯一打开就滋滋响,隔着门都听得清清楚楚",
    "遥控器反应迟钝,得凑到跟前对准了按三四回",
    "颜色比图上深了一大截,摆在客厅像块旧木头",
    "底座晃得厉害,垫了两张纸壳还是歪着",
]


def told(
    key: str,
    text: str = RANT,
    *,
    hours: float = 0.0,
    aspects: tuple[str, ...] = (),
    **facts: object,
) -> tuple[Review, ReviewView]:
    """A bad review posted `hours` after POSTED, complaining of `aspects` over its whole text."""
    given: dict[str, object] = {"buyer_id": f"b-{key}", "merchant_id": f"s-{key}", **facts}
    review = say(text, id=key, posted_at=POSTED + timedelta(hours=hours), **given)
    view = view_of(review) if (review.rating or 1) <= 3 else view_of(review, POSITIVE)
    opinions = tuple(AspectOpinion(one, "negative", 0.9, (Span(0, len(text)),)) for one in aspects)
    return review, replace(view, aspects=opinions)


def seen(key: str, text: str = RANT, **facts: object) -> Seen:
    """What is kept of `told`."""
    return seen_of(*told(key, text, **facts))  # type: ignore[arg-type]


def beside(
    code: str, subject: tuple[Review, ReviewView], *others: tuple[Review, ReviewView] | Seen
) -> Signal:
    """The signal about `subject` beside itself and `others`."""
    rest = [one if isinstance(one, Seen) else seen_of(*one) for one in others]
    known = Others([seen_of(*subject), *rest])
    return TOGETHER[code](*subject, known.around(seen_of(*subject)))


def at(hours: float) -> datetime:
    """`hours` after POSTED."""
    return POSTED + timedelta(hours=hours)
