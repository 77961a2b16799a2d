"""Severity by table: look-alikes first, then the claims themselves."""

import pytest

from nlp_service.domain import ReviewSeverity, Sentiment
from nlp_service.reviews.aspects import find_aspects
from nlp_service.reviews.clauses import clauses
from nlp_service.reviews.severity import assess_severity
from nlp_service.text.normalize import normalize
from tests.reviews.cases import NEGATIVE, POSITIVE, fake_sentiment


def _severity(
    text: str, *, category: str | None = None, sentiment: Sentiment = NEGATIVE
) -> ReviewSeverity:
    normalized = normalize(text)
    found = clauses(normalized.text)
    aspects = find_aspects(normalized, found, fake_sentiment)
    return assess_severity(
        normalized, found, category=category, sentiment=sentiment, aspects=aspects
    )


NO_HAZARD = [
    "用了半年,没漏电,放心",
    "没有漏电的情况,就是颜色一般",
    "收到没有异味,宝宝很喜欢",
    "异味完全没有",
    "从来没有过敏过",
    "敏感肌用了也没过敏",
    "一直担心起火,所以买了个好的",
    "怕漏电所以不敢用,想问下客服",
    "会不会爆炸啊",
    "会漏电吗",
    "万一起火怎么办",
    "买了个防漏电插座,插不紧",
    "灭火器外壳掉漆,有点失望",
    "电击棒玩具不好玩",
    "儿子要的电击棒玩具,颜色发错",
    "打火机打不着",
    "防烫伤手套太薄了",
    "这款抗过敏药效果一般",
    "除甲醛的效果一般",
    "驱虫药没什么效果",
    "过敏体质慎重考虑,我没事",
    "这衣服今年火了,人人都穿",
    "气炸了,什么态度",
    "我都快气炸了,客服不理人",
    "吓死我了,这么贵",
    "号称爆款,穿着一般",
    "等得我一肚子火",
    "肺都气炸了",
    "好吃到爆",
    "气得我吐血",
    "之前那个牌子用了过敏,这个还行",
    "网上说会爆炸,我这个还没遇到",
    "别家的吃了拉肚子,这家还好",
    "炸鸡不脆",
    "火锅底料太咸",
    "臭豆腐不臭,没味道",
    "味道有点大,散几天就好",
    "手机有点发烫",
    "我真是上火,等了十天",
    "保质期还有半年,日期新鲜",
    "真倒霉,买到这种东西",
    "物流差到爆炸",
    "面包快过期了,打折也不该卖",
    "酒店房间有霉味,还有蟑螂",
    "手机带电时间太短",
    "米饭有点糊味",
    "我妈在住院,买给她的",
    "长毛绒玩具掉毛",
]


@pytest.mark.parametrize("text", NO_HAZARD)
def test_denied_feared_or_figurative_danger_is_no_hazard(text: str) -> None:
    assert _severity(text).level != "hazard"


HAZARDS = [
    ("洗澡的时候漏电,手都麻了", "electric_shock"),
    ("插上去就电到我了", "electric_shock"),
    ("外壳带电,摸一下麻手", "electric_shock"),
    ("不但漏电还没人管", "electric_shock"),
    ("充电的时候突然冒烟", "fire"),
    ("用了两天插头烧了", "fire"),
    ("半夜起火差点把房子烧了", "fire"),
    ("玻璃锅盖用着用着爆炸了", "fire"),
    ("充电宝用了一个月鼓包了", "battery"),
    ("手机后盖鼓起来了,电池有问题", "battery"),
    ("充电器烫得吓人", "battery"),
    ("打开一看面包发霉了", "spoiled_food"),
    ("牛奶都结块了,有股馊味", "spoiled_food"),
    ("吃到一半发现有虫子", "spoiled_food"),
    ("米里面有虫", "spoiled_food"),
    ("生产日期被涂改过", "spoiled_food"),
    ("收到就是过期的", "spoiled_food"),
    ("已经过期三个月了还在卖", "spoiled_food"),
    ("外卖里吃出头发和蟑螂", "spoiled_food"),
    ("肉都臭了,恶心", "spoiled_food"),
    ("吃完拉肚子,一家人都去了医院", "illness"),
    ("喝了以后上吐下泻", "illness"),
    ("味道刺鼻,闻了头晕", "illness"),
    ("用了一次脸上起红疹", "allergy"),
    ("用完过敏了,脸又红又肿", "allergy"),
    ("擦了两天直接烂脸", "allergy"),
    ("盒子边缘太锋利,把手划破了", "injury"),
    ("椅子腿突然断了,摔到我尾椎骨折", "injury"),
    ("孩子被夹到手了", "child"),
    ("宝宝差点误吞掉下来的零件", "child"),
    ("奶粉喝了宝宝拉肚子", "child"),
    ("刹车失灵,差点出人命", "injury"),
]


