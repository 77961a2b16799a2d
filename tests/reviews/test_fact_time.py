"""Times of use, seasons and festivals: whose they are, and whether they can have been."""

from datetime import datetime, timedelta

import pytest

from nlp_service.domain import Signal
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.signals import SIGNALS
from tests.reviews.cases import CHINA, POSTED, ordered, say, view_of

WEIGHTS = default_suspicion_policy().weights


def _signal(text: str, *, posted: datetime = POSTED, days_ago: float = 5) -> Signal:
    order = ordered(days_ago=days_ago)
    shift = posted - POSTED
    dates = [order.ordered_at, order.shipped_at, order.delivered_at]
    moved = [date + shift for date in dates if date is not None]
    order = ordered(
        days_ago=days_ago, ordered_at=moved[0], shipped_at=moved[1], delivered_at=moved[2]
    )
    review = say(text, order=order, posted_at=posted)
    return SIGNALS["fact.time"](review, view_of(review))


@pytest.mark.parametrize(
    "text",
    [
        "过了三个月就坏了",
        "戴了小半年褪色了",
        "戴两个月就断了",
        "入手快一年了,天天死机",
        "用三个月就卡了",
        "骑了一个半月,链条断了",
        "买了半年就开裂",
        "用了一学期就散架",
        "用不到半年就黑屏了",
        "穿了一冬天就钻绒",
        "用了整个夏天,风越来越小",
        "盖了一个冬天,全是线头",
        "连续用了三周,脸更糙了",
        "连着喝了一个多月毫无效果",
        "洗了二十几水就没法穿",
        "洗过二十多次,领口松了",
        "洗了二十次就松",
        "洗了二十次领口变松",
    ],
)
def test_a_time_of_use_that_cannot_have_been(text: str) -> None:
    assert _signal(text).weight > 0


@pytest.mark.parametrize(
    "text",
    [
        "打算用一个冬天",
        "估计用一个冬天就不行了",
        "保证能用三年",
        "以前买的用了三年",
        "那双穿了三年都没坏",
        "朋友买的,用了半年就坏了",
        "听说用了一年就坏",
        "用了三个月正常吗",
        "够吃半年了",
        "我妈用了三年的旧锅都比这个强",
        "一瓶用一个月",
        "像穿了两年的",
        "收到3月生产的",
        "买了两个月的量",
        "充了三个月会员",
        "快递用了半个月",
        "从下单到收到用了一个月",
        "用了不到两周就坏了",
        "没用一个月就坏",
        "用了十年某牌,失望",
        "这牌子用了两年,味道变了",
        "用了半年多都没问题的是另一款",
        "第二次买,用了半年",
        "我还没收到货半个月了",
        "洗了三次就起球",
        "掉色太厉害了,洗了二十几遍水还是黑的",
        "有股怪味,洗了几十次还是臭",
        "洗了二十几水,味道一点没散",
        "我妈那件洗了二十次都没变形",
        "说能洗五十次,笑话",
        "买了一年保修",
        "专柜那瓶用了一年",
        "用了一个月才到",
        "速降衣穿三年了没坏过,换这个就开线",
        "这做工,半年就坏,信不信",
        "我敢打赌,三个月就坏了",
        "迟早要坏,一年就报废",
        "用三个月就坏",
        "三个月就坏了",
        "看着就不结实,用半年就坏了",
        "照这样下去用两个月就散架了",
        "宝宝才三个月就起皮了,用这个面霜更严重",
        "师傅看了说,用半年就漏了",
        "网上说这种材质,用一年就裂了",
        "质检说这种胶,用三个月就开胶了",
        "怪不得便宜,用一个月就坏了的料",
        "滤芯用三个月就要换,太费钱",
        "我的车开了三年,买这个机油异响更大",
        "电脑用了五年,想换个键盘,结果键盘空格不灵",
        "家中冰箱用了五年,门封条老化,买这个封条尺寸不对",
        "玩一年就坏的东西也好意思卖这价,我这个三天就裂了",
        "戴了三个月牙套,用这个牙刷刷不干净",
        "玩了五年,不坏才怪",
        "家电用了十来年,买的这台三天就坏",
        "用了三年坏了,换上这块电池更差",
        "喝了一个月中药才好的胃,吃这个又犯了",
        "用了四个月就换的枕头不值这价",
        "睡了半个月沙发等你家床,结果床还是坏的",
        "买了半个月,还没拆就降价",
        "下单一个月后降价了,心塞",
        "开了一冬天的车位,地锁第一天就坏",
        "熬了一整个冬天,终于等到春天",
        "过了一学期,孩子脚长了,鞋小一码",
    ],
)
def test_what_is_no_time_of_use_of_this_item(text: str) -> None:
    assert _signal(text).weight == 0


