"""text.wrong_product: a noun, or the words of a trade; wrong parcels and gifts are none."""

from dataclasses import replace

import pytest

from nlp_service.domain import Review, Signal
from nlp_service.reviews.signals import SIGNALS
from tests.reviews.cases import say, view_of


def _fire(review: Review) -> Signal:
    return SIGNALS["text.wrong_product"](review, view_of(review))


@pytest.mark.parametrize(
    ("text", "title", "weighs"),
    [
        ("这条裙子掉色严重", "法式连衣裙", False),
        ("发错货了,收到一双拖鞋", "蓝牙耳机", False),
        ("送了一个面膜是过期的赠品", "口红", False),
        ("用洗衣机洗一次就缩水了", "纯棉睡衣", False),
        ("和我的手机连不上", "蓝牙耳机", False),
        ("买给我妈做礼物,毛衣太小", "羊毛毛衣", False),
        ("太差了,不推荐", "蓝牙耳机", False),
        ("面膜太油,敷完闷痘", "蓝牙耳机", True),
        ("奶粉结块,宝宝不爱喝", "男士皮鞋", True),
    ],
)
def test_another_kind_of_product(text: str, title: str, weighs: bool) -> None:
    review = say(text, item_title=title)
    assert (_fire(review).weight > 0) is weighs


@pytest.mark.parametrize(
    ("text", "category", "trades", "weighs"),
    [
        ("鞋底硬,磨脚", "appliance", {"shoes_bags": 0.97, "appliance": 0.01}, True),
        ("鞋底硬,磨脚", "shoes_bags", {"shoes_bags": 0.97, "appliance": 0.01}, False),
        ("鞋底硬,磨脚", "appliance", {"shoes_bags": 0.6, "appliance": 0.01}, False),
        ("鞋底硬,磨脚", "appliance", {"shoes_bags": 0.97, "appliance": 0.2}, False),
        ("发错了,鞋底硬", "appliance", {"shoes_bags": 0.97, "appliance": 0.01}, False),
        ("鞋底硬,磨脚", "virtual", {"shoes_bags": 0.97, "virtual": 0.01}, False),
        ("鞋底硬,磨脚", "secondhand", {"shoes_bags": 0.97, "appliance": 0.01}, False),
        ("鞋底硬,磨脚", "appliance", {}, False),
    ],
)
def test_words_of_a_foreign_trade(
    text: str, category: str, trades: dict[str, float], weighs: bool
) -> None:
    review = say(text, category=category)
    view = replace(view_of(review), trades=trades)
    assert (SIGNALS["text.wrong_product"](review, view).weight > 1) is weighs


def test_a_title_of_two_trades_makes_both_its_own() -> None:
    review = say("码数偏小", category="appliance", item_title="电热水壶 送拖鞋")
    trades = {"shoes_bags": 0.97, "appliance": 0.01}
    view = replace(view_of(review), trades=trades)
    assert SIGNALS["text.wrong_product"](review, view).weight == 0


def test_wrong_product_needs_an_item_to_compare() -> None:
    assert _fire(say("面膜太油")).missing == "item_title"
