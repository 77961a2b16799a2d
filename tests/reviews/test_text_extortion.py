"""text.extortion by table: honest look-alikes first, then demands with the words they span."""

from dataclasses import replace

import pytest

from nlp_service.domain import Signal, Span
from nlp_service.reviews.acts.act import ReviewAct
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.signals import SIGNALS
from tests.reviews.cases import say, view_of

POLICY = default_suspicion_policy()


def _signal(text: str) -> Signal:
    review = say(text)
    return SIGNALS["text.extortion"](review, view_of(review))


HONEST = [
    # Owed by law, by promise or by the order.
    "要求退货退款,不给我就打12315",
    "坏的那个给我退款,否则找12315投诉",
    "少发了一件,把漏发的补给我就改好评",
    "补发了缺的配件我就把差评改了",
    "按三包规定给我换一台就改评价",
    "假一赔十是你们说的,不赔我就一直差评",
    "说好的返现20块不给,所以改差评",
    "把多收的20块运费退给我,我就改好评",
    "保价差价退我30块就改回来",
    "不退款就差评到底",
    "七天无理由退货都不给退,我要去消协投诉",
    "赔偿应该按消法来,退一赔三",
    "赠品没发,补给我就给好评",
    # The seller offered.
    "客服加我微信说退我20让我删差评",
    "卖家打电话说给我50块让我改好评,我不要",
    "店家说给好评返5元,结果没给",
    "里面有小卡片,写着好评加微信返现3元",
    "商家承诺给五星发红包,骗人",
    "老板求我改评价,说赔我100,我没答应",
    "客服一直骚扰我,叫我删掉差评给我红包",
    "对方让我加微信退款,差点被骗,千万别删评价",
    "客服私信我,删差评就退10块",
    "他们想用20块钱让我改好评,做梦",
    # Settled already.
    "卖家主动退了我50,所以改成了好评",
    "客服处理好了,补偿了我20元,特地来改评价",
    "商家很有诚意,已经解决了,改五星",
    "补发收到了,改回好评",
    # Anger, lawful steps, praise, and words that only look alike.
    "垃圾,浪费我200块钱",
    "花了200块买的垃圾,必须差评",
    "退货要我出20块运费,差评",
    "钱都花了,给个差评都不解气",
    "不给个说法我就投诉到平台",
    "希望商家给个解释,否则我会追评",
    "客服态度差,加了微信也不回",
    "一星都不想给,退我钱!",
    "给我换个新的就行,不需要补偿",
    "想给好评都难,东西太差",
    "再也不来了,送我都不要",
    "我不会删评价的,大家看清楚",
    "改天再来追评",
    "质量不好,能不能送我一个新的配件",
    "五星好评,给我老婆买的",
    "等了20天才到,本来想给五星的",
    "商家看着办吧,反正我不会再来",
    "亏了200块,长个教训",
    "红包没领到,价格还涨了,差评",
]


@pytest.mark.parametrize("text", HONEST)
def test_honest_look_alike_is_no_extortion(text: str) -> None:
    signal = _signal(text)
    assert signal.weight == 0, signal


PLAIN = [
    ("垃圾,加我微信退我200就改好评", "加我微信退我200就改好评"),
    ("垃圾,加我薇信退我200就改好评", "加我薇信退我200就改好评"),
    ("给我打个红包我就删", "给我打个红包我就删"),
    ("想要好评就转我50块", "好评就转我50块"),
    ("不给我100块就天天差评", "给我100块就天天差评"),
    ("要求补偿现金才修改评价", "补偿现金才修改评价"),
    ("微信联系我,给点钱马上删差评", "微信联系我,给点钱马上删差评"),
    ("给我免单就改五星,不然一直差评", "免单就改五星,不然一直差评"),
    ("支付宝转88元到我账号,立刻撤销差评", "转88元到我账号,立刻撤销差评"),
    ("想让我改评价,先拿200封口费来", "改评价,先拿200封口费"),
    ("再送我一台就给你五星", "再送我一台就给你五星"),
    ("全额退款不退货,否则天天追评差评", "全额退款不退货,否则天天追评"),
    ("老板加我qq,发100红包删评价", "加我qq,发100红包删评价"),
    ("没红包不改差评", "没红包不改差评"),
    ("给精神损失费500,我就把评价删了", "给精神损失费500"),
    ("不赔我300就发抖音曝光你们", "赔我300就发抖音"),
    ("卖家看到加我微信,转50改好评", "加我微信,转50改好评"),
    ("我跟客服说退我50我就改好评,他居然不肯", "退我50我就改好评"),
    ("退款之外另外赔我200,我再改评价", "赔我200,我再改评价"),
]


