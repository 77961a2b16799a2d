"""copy.reworded 改写雷同: other accounts say the same in other words, order and figures.

Two buyers of one fault share its name, and perhaps one more rare word; a ring that rewrites one
text shares a string of odd details (see together/reworded.py). Near-duplicates are for
copy.cross_shop. What many wrote long ago, at all times or here only weighs less (see
copy_weighing).
"""

from collections.abc import Sequence

from nlp_service.domain import Review, Signal
from nlp_service.reviews.rules import RewordedRules
from nlp_service.reviews.signals.copy_weighing import weigh
from nlp_service.reviews.signals.evidence import absent, found, grown, missing
from nlp_service.reviews.together.others import Around
from nlp_service.reviews.together.places import word_spans
from nlp_service.reviews.together.reworded import Retelling
from nlp_service.reviews.view import ReviewView

CODE = "copy.reworded"


def signal(review: Review, view: ReviewView, around: Around | None) -> Signal:
    """Accounts that tell this story too; the words that the most alike one has are marked."""
    if around is None:
        return missing(CODE, needs="other reviews")
    if review.buyer_id is None:
        return missing(CODE, needs="buyer_id")
    if not around.seen.is_bad or not around.retellings:
        return absent(CODE)
    return _told(view, around, around.retellings)


def _told(view: ReviewView, around: Around, retold: Sequence[Retelling]) -> Signal:
    rules, best = view.policy.reworded, retold[0]
    seens = [one.seen for one in retold]
    weighed = weigh(around.seen, seens, seens, view.policy.copies)
    spans = word_spans(view.normalized, best.words)
    reason = (
        f"与{weighed.accounts}个其他账号{weighed.where}的评价改写雷同:"
        f"标出的{len(spans)}处少见说法在评价{best.seen.key}里也有{weighed.remark}"
    )
    is_strong = best.evidence >= rules.evidence
    share = weighed.share * _strength(best.evidence, rules)
    return found(
        CODE,
        view.policy.weights[CODE] * share,
        reason,
        spans=spans,
        value=round(best.evidence, 2),
        threshold=rules.evidence if is_strong else rules.group_evidence,
    )


def _strength(evidence: float, rules: RewordedRules) -> float:
    """From one half, at what speaks alone, to one."""
    return 0.5 + 0.5 * grown(evidence, rules.evidence, rules.full_evidence)
