"""behaviour.account 账号形态: odd counts of an account, weak; a series of low ratings, less so.

After Mukherjee 2013 and Rayana & Akoglu 2015: reviews a day, reviews an order, ratio of negative
reviews within an activity window, singleton against the item's mean. A first review is nothing by
itself: every honest account has one. Nor are low ratings among as many good ones.
"""

from dataclasses import replace

from nlp_service.domain import BuyerHistory, Review, Signal
from nlp_service.reviews.rules import Account
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.signals.history import trust_of
from nlp_service.reviews.together.accounts import Account as Own
from nlp_service.reviews.together.accounts import account_of
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.view import ReviewView

CODE = "behaviour.account"
SERIES = "behaviour.account.series"
_LOW_RATING = 2
_SINGLETON = 0.5  # part of the weight: most accounts with one review are new buyers


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """A series around this review; else odd counts, or a first review against all others."""
    return _series(review, view, around) or _odd(review, view, around)


def _series(review: Review, view: ReviewView, around: Around | None) -> Signal | None:
    """Low ratings of the account within the window: the more, and the less else it rated."""
    if around is None or not around.seen.is_bad:
        return None
    rules = view.policy.account
    account = account_of(around, rules.series_days)
    strength = _series_strength(account, rules)
    strength *= trust_of(_with_this(review.history), view.policy.bad_ratio.min_order_share)
    if account.low < rules.series_from or strength <= 0.0:
        return None
    return found(
        SERIES,
        view.policy.weights[SERIES] * strength,
        f"该账号前后{rules.series_days:g}天内评价{account.cases}次,其中{account.low}次一两星",
        value=account.low,
        threshold=rules.series_from,
    )


def _series_strength(own: Own, rules: Account) -> float:
    """Share of the whole weight, 0 to 1."""
    many = min(1.0, (own.low - 1) / (rules.series_full - 1))
    return many * max(0.0, (own.share - rules.series_share) / (1.0 - rules.series_share))


def _with_this(history: BuyerHistory | None) -> BuyerHistory | None:
    """The counts with this bad review."""
    if history is None or history.bad_reviews is None:
        return history
    return replace(history, bad_reviews=history.bad_reviews + 1)


def _odd(review: Review, view: ReviewView, around: Around | None) -> Signal:
    history, rules = review.history, view.policy.account
    if history is None or history.reviews is None:
        return missing(CODE, needs="history.reviews")
    weight = view.policy.weights[CODE]
    reason = _hasty(history, rules) or _too_many(history, rules)
    if reason:
        return found(CODE, weight, reason, value=history.reviews)
    if _contradicts_all(review, rules, around) and around is not None:
        peers = around.peers
        reason = f"账号首条评价为低分,而该商品其他{peers.reviews}条评价均分{peers.mean:.1f}"
        return found(
            CODE, weight * _SINGLETON, reason, value=review.rating, threshold=rules.peer_stars
        )
    return absent(CODE)


def _hasty(history: BuyerHistory, rules: Account) -> str | None:
    reviews, days = history.reviews or 0, history.window_days
    if reviews < rules.min_reviews or not days or reviews / days < rules.reviews_a_day:
        return None
    return f"该账号{days}天内写了{reviews}条评价,日均{reviews / days:.1f}条"


def _too_many(history: BuyerHistory, rules: Account) -> str | None:
    reviews, orders = history.reviews or 0, history.orders
    if reviews < rules.min_reviews or orders is None:
        return None
    if reviews < rules.reviews_per_order * max(orders, 1):
        return None
    return f"该账号{orders}单订单却有{reviews}条评价"


def _contradicts_all(review: Review, rules: Account, around: Around | None) -> bool:
    is_first = review.history is not None and review.history.reviews == 0
    if around is None or not is_first or review.rating is None or review.item_id is None:
        return False
    mean, reviews = around.peers
    return review.rating <= _LOW_RATING and reviews >= rules.min_peers and mean >= rules.peer_stars
