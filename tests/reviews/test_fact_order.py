"""Prices, grades and refunds denied, against what the order says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nlp_service.domain import Refund, Signal
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.signals import SIGNALS
from tests.reviews.cases import POSTED, ordered, say, view_of

WEIGHTS = default_suspicion_policy().weights
RETURNED = Refund("completed", POSTED - timedelta(days=14), "不想要了", 199.0)


def _signal(text: str, *, title: str = "蓝牙耳机", **changes: object) -> Signal:
    review = say(text, order=ordered(days_ago=5, **changes), item_title=title, category="digital")
    return SIGNALS["fact.order"](review, view_of(review))


@pytest.mark.parametrize(
    "text",
    [
        "花了一千二买个破烂",
        "付了小两千块,就这",
        "掏了1.2万元买的,差",
        "三千多块买的,质量堪忧",
        "花了2999,太坑",
        "六千来块入手的,卡",
    ],
)
def test_a_price_far_above_the_paid_one(text: str) -> None:
    assert _signal(text).weight == WEIGHTS["fact.order"]


@pytest.mark.parametrize(
    "text",
    [
        "专柜花了一千二",
        "朋友花了两千块",
        "花了2000块修",
        "定金付了2000元",
        "花了一千多分钟",
        "原价3000买的",
        "别家三千多块买的",
        "花了九牛二虎之力",
        "两件花了两千块",
        "花了599运费",
        "全家一起买花了三千块",
        "618买的",
        "要是花了三千块我也认",
        "花了六百来块",
    ],
)
def test_other_prices_are_innocent(text: str) -> None:
    assert _signal(text).weight == 0


def test_a_coupon_counts_as_paid() -> None:
    assert _signal("花了五百九十九买的,差", paid=39.9).weight > 0
    assert _signal("花了五百九十九买的,差", paid=39.9, coupon=500.0).weight == 0


@pytest.mark.parametrize(
    ("text", "title", "weighs"),
    [
        ("说好99新,全是划痕", "蓝牙耳机", True),
        ("说好99新,全是划痕", "二手手机 95新", True),
        ("说好99新,全是划痕", "二手手机 99新", False),
        ("说好99新,全是划痕", "二手手机", False),
        ("说好全新,有划痕", "蓝牙耳机", False),
        ("也就99新,还行", "蓝牙耳机", False),
    ],
)
def test_a_grade_that_the_title_does_not_know(text: str, title: str, weighs: bool) -> None:
    assert (_signal(text, title=title).weight > 0) is weighs


@pytest.mark.parametrize(
    "text", ["一分钱都不退", "死活不退款", "退款一直没到", "钱至今没退", "拒绝退款,奸商"]
)
def test_a_refund_denied_that_was_paid(text: str) -> None:
    assert _signal(text, refund=RETURNED).weight == WEIGHTS["fact.order.refund"]
    for refund in (
        None,
        replace(RETURNED, status="requested"),
        replace(RETURNED, amount=50.0),
        replace(RETURNED, amount=None),
        replace(RETURNED, requested_at=POSTED - timedelta(days=2)),
        replace(RETURNED, requested_at=None),
    ):
        assert _signal(text, refund=refund).weight == 0


@pytest.mark.parametrize(
    "text",
    [
        "一开始不退款,后来平台介入",
        "运费一分钱都不退",
        "差价一直不退钱",
        "怕不退款",
        "朋友说不退款",
        "不给退货",
        "要是不退钱就投诉",
        "降价了还不退钱",
    ],
)
def test_other_refusals_are_innocent(text: str) -> None:
    assert _signal(text, refund=RETURNED).weight == 0


@pytest.mark.parametrize("text", ["买了两箱,难吃", "收到三件都小"])
def test_a_quantity_is_unverifiable(text: str) -> None:
    signal = _signal(text)
    assert (signal.weight, bool(signal.missing)) == (0, True)
