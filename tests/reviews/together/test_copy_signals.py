"""Copies, retellings and rings: honest look-alikes first, then what each signal is for."""

import pytest

from nlp_service.domain import Review, ReviewOrder, Signal
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.view import ReviewView
from tests.reviews.together.cases import FLOOD, OTHER, RANT, beside, told

Case = tuple[Review, ReviewView]
WEIGHTS = default_suspicion_policy().weights


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


def test_words_that_come_every_week_hardly_weigh() -> None:
    weekly = [told(f"w{at}", hours=-24 * 7 * at) for at in range(1, 15)]
    signal = _cross(told("1"), *weekly)
    assert signal.weight == pytest.approx(WEIGHTS["copy.cross_shop"] * 0.75 * 0.1)
    assert signal.weight < default_suspicion_policy().support
    assert signal.reason.endswith("平时也常有人这样写")


def test_a_wave_that_copies_an_older_text_counts_whole() -> None:
    these_days = [told(f"n{at}", hours=-at) for at in range(2)]
    older = [told(f"old{at}", hours=-24 * 30 - at) for at in range(2)]
    wave = _cross(told("1"), *these_days, *older)
    assert wave.weight == pytest.approx(WEIGHTS["copy.cross_shop"] * 0.75)
    assert "平时" not in wave.reason


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


def test_words_that_come_all_the_time_are_no_ring() -> None:
    around = [told("2", hours=-1), told("3", hours=10)]
    steady = [told(f"w{at}", hours=-24 * 4 * at) for at in range(1, 25)]
    assert beside("copy.ring", told("1"), *around, *steady).weight == 0.0
    assert beside("copy.ring", told("1"), *around, steady[-1]).weight == WEIGHTS["copy.ring"]


def test_the_main_body_of_an_attack_does_not_excuse_its_ring() -> None:
    here = [told(f"h{at}", hours=-1, merchant_id="s1") for at in range(30)]
    around = [told("2", hours=-1), told("3", hours=-2)]
    signal = beside("copy.ring", told("1", merchant_id="s1"), *here, *around)
    assert signal.weight == WEIGHTS["copy.ring"]


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


def test_who_uses_words_of_every_week_still_speaks_for_others() -> None:
    facts = {"item_id": "i", "merchant_id": "s", "aspects": ("quality",)}
    subject = told("1", OTHER, **facts)  # type: ignore[arg-type]
    peers = [told("2", **facts), told("3", FLOOD[0], **facts)]  # type: ignore[arg-type]
    weekly = [told(f"w{at}", hours=-24 * 7 * at) for at in range(1, 15)]
    wave = [told(f"w{at}", hours=at) for at in range(1, 4)]
    assert beside("counter.same_aspect", subject, *peers, *weekly).weight < 0.0
    assert beside("counter.same_aspect", subject, *peers, *wave).weight == 0.0
