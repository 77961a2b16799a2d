"""Prices and refunds denied, against what the order says."""

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
        "我2599买的包被这清洁剂洗掉色",
        "把我花8000多买的手机屏幕刮花了",
        "染坏我花了2000块买的地毯",
        "我花2000买的手机充电,这线充不进",
        "每月花2000买奶粉,这罐结块",
        "一年花五千块在你家,就这服务",
        "花了2000,用了1800的券,就这",
        "花1000块红包买的教训",
    ],
)
def test_other_prices_are_innocent(text: str) -> None:
    assert _signal(text).weight == 0


def test_a_coupon_counts_as_paid() -> None:
    assert _signal("花了五百九十九买的,差", paid=39.9).weight > 0
    assert _signal("花了五百九十九买的,差", paid=39.9, coupon=500.0).weight == 0


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("说好99新,全是划痕", "蓝牙耳机"),
        ("写着99新,收到划痕多", "手机 国行正品"),
        ("详情页写着95新", "九五成新 相机"),
        ("说好99新,全是划痕", "二手手机 95新"),
    ],
)
def test_a_grade_promised_is_unverifiable(text: str, title: str) -> None:
    signal = _signal(text, title=title)
    assert (signal.weight, bool(signal.missing)) == (0, True)


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
        "不肯退款,申请客服仲裁退的",
        "坚决不退款,找消费者协会退的",
        "卖家不肯退款,官方垫付的",
        "一分钱都不退,官方赔付给我的",
        "说不给退款,我找了官方客服解决的",
        "三次拒绝退款,直到我找了消协",
        "拖了十天还没退款,今天到账",
        "退款到现在没到银行卡",
        "开始死活不退款,折腾了一个月",
        "不退款就差评,吓得他们退了",
    ],
)
def test_other_refusals_are_innocent(text: str) -> None:
    assert _signal(text, refund=RETURNED).weight == 0


@pytest.mark.parametrize("text", ["买了两箱,难吃", "收到三件都小"])
def test_a_quantity_is_unverifiable(text: str) -> None:
    signal = _signal(text)
    assert (signal.weight, bool(signal.missing)) == (0, True)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("我拍的L码给我发S码,会不会看单子", "防晒衣 浅蓝 S码"),
        ("要的是大红色XXL给我发个灰的M", "妈妈装春秋外套 灰色M"),
        ("我选的明明是黑色,结果发来白的", "T恤 白色"),
        ("订的2XL发来的是M", "卫衣 M"),
        ("订的XXL发来的是M", "卫衣 M"),
        ("拍的L码结果送了S码", "防晒衣 S码"),
        ("要的黑色送了个白色", "杯子 白色"),
        ("要的黑色给我送的白色", "杯子 白色"),
        ("拍的L码发来S码,客服说仓库看错了", "防晒衣 S码"),
        ("拍的L码发来S码,买错店了", "防晒衣 S码"),
    ],
)
def test_a_size_or_colour_that_was_never_ordered(text: str, title: str) -> None:
    assert _signal(text, title=title).weight == WEIGHTS["fact.order.variant"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("我拍的L码给我发S码", "防晒衣 浅蓝 L码"),
        ("我拍的L码给我发S码", "防晒衣"),
        ("我拍的L码给我发S码", "防晒衣 S/M/L"),
        ("拍的红色发来粉色", "四件套 粉色"),
        ("拍的是灰色发来黑的", "四件套 浅灰色/黑色"),
        ("朋友拍的L码给发S码", "防晒衣 S码"),
        ("买的大红灯笼发来一堆碎片", "灯笼 黄色"),
        ("我拍的L码偏小", "防晒衣 S码"),
        ("拍的1.5米发来1米", "窗帘 L"),
        ("要的是红糖味发来原味", "饼干 黑糖"),
        ("订的XXL发来的很小", "卫衣 2XL"),
        ("订的L码发来的M码", "H&M 外套"),
        ("要的是黑色的,结果发来白色的", "绿色环保 茶杯"),
        ("买的白色的收到了很喜欢", "袜子 黑色"),
        ("之前买的L码收到有点大,这次发M正好", "外套 M"),
        ("要的黑色没有,给我发白色", "杯子 白色"),
        ("拍的红色发来蓝色", "四件套 粉色"),
        ("顺便买的白色鞋带发来黑色", "外套 黑色"),
        ("拍的L码发来S码,后来发现是我自己拍错了", "裙 S码"),
        ("要的XL给我发的L,原来是我下单选错了", "裙 L"),
        ("选的黑色送白色袜子一双", "T恤 白色"),
        ("拍的L码发来S码,唉拍错了", "裙 S码"),
    ],
)
def test_a_variant_ordered_or_unknown_is_no_contradiction(text: str, title: str) -> None:
    assert _signal(text, title=title).weight == 0


def test_a_follow_up_may_tell_of_another_variant() -> None:
    review = say("我拍的L码给我发S码", item_title="防晒衣 S码", order=ordered(days_ago=2))
    assert SIGNALS["fact.order"](review, view_of(review)).weight
    later = replace(review, append_of="r-0")
    assert SIGNALS["fact.order"](later, view_of(later)).weight == 0
