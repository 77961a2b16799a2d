"""Fits which trade a review speaks of: for telling a review that stands under a foreign item.

annotated reviews, public ones with a trade, product nouns --fit_margin--> LinearModel
    --development authors--> Platt curves
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from nlp_service.inference.linear import LinearModel
from nlp_service.reviews.signals.text_wrong_product import product_nouns
from nlp_service.text.normalize import normalize
from nlp_service.training.linear_table import platt_curve
from nlp_service.training.margin_fit import Size, fit_margin
from nlp_service.training.public_reviews import PublicReview
from nlp_service.training.review_corpus import ReviewRecord

# Trades of the public sets; a hotel's reviews name no category of the contract.
_TRADE_OF = {
    "书籍": "books",
    "平板": "digital",
    "手机": "digital",
    "计算机": "digital",
    "水果": "fresh",
    "洗发水": "beauty",
    "热水器": "appliance",
    "蒙牛": "food",
    "衣服": "apparel",
    "酒店": "lodging",
}
# What is sold there may be of any trade.
_ANY_PRODUCT = frozenset({"custom", "other", "secondhand"})
_SIZE = Size(max_n=3, max_gap=3, min_df=2, max_features=60_000)
_PUBLIC_A_TRADE = 3000  # more would drown the trades that only written reviews have
_CHUNK = 512

Pairs = list[tuple[str, str]]


def fit_trades(
    annotated: Sequence[ReviewRecord],
    public: Iterable[PublicReview],
    unseen: Sequence[ReviewRecord],
    seed: int,
) -> LinearModel:
    """Margins of every trade over character n-grams, calibrated on `unseen` authors."""
    pairs = [*_of_records(annotated), *_of_public(public), *_of_nouns()]
    labels = tuple(sorted({trade for _, trade in pairs}))
    counts = Counter(trade for _, trade in pairs)
    model = fit_margin(
        [text for text, _ in pairs],
        _targets(pairs, labels),
        labels=labels,
        sample_weight=[(len(pairs) / len(labels) / counts[trade]) ** 0.5 for _, trade in pairs],
        size=_SIZE,
        seed=seed,
    )
    held = _of_records(unseen)
    logits = [
        model.logits_of_units([text for text, _ in held[at : at + _CHUNK]])
        for at in range(0, len(held), _CHUNK)
    ]
    return model.recalibrated(platt_curve(np.concatenate(logits), _targets(held, labels)))


def _targets(pairs: Pairs, labels: Sequence[str]) -> NDArray[np.int8]:
    return np.array([[trade == label for label in labels] for _, trade in pairs], np.int8)


def _of_records(records: Iterable[ReviewRecord]) -> Pairs:
    """Reviews of one trade, and the titles of their items."""
    known = [(r, r.context["category"]) for r in records if "category" in r.context]
    told = [(r, trade) for r, trade in known if trade not in _ANY_PRODUCT]
    texts = [(normalize(record.text).text, trade) for record, trade in told]
    titles = {(r.context["item_title"], trade) for r, trade in told if "item_title" in r.context}
    return [*texts, *((normalize(title).text, trade) for title, trade in sorted(titles))]


def _of_public(reviews: Iterable[PublicReview]) -> Pairs:
    read: Counter[str] = Counter()
    pairs: Pairs = []
    for review in reviews:
        trade = _TRADE_OF.get(review.group)
        if trade and read[trade] < _PUBLIC_A_TRADE:
            read[trade] += 1
            pairs.append((review.text, trade))
    return pairs


def _of_nouns() -> Pairs:
    return [(noun, trade) for noun, trade in sorted(product_nouns().items())]
