"""From a review and its view to what is kept of it."""

from nlp_service.domain import Review
from nlp_service.reviews.aspects import vague_only
from nlp_service.reviews.lexicon import severity_lexicon
from nlp_service.reviews.signals import counter_detail, counter_images, counter_quality_refund
from nlp_service.reviews.together.aims import aims
from nlp_service.reviews.together.seen import Seen, prints_of
from nlp_service.reviews.together.wording import wording
from nlp_service.reviews.view import ReviewView
from nlp_service.text.normalize import normalize

_LOW_RATING = 2
_BACKING = (counter_images, counter_quality_refund, counter_detail)


def seen_of(review: Review, view: ReviewView) -> Seen:
    """What others are compared with; holds grams and no text."""
    prints, aspects = prints_of(view.text), _complaints(review, view)
    is_bad = _is_bad(review, view)
    return Seen(
        key=review.id,
        buyer=review.buyer_id,
        merchant=review.merchant_id,
        item=review.item_id,
        order=review.order.order_id if review.order else None,
        append_of=review.append_of,
        posted_at=review.posted_at,
        rating=review.rating,
        is_bad=is_bad,
        aspects=aspects,
        is_thin=not aspects and view.severity.level == "none",
        is_backed=any(module.signal(review, view).weight for module in _BACKING),
        length_chars=prints.length_chars,
        exact=prints.exact,
        signature=prints.signature,
        grams=prints.grams,
        wording=wording(view.text, title=_title(review)) if is_bad else None,
        aims=frozenset(aims(review, view)) if is_bad else frozenset(),
    )


def _title(review: Review) -> str | None:
    return None if review.item_title is None else normalize(review.item_title).text


def _is_bad(review: Review, view: ReviewView) -> bool:
    has_low_rating = review.rating is not None and review.rating <= _LOW_RATING
    return has_low_rating or view.sentiment.label == "negative"


def _complaints(review: Review, view: ReviewView) -> frozenset[str]:
    vague = frozenset(severity_lexicon().vague)
    return frozenset(
        opinion.aspect
        for opinion in view.aspects
        if opinion.polarity == "negative" and not vague_only(opinion, review.text, vague)
    )
