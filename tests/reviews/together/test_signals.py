"""Signals that need other reviews: honest look-alikes first, then what each is for."""

from collections.abc import Sequence

import pytest

from nlp_service.domain import BuyerHistory, Review, ReviewOrder, Signal
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.signals import SIGNALS, TOGETHER
from nlp_service.reviews.together.making import seen_of
from nlp_service.reviews.together.others import Others
from nlp_service.reviews.view import ReviewView
from tests.reviews.together.cases import OTHER, RANT, beside, told

Case = tuple[Review, ReviewView]
FLOOD = [
    "包装盒被压得变了形,胶带缠了七八圈才勉强没散开",
    "说明书全是外文,按图装了一下午还多出两颗螺丝",
    "灯一打开就滋滋响,隔着门都听得清清楚楚",
    "遥控器反应迟钝,得凑到跟前对准了按三四回",
    "颜色比图上深了一大截,摆在客厅像块旧木头",
    "底座晃得厉害,垫了两张纸壳还是歪着",
]


WEIGHTS = default_suspicion_policy().weights
BY_HISTORY = {"behaviour.account", "behaviour.bait_refund"}  # these speak without others too


def test_codes_are_those_of_the_policy() -> None:
    told_codes = {*SIGNALS, *TOGETHER}
    weights = default_suspicion_policy().weights
    assert told_codes <= set(weights)
    assert not set(SIGNALS) & set(TOGETHER)
    assert all((weights[code] < 0) == code.startswith("counter.") for code in TOGETHER)


@pytest.mark.parametrize("code", [code for code in TOGETHER if code not in BY_HISTORY])
def test_without_others_or_names_the_input_is_missing(code: str) -> None:
    review, view = told("1")
    assert TOGETHER[code](review, view, None).missing == "other reviews"
    bare = told("1", buyer_id=None, merchant_id=None)
    signal = beside(code, bare, told("2"), told("3"))
    assert (signal.weight, bool(signal.missing)) == (0.0, True)


@pytest.mark.parametrize("code", [code for code in TOGETHER if code.startswith(("copy", "beh"))])
def test_good_review_is_never_told_on(code: str) -> None:
    crowd = [told(str(at), rating=5, hours=at) for at in range(9)]
    assert beside(code, *crowd).weight == 0.0


# copy.cross_shop


def _cross(subject: Case, *others: Case) -> Signal:
    return beside("copy.cross_shop", subject, *others)


def test_copy_across_two_shops_is_found_with_its_place() -> None:
    text = "唉。" + RANT.replace("鼓包", "鼓包包")
    signal = _cross(told("1", text), told("2", hours=5), told("3", OTHER))
    assert signal.weight == pytest.approx(WEIGHTS["copy.cross_shop"] * 0.5)
    assert "1个其他账号在其他1家店" in signal.reason
    assert (signal.value or 0.0) >= 0.5
    shared = [text[start:end] for start, end in signal.spans]
    assert "找客服推来推去不处理" in "".join(shared)
    assert "唉" not in "".join(shared)


def test_more_accounts_weigh_more_and_one_shop_less() -> None:
    one = _cross(told("1"), told("2"))
    many = _cross(told("1"), told("2"), told("3"), told("4"))
    here = _cross(told("1", merchant_id="s"), told("2", merchant_id="s"))
    assert many.weight == WEIGHTS["copy.cross_shop"]
    assert here.weight < one.weight < many.weight


@pytest.mark.parametrize(
    ("facts", "other"),
    [
        ({"buyer_id": "b", "merchant_id": "s"}, {"buyer_id": "b", "merchant_id": "s"}),
        ({"order": ReviewOrder("o")}, {"order": ReviewOrder("o")}),
        ({}, {"append_of": "1"}),
        ({"buyer_id": "b"}, {"buyer_id": "b"}),
        ({"buyer_id": None, "merchant_id": "s"}, {"buyer_id": None, "merchant_id": "s"}),
    ],
)
def test_one_case_or_two_shops_of_one_account_are_no_copy(
    facts: dict[str, object], other: dict[str, object]
) -> None:
    assert _cross(told("1", **facts), told("2", **other)).weight == 0.0  # type: ignore[arg-type]


def test_one_account_at_three_shops_is_a_copy() -> None:
    signal = _cross(*(told(str(at), buyer_id="b", order=ReviewOrder(f"o{at}")) for at in range(3)))
    assert signal.weight == pytest.approx(WEIGHTS["copy.cross_shop"] * 0.25)


def test_same_words_weeks_later_weigh_little() -> None:
    near, far = _cross(told("1"), told("2", hours=-300)), _cross(told("1"), told("2", hours=-400))
    assert far.weight == pytest.approx(near.weight * 0.25)
    both = _cross(told("1"), told("2", hours=-300), told("3", hours=-400), told("4", hours=-500))
    assert both.weight == near.weight