@pytest.mark.parametrize(
    "text",
    [
        "喝了一夏天冰水,胃不舒服,买点养胃茶",
        "穿了一冬天羽绒服,这衣服薄得透",
        "睡了一夏天凉席,该换被子了",
        "骑了一夏天车,屁股疼,这坐垫没用",
        "洗了二十次都不变形",
        "洗了二十次也没有起球",
        "洗了二十次手皮都破了,这洗手液太差",
        "洗了二十多次碗就变形",
        "洗了二十次了还是那么松软",
        "洗了十次,蓬松柔软",
        "洗了二十次还是蓬松了不少",
        "洗了二十次松紧还是很好",
    ],
)
def test_what_is_no_season_and_no_wash_of_this_item(text: str) -> None:
    assert _signal(text, days_ago=0.5).weight == 0


def test_a_claim_beyond_belief_does_not_hide_a_plain_one() -> None:
    text = "用了三个月就坏了。洗了两百次就起球"
    assert _signal(text, days_ago=1).weight == WEIGHTS["fact.time.gross"]
    assert _signal("洗了两百次就起球", days_ago=1).weight == WEIGHTS["fact.time"]


def test_washes_are_weighed_by_the_days_between_them() -> None:
    text = "洗了十几水就起球"
    assert _signal(text, days_ago=0.5).weight == WEIGHTS["fact.time.gross"]
    assert _signal(text, days_ago=4).weight == WEIGHTS["fact.time"]
    assert _signal(text, days_ago=20).weight == 0
    assert _signal("洗了三次就起球", days_ago=0.5).weight == 0


def test_a_season_is_weighed_by_the_days_there_were() -> None:
    assert _signal("穿了一冬天就钻绒", days_ago=1).weight == WEIGHTS["fact.time.gross"]
    assert _signal("穿了一冬天就钻绒", days_ago=8).weight == WEIGHTS["fact.time"]
    assert _signal("穿了一冬天就钻绒", days_ago=40).weight == 0
    assert _signal("穿了一冬天底就掉了", days_ago=1).weight == WEIGHTS["fact.time.gross"]
    assert _signal("用了整个夏天,风越来越小", days_ago=1).weight == WEIGHTS["fact.time"]


@pytest.mark.parametrize(
    ("text", "month", "weighs"),
    [
        ("双十一买的,质量差", 5, True),
        ("双11下的单,后悔", 5, True),
        ("国庆买的,一直不好用", 5, True),
        ("双十一买的,质量差", 11, False),
        ("双十一买的,质量差", 1, False),
        ("过年买的,质量差", 12, False),
        ("去年双十一买的好用", 5, False),
        ("又不是双十一买的", 5, False),
        ("双十一买的那批好,这次差", 5, False),
        ("朋友双十一买的便宜", 5, False),
        ("等双十一买的话更便宜", 5, False),
        ("618买的人说好用,我这个不行", 3, False),
        ("双十一前买的人都比我便宜", 3, False),
        ("国庆节买的票现在都没退", 3, False),
    ],
)
def test_a_festival_against_the_month_of_the_order(text: str, month: int, weighs: bool) -> None:
    posted = datetime(2026, month, 12, 12, tzinfo=CHINA)
    assert (_signal(text, posted=posted).weight > 0) is weighs


@pytest.mark.parametrize(
    ("text", "month", "weighs"),
    [
        ("大热天的冰袋全化了", 1, True),
        ("大冬天的快递放外面冻坏了", 7, True),
        ("大热天的冰袋全化了", 4, False),
        ("大热天的冰袋全化了", 7, False),
        ("大热天穿会闷死", 1, False),
        ("大夏天肯定会化了", 1, False),
        ("屋里大热天似的,巧克力化了", 1, False),
        ("留着大夏天用", 1, False),
        ("去三亚,大热天的防晒在路上漏了", 1, False),
        ("我们新加坡大热天的,巧克力收到化了", 1, False),
        ("广州这边大热天快递把糖闷化了", 1, False),
        ("出差了。大热天的糖在路上化了", 1, False),
    ],
)
def test_weather_out_of_season(text: str, month: int, weighs: bool) -> None:
    posted = datetime(2026, month, 20, 12, tzinfo=CHINA)
    assert (_signal(text, posted=posted).weight > 0) is weighs


def test_buying_is_counted_from_the_order() -> None:
    early = ordered(days_ago=5, ordered_at=POSTED - timedelta(days=60))
    review = say("买了两个月就坏了", order=early)
    assert SIGNALS["fact.time"](review, view_of(review)).weight == 0
    assert _signal("买了两个月就坏了").weight > 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("用了三个月就坏了", "fact.time.gross"),
        ("我戴了半年就掉色了", "fact.time.gross"),
        ("用三个月就坏了", "fact.time"),
        ("收到三个月就坏了", "fact.time"),
        ("用了三个月,效果一般", "fact.time"),
        ("用了三年就坏了", "fact.time"),
    ],
)
def test_only_a_use_told_as_done_up_to_the_breaking_is_gross(text: str, code: str) -> None:
    assert _signal(text, days_ago=2).weight == WEIGHTS[code]
