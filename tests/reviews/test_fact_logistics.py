"""Waits and lost parcels: honest look-alikes stay innocent, false claims are found."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from nlp_service.domain import AspectOpinion, Refund, Span
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.signals import SIGNALS
from tests.reviews.cases import POSTED, ordered, say, view_of

WEIGHTS = default_suspicion_policy().weights


def _weight(text: str, *, days_ago: float = 5, **changes: object) -> float:
    order = ordered(days_ago=days_ago, **changes)
    review = say(text, order=order, item_title="碎花裙子")
    return SIGNALS["fact.logistics"](review, view_of(review)).weight


@pytest.mark.parametrize(
    "text",
    [
        "足足拖了二十来天才收到货",
        "快递走了大半个月才送到",
        "等了快俩月才签收",
        "下单十七八天才给我发货",
        "拖了一个多月才发货",
        "等了一个多月还没收到货",
        "物流慢得要死,等了快一个月",
        "一个月才到,服了",
        "等了一个月不发货,催了八百遍",
        "二十天了就是不给发货",
    ],
)
def test_a_wait_longer_than_the_scans_allow(text: str) -> None:
    assert _weight(text) == WEIGHTS["fact.logistics.wait"]


@pytest.mark.parametrize(
    "text",
    [
        "等到花儿都谢了才到",
        "等了十五天才等到有券,结果质量很差",
        "拼团等了十五天才发货",
        "等了一个世纪才收到",
        "等了八百年才到货",
        "等了半天才发货",
        "等了一周才发货",
        "等了小半个月才到手",
        "等了一个月才退款",
        "拖了一个月客服才回复",
        "等了二十天才收到退款",
        "等了一个月换的新的才到",
        "预售,等了一个月才到",
        "付完尾款说一个月才到",
        "客服说要一个月才到",
        "朋友等了一个月才收到",
        "重新发的,等了一个月才到",
        "半年没到就坏了",
        "物流慢,等了一个月客服没回",
        "售后处理完物流慢,等了一个月",
        "等了一个月终于到手,屏幕有坏点",
        "代购转运走了二十天才到我手",
        "海外集运,路上走了一个月才到",
        "放假回来,过了二十天才拿到手,坏了不让退",
        "住校,过了两周才送到,发现是坏的",
        "换的货等了二十天才到,还是坏的",
        "半个月才到货的赠品是坏的",
        "等了二十天才收到,因为第一单被取消重新下的单",
        "出差了,等了二十天才收到",
        "老家取货不便,半个月才送到",
    ],
)
def test_an_honest_wait_is_no_contradiction(text: str) -> None:
    assert _weight(text) == 0


def test_waits_are_counted_from_the_order_and_not_from_dispatch() -> None:
    long_before = POSTED - timedelta(days=30)
    assert _weight("等了快一个月才到") > 0
    assert _weight("等了快一个月才到", ordered_at=long_before) == 0
    assert _weight("等了快一个月才到", ordered_at=None) == 0
    assert _weight("拖了半个多月才发货", ordered_at=long_before) == 0


@pytest.mark.parametrize(
    "text",
    [
        "包裹影子都没见到",
        "连根毛都没见着,骗钱",
        "等了半个月毛都没看到一根",
        "等到今天货都没看见",
        "快递被弄丢了",
        "丢件了也没人管",
        "东西压根没送来",
        "我的包裹至今下落不明",
        "到现在还没发货,骗子",
        "没收到裙子",
    ],
)
def test_a_parcel_said_never_to_have_come(text: str) -> None:
    assert _weight(text) > 0


@pytest.mark.parametrize(
    "text",
    [
        "没收到货之前挺期待",
        "还没收到货就降价了",
        "有没有收到货的啊",
        "以为丢件了",
        "差点弄丢了",
        "东西没到三天就坏了",
        "只收到一件,另一件没收到",
        "显示签收,影子都没见到",
        "放门口被偷了,没收到",
        "放驿站也不说,没见到快递",
        "邻居拿走了,代签的",
        "没收到发票",
        "退款一直没收到",
        "穿了两次就丢了",
        "没收到说好的会员卡",
        "说送的皮套,一直没收到",
        "三天不发货,催了才发",
        "下单三天没发货",
        "客服也不说为什么没发货",
        "没收到货就看到新款",
        "还没收到货,第二天便宜二十",
        "快递没到位",
        "听说有人没收到货",
        "没收到预期的效果",
        "快递员说丢件了,没收到",
        "我妈说没收到",
        "分了两批,货没到齐",
        "货没收到,系统自动完成了",
        "返修一个月了,还没收到货",
        "快递丢了一件",
        "快递把配件弄丢了,只剩主机",
        "包裹被弄丢了一半,箱子破了",
        "打开箱子没见到货,只有一张纸",
        "毛都没摸到就被拆过的包装",
        "说补寄的螺丝,到现在没收到",
        "货没到,客服就催我好评",
        "快递丢了,后来找回来了,外壳瘪了",
        "快递没送到,让我自己取",
        "东西不错,说好赔我,至今没收到一毛",
        "宣传送三个碗,没收到一个",
        "一个月不发货平台才管",
    ],
)
def test_other_things_and_false_sign_offs_are_none(text: str) -> None:
    assert _weight(text) == 0


def test_a_follow_up_may_tell_of_the_next_parcel() -> None:
    review = say("一直没收到货", order=ordered(days_ago=5), append_of="r-0")
    assert SIGNALS["fact.logistics"](review, view_of(review)).weight == 0


@pytest.mark.parametrize(
    ("requested", "weighs"),
    [
        (POSTED - timedelta(hours=5), True),
        (POSTED - timedelta(days=9), False),
        (None, False),
        (datetime(2026, 3, 1), False),
    ],
)
def test_a_refund_for_a_lost_parcel_counts_only_when_asked_after_the_scan(
    requested: datetime | None, weighs: bool
) -> None:
    order = ordered(days_ago=5, refund=Refund("requested", requested, "未收到货", 199.0))
    review = say("杯子有裂纹,做工很差", order=order)
    opinion = AspectOpinion("quality", "negative", 0.9, (Span(0, 5),))
    view = replace(view_of(review), aspects=(opinion,))
    assert (SIGNALS["fact.logistics"](review, view).weight > 0) is weighs
