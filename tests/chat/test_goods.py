"""Whether a pitch repeats what the buyer refused by name: ever other goods, through the checker."""

import pytest

from nlp_service.chat.checker import ChatChecker
from nlp_service.domain import ChatContext, Message, Role, Turn
from nlp_service.policy.loader import load_policy
from tests.chat.reader import ScriptedReader

POLICY = load_policy()


def _is_covered(refusal: str, pitch: str) -> bool:
    reader = ScriptedReader(
        acts={pitch: ("pitches",)}, tags={refusal: ("refuse:pitch", "refuse:named")}
    )
    context = ChatContext(stage="delivered", history=(Turn(Role.BUYER, refusal),))
    verdict = ChatChecker(reader, POLICY).check(Message("m", pitch, context))
    return "upsell.persistent" in {label.code for label in verdict.labels}


@pytest.mark.parametrize(
    ("refusal", "pitch"),
    [
        ("船袜不用", "袜子三双装也划算"),
        ("家里炸锅纸够用了", "锅纸还是带一包吧"),
        ("护发油算了", "这瓶发油味道好闻"),
        ("护发油算了", "护发精油带一瓶"),
        ("羊的不要", "羊排炖汤特别鲜"),
        ("壳我有了", "磁吸壳要不要来一个"),
        ("碎屏险不买", "碎p险加一个吧"),
        ("延保不考虑", "延长质保两年的值得加"),
        ("保健品都不要", "那鱼油呢,老人都吃"),
        ("披肩不要", "这条披肩配旗袍真好看"),
        ("变调夹不要", "变调夹带一个吧"),
        ("刷子我有了", "动物毛晕染刷29.9"),
        ("什么垫子都别说了", "宠物凉感垫要不要一张"),
        ("猫抓柱不要了谢谢", "剑麻猫抓柱给您留一根"),
        ("安全锤不需要", "车里还是放把安全锤吧"),
        ("发簪就算了", "新款点翠发簪看一眼嘛"),
        ("充话费不用", "手机充话费满百减二"),
        ("会员不办", "办个会员吧"),
        ("清洗不要", "师傅上门清洗要约吗"),
        ("墨盒先不要", "墨盒两支装更省"),
        ("泳帽不要,别再推荐了", "泳镜要不要带一副"),
        ("床垫先不买了 不用给我介绍", "厚款只贵三百"),
    ],
)
def test_a_pitch_of_what_was_refused_is_covered(refusal: str, pitch: str) -> None:
    assert _is_covered(refusal, pitch)


@pytest.mark.parametrize(
    ("refusal", "pitch"),
    [
        ("手机壳不要", "手机膜要不要贴一张"),
        ("老婆说船袜不要", "给老婆带支护手霜吧"),
        ("今天不要变调夹", "今天拨片第二件半价"),
        ("你们客服别推门帘了", "客服给您申请了地毯优惠"),
        ("猫抓柱这东西不要", "这东西逗猫棒里卖得好"),
        ("枕头家里一堆,不要", "被芯春秋款适合现在"),
        ("鸭脖不吃,啃着累", "猪肉脯不用啃"),
        ("围巾有了", "毛线帽同色系的"),
        ("护发素别念叨了", "头皮精华要不要带一支"),
        ("键盘用不上", "手写笔记笔记顺手"),
        ("奶昔喝腻了,不要奶昔", "蛋白棒咸的,不腻"),
        ("鱼油不要", "钙片老人都吃"),
        ("烘干机不要", "洗碗机今年有补贴"),
        ("卡套我不要", "手套新到一批"),
        ("防滑贴不需要", "防滑手套来一副"),
        ("牛奶不要", "牛奶绒四件套暖和"),
        ("保险不买", "这条链子有保险扣,要不要换"),
        ("保险不买", "保险起见带一卷胶带吧"),
        ("安全锤不需要", "安全座椅有新款"),
        ("灯泡不缺", "地毯有新款的"),
        ("别再推荐面霜了", "牙刷要不要带一支"),
    ],
)
def test_a_pitch_of_something_else_is_not_covered(refusal: str, pitch: str) -> None:
    assert not _is_covered(refusal, pitch)


@pytest.mark.parametrize("text", ["保险起见多包了一层", "平安扣最保险,带保险扣的", "保险箱放得下"])
def test_longer_words_hide_what_they_contain(text: str) -> None:
    reader = ScriptedReader(acts={text: ("pitches",)})
    verdict = ChatChecker(reader, POLICY).check(Message("m", text, ChatContext(category="jewelry")))
    assert verdict.labels == ()


def test_finance_stays_foreign_to_every_order() -> None:
    text = "要不要配一份重疾险"
    reader = ScriptedReader(acts={text: ("pitches",)})
    verdict = ChatChecker(reader, POLICY).check(Message("m", text, ChatContext(category="jewelry")))
    assert [label.code for label in verdict.labels] == ["upsell.irrelevant"]


@pytest.mark.parametrize(
    ("refusal", "pitch"),
    [
        ("短袖不要", "羽绒服反季清仓"),
        ("眼影用不上", "口红带一支"),
        ("望远镜不要", "帐篷今天有货"),
        ("冬虫夏草不买", "钙片带一瓶"),
        ("可乐不要", "挂耳咖啡试试"),
        ("牛仔裤不要", "半身裙有新款"),
        ("防冻液不用", "轮胎该换了"),
    ],
)
def test_a_kind_refused_does_not_stand_for_its_trade(refusal: str, pitch: str) -> None:
    assert not _is_covered(refusal, pitch)


@pytest.mark.parametrize(
    "text",
    [
        "真心地推荐您再带一瓶这款面霜",
        "特别地推荐您看看这款",
        "再买彩妆盘可以减20",
        "立体彩色贴纸您要吗",
        "电动牙刷单支装也有",
        "特斯拉新款脚垫到了",
        "现代理念设计的台灯",
        "备用金属扣送您两个",
        "这款卡包能放12张信用卡",
        "支持信用卡分期免息",
        "我们是品牌代理,这款面霜有货",
        "棋牌椅搭配麻将机",
    ],
)
def test_a_foreign_word_inside_honest_ones_accuses_nobody(text: str) -> None:
    reader = ScriptedReader(acts={text: ("pitches",)})
    context = ChatContext(category="beauty", item_title="面霜")
    verdict = ChatChecker(reader, POLICY).check(Message("m", text, context))
    assert "upsell.irrelevant" not in {label.code for label in verdict.labels}
