"""fact.time 时间矛盾: the claimed time of use is longer than the time since delivery.

A repurchase, a follow-up review and a known brand (一直用, 回购) explain it away.
"""

from datetime import datetime

import re2

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.claims import NUMBER, UNIT, Claim, duration_claims
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "fact.time"
_USED = re2.compile(
    rf"(?:用|使用|穿|戴|吃|喝|买|骑|开|玩|睡|到手|入手|买来|买回来|收到)(?:了|过|有|才|还没|不到|没有|没|快|都|将近|也就|大概|差不多|已经)*"
    rf"(?P<number>{NUMBER})(?:个)?多?(?:个)?(?:多)?(?P<unit>{UNIT})(?P<half>半)?"
)
_EXPLAINED = re2.compile(
    r"回购|复购|再次购买|又买|第[二三四五六七八九十\d]+次|之前|以前|上次|一直(?:用|喝|吃|买)|老(?:顾客|客户|用户|牌子)|家里(?:的|那|也)|原来|曾经|上一|每年|追评|追加|"
    r"同款|另一个|先前|早就|去年|前年|常年|多年|有效期|保质期|保修|质保"
)
_DAY_S = 86400.0


def signal(review: Review, view: ReviewView) -> Signal:
    """Days of use claimed against days since delivery."""
    possible = _possible_days(review)
    if possible is None:
        return missing(CODE, needs="order.delivered_at")
    if review.append_of is not None or _EXPLAINED.search(view.text):
        return absent(CODE)
    claims = list(duration_claims(view.text, _USED))
    worst = max(claims, key=lambda claim: claim.value, default=None)
    limit = max(possible, 0.0) * view.policy.time.factor + view.policy.time.slack_days
    if worst is None or worst.value <= limit:
        return absent(CODE)
    return _contradiction(view, worst, possible, limit)


def _contradiction(view: ReviewView, claim: Claim, possible: float, limit: float) -> Signal:
    times = view.policy.time
    is_gross = claim.value > max(possible, 0.0) * times.gross_factor + times.gross_days
    return found(
        CODE,
        view.policy.weights["fact.time.gross" if is_gross else CODE],
        f"称已使用约{claim.value:g}天,而签收至评价约{max(possible, 0.0):.0f}天",
        spans=[view.raw_span(claim.start, claim.end)],
        value=claim.value,
        threshold=round(limit, 1),
    )


def _possible_days(review: Review) -> float | None:
    """Days between the order (or its delivery) and the review; negative before delivery."""
    order = review.order
    since: datetime | None = (order.delivered_at or order.shipped_at) if order else None
    if since is None or review.posted_at is None:
        return None
    return (review.posted_at - since).total_seconds() / _DAY_S
