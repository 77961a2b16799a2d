"""copy.rival 同荐一家: several accounts send readers to the same other shop, brand or contact.

Whoever writes angry and has found something better may name it once. Several accounts that name
the same within days, each under a bad review, have one interest.
"""

from nlp_service.domain import Review, Signal
from nlp_service.reviews.rules import DAY_S
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.view import ReviewView

CODE = "copy.rival"


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """Accounts with the same name or handle near this review in time, this one counted."""
    if around is None:
        return missing(CODE, needs="other reviews")
    at_s = around.seen.at_s
    if review.buyer_id is None or at_s is None:
        return missing(CODE, needs="buyer_id, posted_at")
    days = view.policy.rival.days
    accounts = {
        one.buyer
        for one in around.fellows
        if one.buyer is not None and one.at_s is not None and abs(one.at_s - at_s) <= days * DAY_S
    }
    if len(accounts) + 1 < view.policy.rival.accounts:
        return absent(CODE)
    reason = f"{days:g}天内{len(accounts) + 1}个账号在差评里把读者引向同一家"
    weight = view.policy.weights[CODE]
    return found(
        CODE, weight, reason, value=len(accounts) + 1, threshold=view.policy.rival.accounts
    )
