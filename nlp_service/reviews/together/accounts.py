"""What one account wrote around a review: how many low ratings, and what it rated low before.

account's orders rated within days -> low ones, all
low ratings of this very item      -> those older than this order of it
"""

from datetime import datetime
from typing import NamedTuple

from nlp_service.reviews.rules import DAY_S
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.together.timeline import Course

_EMPTY = Course(())


class Account(NamedTuple):
    """`low` of the `cases` that an account rated around a review were of one or two stars."""

    low: int
    cases: int

    @property
    def share(self) -> float:
        """Low ratings among all, 0 to 1."""
        return self.low / max(self.cases, 1)


def account_of(around: Around, days: float) -> Account:
    """The account within `days` either way, this review counted; nothing of an unknown one."""
    seen, timeline = around.seen, around.timeline
    if seen.buyer is None or seen.at_s is None:
        return Account(0, 0)
    start, end = seen.at_s - days * DAY_S, seen.at_s + days * DAY_S
    low = timeline.low_of_buyer.get(seen.buyer, _EMPTY).count(start, end)
    return Account(low, timeline.cases_of_buyer.get(seen.buyer, _EMPTY).count(start, end))


def rated_low_before(around: Around, ordered_at: datetime) -> int:
    """How often the account had rated this item low when it placed this order."""
    seen, timeline = around.seen, around.timeline
    if seen.buyer is None or seen.merchant is None or seen.item is None or seen.append_of:
        return 0
    course = timeline.low_of_purchase.get((seen.buyer, seen.merchant, seen.item), _EMPTY)
    return course.count(float("-inf"), ordered_at.timestamp())