@pytest.mark.parametrize(("text", "kind"), HAZARDS)
def test_danger_is_a_hazard_with_a_kind_and_spans(text: str, kind: str) -> None:
    severity = _severity(text)
    assert severity.level == "hazard"
    assert severity.hazard is not None
    assert severity.spans
    allowed = {kind, "child"} if "宝" in text or "孩" in text else {kind}
    if kind == "child":
        allowed |= {"illness", "injury"}
    assert severity.hazard in allowed


MAJOR = [
    "用了一天就坏了",
    "开不了机,完全没法用",
    "买到假货,不是正品",
    "一看就是翻新机",
    "发错货了,要的红色发来蓝色",
    "少发了一件,联系客服没用",
    "等了半个月都没收到货",
    "盒子里是空的",
    "质量问题不给退款",
    "客服拒绝退货,推卸责任",
    "洗一次就破了个大洞",
    "苹果烂了一半,没法吃",
    "包上发霉了,皮包怎么会这样",
    "穿不上,退货又不让退",
    "鞋底开胶",
    "汤全洒了",
    "我点的是双层的,送来的却是单层",
]


@pytest.mark.parametrize("text", MAJOR)
def test_unusable_fake_wrong_missing_or_refused_is_major(text: str) -> None:
    severity = _severity(text)
    assert severity.level == "major", severity
    assert severity.spans


MINOR = [
    "有线头,做工一般",
    "物流太慢了",
    "客服态度差",
    "颜色有色差,不过能穿",
    "尺码偏小",
    "送餐晚了一个小时",
    "味道有点咸",
    "电池不耐用,耗电快",
    "包装简陋",
    "汤洒了一点",
    "两个小时才送到",
]


@pytest.mark.parametrize("text", MINOR)
def test_flawed_but_usable_or_late_is_minor(text: str) -> None:
    assert _severity(text).level == "minor"


VAGUE = [
    "太烂了",
    "垃圾",
    "差评",
    "太差了,再也不来了",
    "骗子",
    "不要买,后悔死了",
    "呵呵",
    "无语",
    "黑店",
]


@pytest.mark.parametrize("text", VAGUE)
def test_vague_anger_claims_nothing(text: str) -> None:
    assert _severity(text) == ReviewSeverity("none", None, ())


GOOD = ["很好用,没有坏过", "质量不错,物流快", "宝贝收到了,没有破损,很满意", "喜欢,回购第三次"]


@pytest.mark.parametrize("text", GOOD)
def test_praise_claims_nothing(text: str) -> None:
    assert _severity(text, sentiment=POSITIVE).level == "none"


def test_spans_are_raw_offsets() -> None:
    text = "垃圾!用了两天,插头漏電了"
    severity = _severity(text)
    assert severity.level == "hazard"
    assert [text[span.start : span.end] for span in severity.spans] == ["漏電"]


def test_mould_is_a_hazard_of_food_and_not_of_furniture() -> None:
    assert _severity("打开发霉了", category="food").level == "hazard"
    assert _severity("打开发霉了", category="furniture").level != "hazard"