def test_text_much_older_than_its_copies_weighs_little() -> None:
    first, later = told("1"), told("2", hours=100)
    assert _cross(first, later).weight == pytest.approx(WEIGHTS["copy.cross_shop"] * 0.5 * 0.25)
    assert _cross(later, first).weight == pytest.approx(WEIGHTS["copy.cross_shop"] * 0.5)


def test_short_text_needs_three_accounts_and_stays_weak() -> None:
    text = "掉漆,露锈,割手"
    assert _cross(told("1", text), told("2", text)).weight == 0.0
    signal = _cross(told("1", text), told("2", text), told("3", text))
    assert (signal.code, signal.weight) == ("copy.cross_shop.short", 0.3)
    stock = "质量太差了"
    assert _cross(*(told(str(at), stock) for at in range(5))).weight == 0.0


# copy.reworded

STORY = (
    "打开一股汽油味,放阳台晾了一周,隔壁大爷还以为谁家漏油",
    "一股子汽油味儿,阳台上晾了十来天😡隔壁大爷都跑来问是不是漏了油",
)


def _reworded(*texts: str, **facts: object) -> Signal:
    return beside("copy.reworded", *(told(str(at), one, **facts) for at, one in enumerate(texts)))  # type: ignore[arg-type]


def test_story_in_other_words_is_found_with_its_places() -> None:
    signal = _reworded(*STORY, OTHER)
    assert 0.25 * WEIGHTS["copy.reworded"] <= signal.weight <= 0.5 * WEIGHTS["copy.reworded"]
    assert "1个其他账号在其他1家店" in signal.reason
    assert "评价1里也有" in signal.reason
    assert (signal.value or 0.0) >= (signal.threshold or 0.0) > 0.0
    shared = [STORY[0][start:end] for start, end in signal.spans]
    assert {"一股汽油", "隔壁大爷"} <= set(shared)
    assert "以为" not in "".join(shared)


def test_near_duplicates_are_told_once() -> None:
    assert beside("copy.cross_shop", told("1"), told("2")).weight > 0.0
    assert beside("copy.reworded", told("1"), told("2")).weight == 0.0


def test_more_tellers_weigh_more_and_old_ones_less() -> None:
    third = "汽油味!阳台上晾十天,隔壁大爷还问哪里漏油,一股味"
    one, two = _reworded(*STORY), _reworded(*STORY, third)
    assert two.weight > one.weight
    far = beside("copy.reworded", told("1", STORY[0]), told("2", STORY[1], hours=-400))
    assert far.weight == pytest.approx(one.weight * 0.25, abs=0.01)


def test_buyers_of_one_fault_are_not_told_on() -> None:
    assert _reworded("杯盖漏水,放书包里全湿了,课本都泡了", "杯盖漏水,书包全湿").weight == 0.0
    assert _reworded(*STORY, merchant_id="s", item_id="i").weight == 0.0


def test_those_who_retell_do_not_speak_for_each_other() -> None:
    facts = {"merchant_id": "s", "aspects": ("quality",)}
    subject = told("1", OTHER, item_id="i", **facts)  # type: ignore[arg-type]
    peers = [told("2", STORY[0], item_id="i", **facts), told("3", FLOOD[0], item_id="i", **facts)]  # type: ignore[arg-type]
    assert beside("counter.same_aspect", subject, *peers).weight < 0.0
    elsewhere = told("4", STORY[1])
    assert beside("counter.same_aspect", subject, *peers, elsewhere).weight == 0.0


# copy.ring


def test_one_story_of_three_accounts_at_three_shops_is_a_ring() -> None:
    signal = beside("copy.ring", told("1"), told("2", hours=-1), told("3", hours=70))
    assert signal.weight == WEIGHTS["copy.ring"]
    assert "3个账号在3家店" in signal.reason
    tellers = told("1", STORY[0]), told("2", STORY[0], hours=-1), told("3", STORY[1])
    assert beside("copy.ring", *tellers).weight == WEIGHTS["copy.ring"]


def test_the_first_teller_may_be_robbed_of_his_words() -> None:
    copies = told("2", hours=1), told("3", hours=2), told("4", hours=3)
    assert beside("copy.ring", told("1"), *copies).weight == 0.0


def test_a_chain_longer_than_the_window_is_no_ring() -> None:
    around = told("2", hours=-70), told("3", hours=70)
    assert beside("copy.ring", told("1"), *around).weight == 0.0


