"""copy.rival 同荐一家: several accounts send readers to the same other shop, brand or contact.

Whoever writes angry and has found something better may name it once. Several accounts that name
the same within days, each under a bad review, have one interest, unless it is named all the time.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.rules import DAY_S
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.aims import aims
from nlp_service.reviews.together.chance import is_usual, is_within
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.view import ReviewView

CODE = "copy.rival"


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """Accounts with the same name or handle near this review in time, this one counted."""
    if around is None:
        return missing(CODE, needs="other reviews")
    if None in (review.buyer_id, review.posted_at, review.item_title):
        return missing(CODE, needs="buyer_id, posted_at, item_title")
    rules, reach_s = view.policy.rival, view.policy.rival.days * DAY_S
    near = [one for one in around.fellows if is_within(around.seen, one, reach_s)]
    accounts = len({one.buyer for one in near}) + 1
    if accounts < rules.accounts:
        return absent(CODE)
    if is_usual(around.seen, near, around.fellows, reach_s, view.policy.copies):
        return absent(CODE)
    shared = frozenset[int]().union(*(one.aims for one in near))
    spans = [span for aim, span in aims(review, view).items() if aim in shared]
    reason = f"{rules.days:g}天内{accounts}个账号在差评里把读者引向同一家"
    weight = view.policy.weights[CODE]
    return found(CODE, weight, reason, spans=spans, value=accounts, threshold=rules.accounts)
