"""copy.cross_shop 跨店雷同: nearly the text of other accounts, or of one account at many shops.

Stock phrases, items of one order and follow-ups never count (see together/). Over months many find
the same words, so copies weigh where they came within days of this review. People paste what others
wrote, and attackers paste what honest buyers wrote: the much older text weighs little.
"""

from collections.abc import Sequence

from nlp_service.domain import Review, Signal
from nlp_service.reviews.policy import CopyRules
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.together.others import Around, is_foreign
from nlp_service.reviews.together.places import shared_spans
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.together.texts import Neighbour
from nlp_service.reviews.view import ReviewView

CODE = "copy.cross_shop"
SHORT = "copy.cross_shop.short"
_HOUR_S, _DAY_S = 3600.0, 86400.0
_ONE_SHOP = 0.6  # other accounts at this shop only: a household, a dormitory, a shared order
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
    rules = view.policy.copies
    near = [one for one in foreign if _is_near(around.seen, one.seen, rules)]
    far_factor, foreign = (1.0, near) if near else (rules.far_factor, foreign)
    accounts = {one.seen.buyer for one in foreign}
    shops = _other_shops(around.seen, foreign)
    share = far_factor * (0.5 + 0.5 * min(1.0, (len(accounts) - 1) / (rules.full_accounts - 1)))
    share *= 1.0 if shops else _ONE_SHOP
    share *= rules.original_factor if _is_original(around.seen, around.copies, rules) else 1.0
    where = f"在其他{len(shops)}家店" if shops else "在本店"
    reason = f"与{len(accounts)}个其他账号{where}的评价雷同(相似度{foreign[0].similarity:.0%})"
    return _told(CODE, share, reason, view, foreign[0])


def _of_one(view: ReviewView, around: Around) -> Signal:
    """One account, or unknown ones, with this text at several shops."""
    shops = _other_shops(around.seen, around.copies)
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


def _other_shops(seen: Seen, copies: Sequence[Neighbour]) -> set[str]:
    if seen.merchant is None:
        return set()
    return {one.seen.merchant for one in copies if one.seen.merchant is not None} - {seen.merchant}


def _is_near(seen: Seen, other: Seen, rules: CopyRules) -> bool:
    """Whether both came within days; without times that is not known."""
    if seen.at_s is None or other.at_s is None:
        return False
    return abs(seen.at_s - other.at_s) <= rules.near_days * _DAY_S


def _is_original(seen: Seen, copies: Sequence[Neighbour], rules: CopyRules) -> bool:
    """Whether every copy came much later."""
    times = [one.seen.at_s for one in copies]
    if seen.at_s is None or None in times:
        return False
    gap_s = rules.original_hours * _HOUR_S
    return all(at is not None and at - seen.at_s >= gap_s for at in times)