@pytest.mark.parametrize(
    "others",
    [
        (told("2", hours=-1),),
        (
            told("2", hours=-1, merchant_id="s2"),
            told("3", merchant_id="s2"),
            told("4", merchant_id="s2"),
        ),
        (told("2", hours=-1), told("3", hours=80)),
        (told("2", hours=-1), told("3", buyer_id="b-2")),
        (told("2", hours=-1), told("3", buyer_id=None)),
        (told("2", hours=-1), told("3", rating=5)),
    ],
    ids=["two", "one other shop", "days later", "one account", "unknown account", "praise"],
)
def test_fewer_nearer_or_unknown_ones_are_no_ring(others: tuple[Case, ...]) -> None:
    assert beside("copy.ring", told("1"), *others).weight == 0.0


def test_stock_phrases_are_no_ring() -> None:
    stock = "质量太差了,不推荐购买"
    assert beside("copy.ring", *(told(str(at), stock) for at in range(5))).weight == 0.0


# copy.self


def test_account_that_repeats_itself_speaks_weakly() -> None:
    subject = told("1", buyer_id="b")
    assert beside("copy.self", subject, told("2", buyer_id="b")).weight == WEIGHTS["copy.self"]
    assert beside("copy.self", subject, told("2")).weight == 0.0


def test_items_of_perhaps_one_order_are_no_repetition() -> None:
    one, other = told("1", buyer_id="b", merchant_id="s"), told("2", buyer_id="b", merchant_id="s")
    assert beside("copy.self", one, other).weight == 0.0


# behaviour.synchrony


def _rounds(
    buyers: Sequence[str], shops: Sequence[str], *, gap: float, rating: int = 1
) -> list[Case]:
    return [
        told(f"{b}{s}", f"{OTHER[:9]}{b}", buyer_id=b, merchant_id=s, hours=n * gap, rating=rating)
        for b in buyers
        for n, s in enumerate(shops)
    ]


def test_accounts_at_the_same_three_shops_keep_step() -> None:
    signal = beside("behaviour.synchrony", *_rounds(["甲", "乙"], ["x", "y", "z"], gap=20))
    assert signal.weight == pytest.approx(WEIGHTS["behaviour.synchrony"] * 0.6)
    assert "1个账号在72小时内给同样的3家店" in signal.reason


@pytest.mark.parametrize(
    "reviews",
    [
        _rounds(["甲", "乙"], ["x", "y"], gap=5),
        _rounds(["甲", "乙"], ["x", "y", "z"], gap=40),
        _rounds(["甲"], ["x", "y", "z"], gap=5) + _rounds(["乙"], ["u", "v", "w"], gap=5),
        _rounds(["甲"], ["x", "y", "z"], gap=5) + _rounds(["乙"], ["x", "y", "z"], gap=5, rating=5),
        _rounds(["甲"], [*"xyzabcd"], gap=5) + _rounds(["乙"], [*"xyzuvwt"], gap=5),
    ],
    ids=["two shops", "too slow", "other shops", "good reviews", "mostly elsewhere"],
)
def test_chance_meetings_are_no_synchrony(reviews: list[Case]) -> None:
    assert beside("behaviour.synchrony", *reviews).weight == 0.0


# behaviour.burst and counter.incident


def _quiet(days: int = 60) -> list[Case]:
    """A shop that gets a bad review every ten days and a good one a day."""
    bad = [
        told(
            f"q{day}",
            "旧款不如新款",
            merchant_id="s",
            hours=-24 * (day + 8),
            aspects=("quality",),
        )
        for day in range(0, days, 10)
    ]
    good = [
        told(f"g{day}", "还行吧", merchant_id="s", hours=-24 * day, rating=5) for day in range(days)
    ]
    return bad + good


def _flood(aspects: Sequence[str], **facts: object) -> list[Case]:
    return [
        told(f"f{at}", FLOOD[at], merchant_id="s", hours=at / 10, aspects=tuple(aspects), **facts)
        for at in range(6)
    ]


def _thin() -> list[Case]:
    texts = ["骗子", "什么玩意", "呵呵", "无语", "大家别来", "恶心"]
    return [told(f"t{at}", text, merchant_id="s", hours=at / 10) for at, text in enumerate(texts)]


def test_thin_burst_is_an_attack() -> None:
    signal = beside("behaviour.burst", *_thin(), *_quiet())
    assert signal.weight == pytest.approx(1.0)
    assert "1小时内6个账号差评" in signal.reason
    assert "没有共同问题、内容空泛" in signal.reason


def test_linked_burst_is_an_attack() -> None:
    copies = [told(f"t{at}", RANT, merchant_id="s", hours=at / 10) for at in range(6)]
    signal = beside("behaviour.burst", *copies, *_quiet())
    assert signal.weight == pytest.approx(1.5)


