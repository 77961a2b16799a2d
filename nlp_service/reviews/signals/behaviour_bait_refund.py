"""behaviour.bait_refund 低价即评: cheap item, refund claim and bad review at once, as a habit.

The habit shows in the account's refunds, or in its other reviews of the month at hand (any shop).
One cheap item sent back at once is nothing; nor is a claim days after the parcel came.
"""

from datetime import datetime

from nlp_service.domain import BuyerHistory, Review, ReviewOrder, Signal
from nlp_service.reviews.rules import BaitRefund
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.accounts import account_of
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.bait_refund"
_HOUR_S = 3600.0
_NOT_INSTANT = 0.5  # who claims near the review only may well have tried the thing


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """Cheap order, refund claimed at once, and a history of refunds or a series of low ratings."""
    order, history = review.order, review.history
    if order is None or order.paid is None or order.refund is None:
        return missing(CODE, needs="order.refund")
    if around is None and (history is None or history.refunds is None or not history.orders):
        return missing(CODE, needs="history.refunds")
    return (
        _of_refunds(review, order, view) or _of_series(review, order, view, around) or absent(CODE)
    )


def _of_refunds(review: Review, order: ReviewOrder, view: ReviewView) -> Signal | None:
    history, rules = review.history, view.policy.bait_refund
    share = _refund_share(history, rules)
    is_cheap = order.paid is not None and order.paid <= rules.max_paid
    if share < rules.min_refund_share or not is_cheap or not _is_near(review, order, rules):
        return None
    assert history is not None
    reason = f"低价订单在差评前后即申请退款,且{history.orders}单中{history.refunds}单退款"
    weight, limit = view.policy.weights[CODE], rules.min_refund_share
    return found(CODE, weight, reason, value=round(share, 3), threshold=limit)


def _of_series(
    review: Review, order: ReviewOrder, view: ReviewView, around: Around | None
) -> Signal | None:
    rules, days = view.policy.bait_refund, view.policy.account.series_days
    is_cheap = order.paid is not None and order.paid <= rules.series_max_paid
    is_instant = _is_instant(order, rules)
    if around is None or not is_cheap or not (is_instant or _is_near(review, order, rules)):
        return None
    account = account_of(around, days)
    if account.low < rules.series_low or account.share < rules.series_share:
        return None
    when = "签收后随即" if is_instant else "差评前后即"
    reason = f"低价订单{when}申请退款,且该账号前后{days:g}天内有{account.low}条一两星评价"
    weight = view.policy.weights[CODE] * (1.0 if is_instant else _NOT_INSTANT)
    return found(CODE, weight, reason, value=account.low, threshold=rules.series_low)


def _refund_share(history: BuyerHistory | None, rules: BaitRefund) -> float:
    if history is None or history.refunds is None or not history.orders:
        return 0.0
    return rules.share(history.refunds, history.orders)


def _is_near(review: Review, order: ReviewOrder, rules: BaitRefund) -> bool:
    gap = _hours(_claimed_at(order), review.posted_at)
    return gap is not None and abs(gap) <= rules.within_hours


def _is_instant(order: ReviewOrder, rules: BaitRefund) -> bool:
    gap = _hours(order.delivered_at, _claimed_at(order))
    return gap is not None and 0.0 <= gap <= rules.instant_hours


def _claimed_at(order: ReviewOrder) -> datetime | None:
    refund = order.refund
    return None if refund is None or refund.status == "none" else refund.requested_at


def _hours(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else (end - start).total_seconds() / _HOUR_S
