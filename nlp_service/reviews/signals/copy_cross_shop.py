"""copy.cross_shop 跨店雷同: nearly the text of other accounts, or of one account at many shops.

Stock phrases, items of one order and follow-ups never count (see together/); copies weigh most
where they came within days of this review and do not come at all times (see copy_weighing).
"""

from collections.abc import Sequence

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals.copy_weighing import other_shops, weigh
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.others import Around, is_foreign
from nlp_service.reviews.together.places import shared_spans
from nlp_service.reviews.together.texts import Neighbour
from nlp_service.reviews.view import ReviewView

CODE = "copy.cross_shop"
SHORT = "copy.cross_shop.short"
_ONE_ACCOUNT = 0.25  # who writes everywhere the same is mostly lazy


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """Other accounts with this text, those of these days first; else other shops with it."""
    if around is None:
        return missing(CODE, needs="other reviews")
    if review.buyer_id is None and review.merchant_id is None:
        return missing(CODE, needs="buyer_id, merchant_id")
    if not around.seen.is_bad or not around.copies:
        return absent(CODE)
    if around.seen.length_chars < view.policy.copies.min_letters:
        return _short(view, around)
    foreign = [one for one in around.copies if is_foreign(around.seen, one)]
    return _of_others(view, around, foreign) if foreign else _of_one(view, around)


def _short(view: ReviewView, around: Around) -> Signal:
    """A short text says little: only the same one, of several accounts."""
    accounts = {one.seen.buyer for one in around.copies if is_foreign(around.seen, one)}
    if len(accounts) + 1 < view.policy.copies.short_accounts:
        return absent(CODE)
    reason = f"另有{len(accounts)}个账号写过同样的短评"
    return _told(SHORT, 1.0, reason, view, around.copies[0])


def _of_others(view: ReviewView, around: Around, foreign: Sequence[Neighbour]) -> Signal:
    copies = [one.seen for one in around.copies]
    found = weigh(around.seen, [one.seen for one in foreign], copies, view.policy.copies)
    reason = (
        f"与{found.accounts}个其他账号{found.where}的评价雷同"
        f"(相似度{foreign[0].similarity:.0%}){found.remark}"
    )
    return _told(CODE, found.share, reason, view, foreign[0])


def _of_one(view: ReviewView, around: Around) -> Signal:
    """One account, or unknown ones, with this text at several shops."""
    shops = other_shops(around.seen, [one.seen for one in around.copies])
    if len(shops) + 1 < view.policy.copies.one_account_shops:
        return absent(CODE)
    reason = f"同样的文字还出现在其他{len(shops)}家店的评价里"
    return _told(CODE, _ONE_ACCOUNT, reason, view, around.copies[0])


def _told(code: str, share: float, reason: str, view: ReviewView, best: Neighbour) -> Signal:
    return found(
        code,
        view.policy.weights[code] * share,
        reason,
        spans=shared_spans(view.normalized, best.seen),
        value=best.similarity,
        threshold=view.policy.copies.similarity,
    )
