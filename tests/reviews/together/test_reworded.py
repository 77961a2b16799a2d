"""Reworded copies: rings that rewrite a text are found, buyers of one fault are not."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.together.reworded import Retellings
from nlp_service.reviews.together.seen import Seen
from tests.reviews.together.cases import seen

PAN = (
    "炒锅第一次用就粘得像水泥,煎个鸡蛋铲了半天,锅底鼓得放不稳",
    "第一回用就粘锅粘得跟水泥似的,煎鸡蛋铲都铲不下来😡锅底还是鼓的放不稳当",
    "锅底鼓起来放都放不稳!煎一个蛋铲老半天,粘得跟水泥一个样",
)
QUILT = (
    "被子一打开棉絮满天飞,猫打了半小时喷嚏,洗完缩成婴儿被",
    "洗一次就缩成婴儿被了,拆开的时候满屋棉絮,连猫都打了二十分钟喷嚏",
)
MIXED = "洗完缩成婴儿被,棉絮飞得猫直打喷嚏;粘得像水泥的锅煎鸡蛋铲半天,锅底放不稳"
SOLE = (
    "穿上不到半天鞋底就开胶了,找卖家直接装死,别买",
    "穿了不到半天,鞋底开胶,找卖家直接装死。。。",
    "鞋底不到两天就开胶了。找卖家,直接装死。别买",
)
HONEST = [
    ("保温杯不保温,早上装的热水中午就凉了", "早上倒的开水,到中午就温的了,根本不保温"),
    ("面膜用了过敏,脸上起红疹,火辣辣的疼", "敷完脸火辣辣的,第二天起了一脸红疹"),
    ("耳机左边没声音,刚用两周,要我自己付运费", "用了一个月左耳没声了,售后说运费自理"),
    ("杯盖漏水,放书包里全湿了,孩子的课本都泡了", "杯盖漏水,书包全湿"),
    ("风扇声音特别大,开一档就嗡嗡响,晚上没法睡", "噪音太大了,晚上睡觉开不了,嗡嗡的"),
    ("雨伞用了一次就坏了,伞骨断了一根", "风一吹伞骨就断了,才用一次"),
    ("大米里有虫,打开袋子就看到好几只小黑虫", "米里生虫了,小黑虫好多,日期还是新的"),
    ("灯装上就闪,晃眼睛,孩子写作业没法用", "一闪一闪的,孩子写作业眼睛受不了"),
    ("隔音很差,隔壁说话听得一清二楚", "隔音太差,半夜隔壁说话都听得清楚"),
    ("电饭锅煮饭夹生,内胆涂层用两次就掉了", "内胆涂层脱落,吃着不放心,煮饭还夹生"),
    ("质量太差了,客服态度也差,不会再买", "客服态度差,质量太差了,再也不买"),
    ("物流太慢等了一个星期,包装都破了", "等了一星期才到,包装破损,物流慢"),
]


def _of(asked: Seen, *others: Seen) -> list[str]:
    rules = default_suspicion_policy().reworded
    return [one.seen.key for one in Retellings([asked, *others], rules).of(asked)]


@pytest.mark.parametrize(
    ("one", "other"), [*itertools.permutations(PAN, 2), *itertools.permutations(QUILT, 2)]
)
def test_rewritten_text_is_found_both_ways(one: str, other: str) -> None:
    assert _of(seen("1", one), seen("2", other), seen("3", SOLE[0])) == ["2"]


def test_halves_of_two_texts_are_found_by_either() -> None:
    mixed = seen("m", MIXED)
    assert sorted(_of(mixed, seen("1", PAN[0]), seen("2", QUILT[0]))) == ["1", "2"]


@pytest.mark.parametrize(("one", "other"), HONEST)
def test_two_buyers_of_one_fault_are_no_copy(one: str, other: str) -> None:
    assert _of(seen("1", one), seen("2", other)) == []


def test_all_honest_buyers_together_are_no_copies() -> None:
    crowd = [seen(f"{at}", text) for at, text in enumerate(itertools.chain(*HONEST))]
    assert [one.key for one in crowd if _of(one, *crowd)] == []


def test_short_text_speaks_only_of_three_accounts_at_other_shops_in_these_days() -> None:
    first, second, third = (seen(f"{at}", text) for at, text in enumerate(SOLE))
    assert _of(first, second) == []
    assert sorted(_of(first, second, third)) == ["1", "2"]
    assert _of(first, second, seen("2", SOLE[2], hours=80)) == []
    assert _of(first, second, seen("2", SOLE[2], merchant_id="s-0")) == []
    assert _of(first, second, seen("2", SOLE[2], buyer_id="b-1")) == []


def test_three_accounts_with_half_a_story_in_common_are_no_ring() -> None:
    slogan = "邻居敲门骂小偷"
    texts = (
        f"{slogan},{SOLE[0]}",
        f"{slogan},煎鸡蛋铲不动,粘得厉害",
        f"{slogan},猫打喷嚏,棉絮乱飞",
    )
    assert _of(*(seen(str(at), text) for at, text in enumerate(texts))) == []


@pytest.mark.parametrize(
    ("facts", "other"),
    [
        ({"buyer_id": "b"}, {"buyer_id": "b"}),
        ({"buyer_id": None}, {}),
        ({}, {"buyer_id": None}),
        ({}, {"append_of": "1"}),
        ({"rating": 5}, {}),
        ({}, {"rating": 5}),
        ({"merchant_id": "s", "item_id": "i"}, {"merchant_id": "s", "item_id": "i"}),
        ({"merchant_id": "s"}, {"merchant_id": "s"}),
    ],
)
def test_own_unknown_good_or_same_item_is_no_copy(
    facts: dict[str, object], other: dict[str, object]
) -> None:
    dorm = ("床帘味道好大,挂了三天还是一股塑料味,头晕", "床帘味道大,挂了三天有塑料味,室友也头晕")
    for texts in (dorm, (PAN[0], PAN[2])):
        one, two = seen("1", texts[0], **facts), seen("2", texts[1], **other)
        assert _of(one, two) == []


def test_other_items_of_one_shop_need_more() -> None:
    at_shop = [
        seen(str(at), text, merchant_id="s", item_id=f"i{at}") for at, text in enumerate(PAN)
    ]
    assert _of(*at_shop) == ["1", "2"]
    pair = ("晾阳台一周汽油味都散不掉,邻居大爷说漏油", "汽油味!阳台晾了十天,隔壁大爷以为漏油")
    assert _of(seen("1", pair[0]), seen("2", pair[1]), seen("3", pair[1] + "!"))
    assert _of(*(seen(f"{n}", text, merchant_id="s") for n, text in enumerate(pair))) == []


def test_what_many_here_write_stops_being_rare() -> None:
    one, other = seen("1", PAN[0]), seen("2", PAN[2])
    words = ["水泥", "铲", "放不稳", "煎", "鸡蛋", "粘", "鼓"]
    crowd = [seen(f"c{at}", f"{words[at % 7]}{HONEST[at % 12][at % 2]}{at}") for at in range(1200)]
    assert _of(one, other) == ["2"]
    assert _of(one, other, *crowd) == []


def test_nothing_stored_is_compared() -> None:
    assert seen("2", PAN[1]).without_grams().wording is None
    assert _of(seen("1", PAN[0]), seen("2", PAN[1]).without_grams()) == []


TEXTS = st.lists(st.sampled_from([*PAN, *QUILT, *SOLE, MIXED, "差评", ""]), min_size=1, max_size=9)


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.randoms(use_true_random=False))
def test_order_changes_nothing(texts: list[str], chance: random.Random) -> None:
    some = [seen(str(at), text) for at, text in enumerate(texts)]
    shuffled = chance.sample(some, len(some))
    for asked in some:
        assert _of(asked, *some) == _of(asked, *shuffled)