@pytest.mark.parametrize(("text", "words"), PLAIN)
def test_demand_tied_to_the_rating_is_plain_extortion(text: str, words: str) -> None:
    signal = _signal(text)
    assert signal.weight == pytest.approx(POLICY.weights["text.extortion"])
    ((start, end),) = signal.spans
    assert words in text[start:end]


VEILED = [
    "懂的都懂,私下表示一下就改五星",
    "老板意思意思,我马上改好评",
    "看你们诚意了,有诚意就改五星",
    "识相的话就来找我,好评好说",
    "商家上道点,五星马上奉上",
    "私下解决,差评可以删",
    "不给补偿就不改差评",
    "拿出点诚意来,不然一直差评",
    "补偿到位了再改评价",
    "你懂的,满意了就改好评",
]


@pytest.mark.parametrize("text", VEILED)
def test_hint_with_a_condition_is_veiled_extortion(text: str) -> None:
    signal = _signal(text)
    assert signal.weight >= 3.6, signal
    assert signal.spans


def test_part_of_the_price_is_too_unsure_to_speak() -> None:
    review = say("有瑕疵,退我一半就改好评")
    assert [act.name for act in view_of(review).acts] == ["extorts"]
    assert _signal(review.text).weight == 0.0


def test_disguised_words_keep_raw_spans() -> None:
    text = "垃圾❌加V退我1OO就改好评"
    signal = _signal(text)
    assert signal.weight > 4
    assert text[signal.spans[0].start : signal.spans[0].end].endswith("改好评")


def _heard(text: str) -> Signal:
    """The signal where the reader takes the text for a demand, as it does under some items."""
    review = say(text)
    acts = (ReviewAct("extorts", 0.99, (Span(0, len(text)),)),)
    return SIGNALS["text.extortion"](review, replace(view_of(review), acts=acts))


UNTIED = [
    "按三包规定必须给我换新,否则工商局见",
    "尽快给我退款,否则我就投诉",
    "运费你们出,不然12315",
]


@pytest.mark.parametrize("text", UNTIED)
def test_a_claim_tied_to_no_rating_is_no_extortion_however_sure_the_reader(text: str) -> None:
    assert _heard(text).weight == 0.0


@pytest.mark.parametrize(
    "text",
    [
        *(UNTIED[0] + more for more in (",再赔我500", ",另外给补偿", ",不然一星", ",不然挂着")),
        *(UNTIED[1] + more for more in (",天天刷屏", ",发网上", ",晒出来", ",满分没有")),
        "全额退款货归我,否则天天刷屏",
        "退款不退货,不然搞臭你们",
        "加我微信转500,不然天天刷差,工商局也找你",
        "给我转800,否则我发网上,消协也去",
        "给我500块,否则找工商局",
        "私下给我转500,不然消协见",
    ],
)
def test_a_sum_a_contact_or_a_rating_is_heard(text: str) -> None:
    assert _heard(text).weight > 0.0


@pytest.mark.parametrize(
    "text",
    [
        "更新,商家打电话要返我五元红包,让改五星",
        "追评:过了一个月,一直打电话要我改好评给钱也不改",
        "店家私下要返我20块,让我删差评!",
    ],
)
def test_what_the_seller_asks_is_no_demand_whatever_the_reader_hears(text: str) -> None:
    assert _heard(text).weight == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "商家让我删差评,给我五百才删",
        "垃圾,客服一直不回,转我200,改好评",
        "客服说没货,转我200马上删差评",
        "客服说不退,转我200,会改好评",
        "商家让我删差评,转我五百,立刻删差评",
        "态度好点我就改,商家私下说给我20块,让我删差评",
        "要我改好评,先退200",
        "再送我两盒就给五星",
    ],
)
def test_own_terms_beside_what_the_seller_asks_are_a_demand(text: str) -> None:
    assert _heard(text).weight == POLICY.weights["text.extortion"]
