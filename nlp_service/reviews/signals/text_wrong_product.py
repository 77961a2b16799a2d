"""text.wrong_product 张冠李戴: the text is about another kind of product than item and category.

Told by a product noun, or, which says more, by how the words are used in all trades. Honest: the
wrong item was sent, the item was a gift or is compared. Only a damning history makes this more
than a slip, which the family rule of suspicion.py sees to.
"""

from functools import lru_cache

import re2
from pydantic import field_validator

from nlp_service.domain import Review, Signal
from nlp_service.reviews.lexicon import Strict, parse, shipped
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "text.wrong_product"
_TRADE = "text.wrong_product.trade"
_OF_ALL_TRADES = frozenset({"virtual"})  # a voucher for a hotel, a shop, a meal
_HONEST = re2.compile(
    r"发错|寄错|送错|错发|不是我(?:买|要|拍|点)|货不对|收到的?(?:却|竟|居然|是)|发(?:来|过来)?(?:的|了)?(?:却|竟|居然|是|个)|送(?:人|朋友|给|我)|赠品|赠送|礼物|"
    r"一起买|同时买|还买|也买|另外买|两样|搭配|评错|评价错|写错|串"
)
_USED_WITH = re2.compile(
    r"(?:用|拿|放|在|给|配|进|插|连|和|跟|与|比|像|穿|搭|同|当|做|套|接|装|如|坐|躺|盖|擦|洗)$"
)
_PLACE = re2.compile(r"^(?:洗|上|里|内|充|套|店|旁|下|边|壳|膜|包装|盒|袋|用|专用|配件|连)")


class ProductWords(Strict):
    """Distinctive product nouns of each category."""

    products: dict[str, list[str]]

    @field_validator("products")
    @classmethod
    def _no_doubles(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        words = [word for group in value.values() for word in group]
        if len(words) != len(set(words)):
            raise ValueError("a product noun belongs to one category")
        return value


def signal(review: Review, view: ReviewView) -> Signal:
    """Product nouns of a foreign category and none of the own, or words of a foreign trade."""
    if review.item_title is None and review.category is None:
        return missing(CODE, needs="item_title")
    if _HONEST.search(view.text):
        return absent(CODE)
    pattern, category_of = _nouns()
    own = _own(review, pattern, category_of)
    matches = list(pattern.finditer(view.text))
    named = {category_of[match.group()] for match in matches}
    if _is_of_foreign_trade(review, view, own):
        return found(CODE, view.policy.weights[_TRADE], "评价用语属于另一类商品")
    if not named or named & own:
        return absent(CODE)
    topics = [match for match in matches if _is_topic(view.text, match.start(), match.end())]
    if not topics or any(match.group() in (review.item_title or "") for match in topics):
        return absent(CODE)
    spans = [view.raw_span(match.start(), match.end()) for match in topics]
    return found(CODE, view.policy.weights[CODE], "评价说的是另一类商品", spans=spans)


def _is_of_foreign_trade(review: Review, view: ReviewView, own: set[str]) -> bool:
    """Whether the words surely belong to a trade that item and category do not name.

    What is sold as second-hand, made to order, as a voucher or other may be of any trade.
    """
    rules = view.policy.wrong_trade
    if review.category not in view.trades or review.category in _OF_ALL_TRADES:
        return False
    foreign = max(view.trades.items(), key=lambda pair: pair[1])
    at_home = max(view.trades.get(trade, 0.0) for trade in own)
    return foreign[0] not in own and foreign[1] >= rules.foreign and at_home <= rules.own


def _own(review: Review, pattern: "re2.Pattern", category_of: dict[str, str]) -> set[str]:
    title = {category_of[match.group()] for match in pattern.finditer(review.item_title or "")}
    return title | ({review.category} if review.category else set())


def _is_topic(text: str, start: int, end: int) -> bool:
    return not _USED_WITH.search(text[:start][-2:]) and not _PLACE.search(text[end : end + 2])


@lru_cache(maxsize=1)
def product_nouns() -> dict[str, str]:
    """The category of every distinctive product noun."""
    words = parse(ProductWords, shipped("products.yaml"), name="products.yaml").products
    return {word: category for category, group in words.items() for word in group}


@lru_cache(maxsize=1)
def _nouns() -> "tuple[re2.Pattern, dict[str, str]]":
    category_of = product_nouns()
    ordered = sorted(category_of, key=len, reverse=True)
    return re2.compile("|".join(re2.escape(word) for word in ordered)), category_of