def test_buyer_with_a_fault_to_name_is_left_alone_in_an_attack() -> None:
    victim = told("v", OTHER, merchant_id="s", hours=0.3, aspects=("quality",))
    assert beside("behaviour.burst", victim, *_thin(), *_quiet()).weight == 0.0


def test_bad_batch_speaks_for_its_buyers() -> None:
    crowd = [*_flood(["quality"], images=2), *_quiet()]
    signal = beside("counter.incident", *crowd)
    assert signal.weight == -1.5
    assert "6位互不关联的买家" in signal.reason
    assert beside("behaviour.burst", *crowd).weight == 0.0


@pytest.mark.parametrize(
    "crowd",
    [
        [*_flood(["quality"]), *_quiet()],
        [told("1", RANT, merchant_id="s", aspects=("quality",), images=1), *_quiet()],
        _flood(["quality"], images=1),
    ],
    ids=["nothing shown", "no burst", "no rate known"],
)
def test_neither_incident_nor_attack(crowd: list[Case]) -> None:
    for code in ("counter.incident", "behaviour.burst"):
        assert beside(code, *crowd).weight == 0.0


def test_shop_without_past_lacks_a_rate() -> None:
    assert beside("behaviour.burst", *_thin()).missing == "reviews of the shop over more time"


def test_promotion_brings_bad_reviews_too() -> None:
    sales = [told(f"p{at}", "好", merchant_id="s", hours=at / 200, rating=5) for at in range(150)]
    assert beside("behaviour.burst", *_thin(), *_quiet(), *sales).weight == 0.0


def test_one_account_is_no_burst() -> None:
    alone = [
        told(f"t{at}", "无语", merchant_id="s", buyer_id="b", hours=at / 10) for at in range(8)
    ]
    assert beside("behaviour.burst", *alone, *_quiet()).weight == 0.0


# counter.same_aspect


def _of_item(count: int, **facts: object) -> list[Case]:
    return [
        told(f"a{at}", FLOOD[at], merchant_id="s", item_id="i", aspects=("quality",), **facts)  # type: ignore[arg-type]
        for at in range(count)
    ]


def test_independent_buyers_of_one_item_speak_for_each_other() -> None:
    weights = [beside("counter.same_aspect", *_of_item(count)).weight for count in (2, 3, 6)]
    assert weights == [0.0, -0.5, -1.0]


def test_copies_and_other_faults_do_not_speak_for_anyone() -> None:
    subject = told("1", OTHER, merchant_id="s", item_id="i", aspects=("logistics",))
    assert beside("counter.same_aspect", subject, *_of_item(5)).weight == 0.0
    facts = {"merchant_id": "s", "item_id": "i", "aspects": ("quality",)}
    copies = [told(str(at), RANT, **facts) for at in range(4)]  # type: ignore[arg-type]
    assert beside("counter.same_aspect", *copies).weight == 0.0
    assert beside("counter.same_aspect", *_of_item(1), *copies).weight == 0.0


# behaviour.account


@pytest.mark.parametrize(
    ("history", "weight"),
    [
        (BuyerHistory(reviews=40, orders=52, window_days=180), 0.0),
        (BuyerHistory(reviews=3, orders=1, window_days=1), 0.0),
        (BuyerHistory(reviews=0, orders=1, window_days=180), 0.0),
        (BuyerHistory(reviews=400, orders=500, window_days=90), WEIGHTS["behaviour.account"]),
        (BuyerHistory(reviews=40, orders=10), WEIGHTS["behaviour.account"]),
    ],
)
def test_odd_counts_speak_weakly(history: BuyerHistory, weight: float) -> None:
    review, view = told("1", history=history)
    assert TOGETHER["behaviour.account"](review, view, None).weight == weight


def test_first_review_counts_only_against_a_well_rated_item() -> None:
    new = BuyerHistory(reviews=0, orders=1)
    subject = told("1", merchant_id="s", item_id="i", history=new)
    praise = [told(f"p{at}", "好", merchant_id="s", item_id="i", rating=5) for at in range(10)]
    assert beside("behaviour.account", subject, *praise).weight == WEIGHTS["behaviour.account"] / 2
    assert beside("behaviour.account", subject, *praise[1:]).weight == 0.0
    assert beside("behaviour.account", subject, *praise, *_of_item(3)).weight == 0.0


def test_no_history_is_missing() -> None:
    assert beside("behaviour.account", told("1")).missing == "history.reviews"


def test_stored_reviews_serve_a_single_one() -> None:
    subject = told("1")
    stored = Others(seen_of(*told(str(at), hours=at)).without_grams() for at in range(2, 5))
    signal = TOGETHER["copy.cross_shop"](*subject, stored.around(seen_of(*subject)))
    assert signal.weight == WEIGHTS["copy.cross_shop"]
    assert signal.spans
