"""Every other signal by table: honest look-alikes first, then what it is for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nlp_service.domain import (
    AspectOpinion,
    BuyerHistory,
    Refund,
    Review,
    ReviewSeverity,
    Sentiment,
    Signal,
    Span,
)
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.signals import SIGNALS, TOGETHER
from tests.reviews.cases import DAMNING, NEGATIVE, POSITIVE, POSTED, ordered, say, view_of

WEIGHTS = default_suspicion_policy().weights


def _fire(code: str, review: Review, sentiment: Sentiment = NEGATIVE) -> Signal:
    return SIGNALS[code](review, view_of(review, sentiment))


HONEST_TEXTS = {
    "text.threat": [
        "气得想打人",
        "打死我也不会再买了",
        "再不处理我就投诉你们",
        "我要到12315曝光你们店",
        "客服威胁我说要弄死你全家,吓人",
        "老板电话打不通",
        "差点被这椅子摔死",
        "骑手说要上门找我,太可怕了",
        "垃圾店迟早倒闭",
        "祝你们早日关门",
    ],
    "text.offsite": [
        "客服让我加微信返现,假的",
        "卖家加我微信说给红包",
        "不喜欢,转卖了,有要的联系我",
        "有没有用过的,求问怎么装",
        "客服一直没联系我",
        "加了微信也没人理",
        "物流打电话联系我说明天送",
        "微信支付不了",
        "微信图标的抱枕颜色不正",
        "订单号123456789的货少了",
    ],
    "text.competitor": [
        "没有楼下那家的好吃",
        "还不如去超市买",
        "下次去实体店买吧",
        "跟别家的比差远了",
        "去别家买吧,别来这家店买",
        "去了专柜看才知道是假的",
        "回家买菜路上看到更便宜的",
        "以前在某品牌店买的比这好",
    ],
}
TELLING_TEXTS = {
    "text.threat": [
        ("再不退钱我弄死你", "弄死你"),
        ("我知道你家住哪,走着瞧", "知道你家住哪"),
        ("等着,我带人去砸你的店", "带人去砸你"),
        ("大家一起打爆老板的电话", "打爆老板的电话"),
        ("我要人肉你,把你身份证号公布出来", "人肉你"),
        ("老板电话13800138000大家去骚扰", "老板电话13800138000"),
        ("小心你孩子,走夜路注意点", "小心你孩子"),
    ],
    "text.offsite": [
        ("东西一般,想要便宜的加我微信abc12345", "加我微信"),
        ("质量差,找我拿低价的", "找我拿"),
        ("不好用,vx:kkll8899", "vx:kkll8899"),
        ("要返利的进群123456789", "进群123456789"),
    ],
    "text.competitor": [
        ("垃圾,大家去小王子旗舰店买", "去小王子旗舰店买"),
        ("别买这家,搜花花专营店,便宜一半", "花花专营店"),
        ("请认准老张牌,这家不行", "认准老张牌"),
        ("不好,看 www.example.com 更划算", "www.example.com"),
    ],
}


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, group in HONEST_TEXTS.items() for text in group]
)
def test_honest_text_is_not_held_against_the_buyer(code: str, text: str) -> None:
    signal = _fire(code, say(text))
    assert signal.weight == 0, signal


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [(code, text, words) for code, group in TELLING_TEXTS.items() for text, words in group],
)
def test_telling_text_is_found_where_it_stands(code: str, text: str, words: str) -> None:
    signal = _fire(code, say(text))
    assert signal.weight > 0
    assert signal.reason
    assert any(words in text[start:end] for start, end in signal.spans), signal.spans


def test_low_stars_over_praise_mismatch() -> None:
    assert _fire("text.rating_mismatch", say("很好很喜欢"), POSITIVE).weight > 0
    assert _fire("text.rating_mismatch", say("很好很喜欢", rating=5), POSITIVE).weight == 0
    assert _fire("text.rating_mismatch", say("太差"), NEGATIVE).weight == 0
    assert _fire("text.rating_mismatch", say("很好", rating=None), POSITIVE).missing == "rating"


def test_empty_anger_weighs_next_to_nothing() -> None:
    assert 0 < _fire("text.generic", say("差评")).weight <= 0.3
    assert _fire("text.generic", say("这家店让我非常生气,以后再也不会来这里买了")).weight == 0


@pytest.mark.parametrize(
    ("text", "days_ago", "weighs"),
    [
        ("没收到货,物流显示已签收", 5, False),
        ("快递放驿站了,没收到", 5, False),
        ("被别人代签,我没收到", 5, False),
        ("没收到赠品", 5, False),
        ("没收到客服回复", 5, False),
        ("一直没收到货", 0.3, False),
        ("等了一个星期才到", 3, False),
        ("一直没收到货,骗子", 5, True),
        ("到现在还没发货", 5, True),
        ("等了两个月才到", 5, True),
    ],
)
def test_claims_about_delivery_against_scans(text: str, days_ago: float, weighs: bool) -> None:
    review = say(text, order=ordered(days_ago=days_ago))
    assert (_fire("fact.logistics", review).weight > 0) is weighs


@pytest.mark.parametrize(
    ("text", "days_ago", "weighs"),
    [
        ("用了三天就坏了", 2, False),
        ("用了一周坏了", 7, False),
        ("一直用这个牌子,用了三年", 2, False),
        ("第二次购买,之前用了半年", 2, False),
        ("保修一年的,坏了不管", 2, False),
        ("用了几天不好用", 3, False),
        ("用了一个月就坏了", 2, True),
        ("穿了半年起球", 5, True),
        ("用了两年多了,垃圾", 1, True),
    ],
)
def test_claimed_use_against_delivery(text: str, days_ago: float, weighs: bool) -> None:
    review = say(text, order=ordered(days_ago=days_ago))
    assert (_fire("fact.time", review).weight > 0) is weighs


def test_follow_up_may_speak_of_long_use() -> None:
    review = say("用了一个月就坏了", order=ordered(days_ago=2), append_of="r-0")
    assert _fire("fact.time", review).weight == 0


def test_gross_contradiction_weighs_as_a_hard_fact() -> None:
    mild = _fire("fact.time", say("用了一个月坏了", order=ordered(days_ago=8)))
    gross = _fire("fact.time", say("用了一年坏了", order=ordered(days_ago=2)))
    assert 0 < mild.weight < 3.6 <= gross.weight


@pytest.mark.parametrize(
    ("text", "weighs"),
    [("花了200块买的", False), ("一共花了2000元", False), ("花了2000元买个垃圾", True)],
)
def test_claimed_price_against_paid(text: str, weighs: bool) -> None:
    review = say(text, order=ordered(days_ago=3))
    assert (_fire("fact.order", review).weight > 0) is weighs


@pytest.mark.parametrize(
    ("history", "weighs"),
    [
        (BuyerHistory(reviews=3, bad_reviews=3, orders=5), False),
        (BuyerHistory(reviews=20, bad_reviews=4, orders=40), False),
        (BuyerHistory(reviews=12, bad_reviews=12, orders=300), False),
        (BuyerHistory(reviews=None, bad_reviews=None), False),
        (DAMNING, True),
        (BuyerHistory(reviews=30, bad_reviews=29), True),
    ],
)
def test_share_of_bad_reviews(history: BuyerHistory, weighs: bool) -> None:
    signal = _fire("behaviour.bad_ratio", say("差", history=history))
    assert (signal.weight > 0) is weighs


def _refunded(text: str, reason: str, *aspects: str, days_ago: float = 3) -> float:
    """Weight of fact.logistics for a review that complains of `aspects`."""
    refund = Refund("requested", POSTED - timedelta(hours=5), reason, 199.0)
    review = say(text, order=ordered(days_ago=days_ago, refund=refund))
    opinions = tuple(AspectOpinion(one, "negative", 0.9, (Span(0, 1),)) for one in aspects)
    view = replace(view_of(review), aspects=opinions)
    return SIGNALS["fact.logistics"](review, view).weight


@pytest.mark.parametrize(
    ("text", "reason", "aspects", "weighs"),
    [
        ("面料太薄,起球", "质量问题", ("material",), False),
        ("物流太慢了", "未收到货", ("logistics",), False),
        ("太差了,别买", "未收到货", (), False),
        ("显示签收了,根本没见到,料子听说也差", "未收到货", ("material",), False),
        ("一直没收到货,垃圾质量", "未收到货", ("quality",), False),
        ("面料太薄,起球", "未收到货", ("material",), True),
        ("穿着小了一圈", "没有收到货", ("logistics", "size_fit"), True),
    ],
)
def test_refund_for_a_lost_parcel_against_a_thing_in_hands(
    text: str, reason: str, aspects: tuple[str, ...], weighs: bool
) -> None:
    weight = WEIGHTS["fact.logistics.refund"] if weighs else 0.0
    expected = weight or (WEIGHTS["fact.logistics"] if text.startswith("一直没收到") else 0.0)
    assert _refunded(text, reason, *aspects) == expected
    if weighs:
        assert _refunded(text, reason, *aspects, days_ago=-1) == 0.0


def _bait(review: Review) -> float:
    return TOGETHER["behaviour.bait_refund"](review, view_of(review), None).weight


def test_bait_needs_cheap_item_quick_refund_and_habit() -> None:
    refund = Refund("requested", POSTED - timedelta(hours=1), "质量问题", 9.9)
    bait = say("垃圾", order=ordered(days_ago=1, paid=9.9, refund=refund), history=DAMNING)
    assert _bait(bait) > 0
    for changed in (
        replace(bait, order=ordered(days_ago=1, paid=399.0, refund=refund)),
        replace(bait, order=ordered(days_ago=1, paid=9.9)),
        replace(bait, history=BuyerHistory(orders=100, refunds=3)),
        replace(bait, posted_at=POSTED + timedelta(days=9)),
    ):
        assert _bait(changed) == 0


def test_counter_evidence_speaks_for_the_buyer() -> None:
    refund = Refund("completed", POSTED, "商品质量问题", 10.0)
    assert _fire("counter.images", say("坏了", images=2)).weight < 0
    assert _fire("counter.images", say("坏了", images=0)).weight == 0
    assert (
        _fire("counter.quality_refund", say("坏", order=ordered(days_ago=1, refund=refund))).weight
        < 0
    )
    unwanted = replace(refund, reason="不想要了")
    assert (
        _fire(
            "counter.quality_refund", say("坏", order=ordered(days_ago=1, refund=unwanted))
        ).weight
        == 0
    )
    balanced = BuyerHistory(reviews=30, bad_reviews=2)
    assert _fire("counter.balanced_history", say("坏了", history=balanced)).weight < 0


def test_detail_counts_complaints_and_measures() -> None:
    review = say("左边袖口开线,第二天就起球,3厘米的洞")
    opinion = AspectOpinion("quality", "negative", 0.9, (Span(0, 2),))
    severity = ReviewSeverity("major", None, (Span(0, 2),))
    view = replace(view_of(review), aspects=(opinion,), severity=severity)
    assert SIGNALS["counter.detail"](review, view).weight < 0
    assert _fire("counter.detail", say("垃圾")).weight == 0


def test_a_bare_review_gives_no_signal_against_the_buyer() -> None:
    review = Review("r-1", "用了一天就坏了,客服不理,很失望")
    view = view_of(review)
    weights = {code: signal(review, view).weight for code, signal in SIGNALS.items()}
    assert max(weights.values()) == 0, weights
