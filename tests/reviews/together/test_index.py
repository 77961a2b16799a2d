"""Near-duplicates: found through small edits, not among ordinary phrases."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.together.index import CopyIndex
from nlp_service.reviews.together.seen import Seen
from tests.reviews.together.cases import OTHER, RANT, seen


def index_of(*seens: Seen) -> CopyIndex:
    index = CopyIndex(default_suspicion_policy().copies)
    for one in seens:
        index.add(one)
    return index


def keys(index: CopyIndex, asked: Seen) -> list[str]:
    return [one.seen.key for one in index.neighbours(asked)]


@pytest.mark.parametrize(
    "edited",
    [
        RANT,
        RANT.replace(",", "!!"),
        RANT.replace("充电宝", "充电饱").replace("处理", "处里").replace("上当", "尚当"),
        RANT + ",差评",
        "真的," + RANT.removesuffix("千万别上当") + "别买",
        RANT.replace("三个月", "两个月"),
        RANT.replace("千万", "千✨万"),
    ],
)
def test_edited_copy_is_found_both_ways(edited: str) -> None:
    first, second = seen("1"), seen("2", edited)
    index = index_of(first, second, seen("3", OTHER))
    assert keys(index, first) == ["2"]
    assert keys(index, second) == ["1"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (RANT, OTHER),
        ("充电宝用了三个月就鼓包了,客服倒是很快换了新的", RANT),
        ("质量很好,服务态度也很好,还会再来的", "质量很好,服务态度也很好,物流也很快"),
        ("质量太差了,不值这个价,不会再买了", "质量太差了,不值这个价,不会再买了"),
        ("质量太差", "质量太差"),
        ("差评", "差评"),
        ("!!!", "!!!"),
        ("", ""),
    ],
)
def test_same_topic_or_stock_phrase_is_no_copy(one: str, other: str) -> None:
    first, second = seen("1", one), seen("2", other)
    assert keys(index_of(first, second), first) == []


def test_phrase_that_many_write_about_a_product_stops_being_rare() -> None:
    phrase = "充一次电只能听半小时歌"
    first, second = seen("1", f"{phrase},唉"), seen("2", f"唉,{phrase}")
    assert keys(index_of(first, second), first) == ["2"]
    tails = [
        "头戴着夹耳朵疼",
        "说明书全英文看不懂",
        "左边那只还总断连",
        "盒子磕破一个角",
        "低音闷得像隔堵墙",
    ]
    starts = ["上个月给儿子买的", "同事推荐来的", "打折时囤的货", "换了安卓手机以后", "昨晚试了试"]
    crowd = [
        seen(f"c{a}{b}", f"{start}{b}次,{phrase},{tail}{a}")
        for a, start in enumerate(starts)
        for b, tail in enumerate(tails)
    ]
    assert keys(index_of(first, second, *crowd), first) == []


def test_copies_do_not_make_their_own_words_common() -> None:
    copies = [seen(str(at), f"{RANT}{at}") for at in range(200)]
    assert len(keys(index_of(*copies), copies[0])) == 199


def test_one_case_is_no_copy() -> None:
    first = replace(seen("1"), order="o-1")
    follow_up = replace(seen("2"), append_of="1")
    same_order = replace(seen("3"), order="o-1")
    index = index_of(first, first, follow_up, same_order)
    assert keys(index, first) == []


def test_stored_signature_is_enough() -> None:
    first = seen("1")
    stored = seen("2", RANT + ",差评").without_grams()
    index = index_of(stored, seen("3", OTHER).without_grams())
    assert stored.grams is None
    (found,) = index.neighbours(first)
    assert found.seen.key == "2"
    exact = index_of(seen("2", RANT + ",差评")).neighbours(first)[0].similarity
    assert found.similarity == pytest.approx(exact, abs=0.15)


def test_nothing_kept_for_a_store_holds_or_shows_text() -> None:
    shown = repr(seen("1", OTHER))
    assert not any(OTHER[at : at + 2] in shown for at in range(len(OTHER) - 1))


def test_empty_index_and_later_additions() -> None:
    index, first = index_of(), seen("1")
    assert (len(index), index.neighbours(first)) == (0, [])
    index.add(seen("2"))
    assert keys(index, first) == ["2"]


TEXTS = st.lists(
    st.sampled_from([RANT, RANT + "!", RANT[:20], RANT[8:], OTHER, OTHER[:14], "差评", ""]),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.randoms(use_true_random=False))
def test_order_of_adding_changes_nothing(texts: list[str], chance: random.Random) -> None:
    seens = [seen(str(at), text) for at, text in enumerate(texts)]
    shuffled = chance.sample(seens, len(seens))
    one, other = index_of(*seens), index_of(*shuffled)
    for asked in seens:
        found = one.neighbours(asked)
        assert [n[1:] for n in found] == [n[1:] for n in other.neighbours(asked)]
        assert keys(one, asked) == keys(other, asked)
        assert asked.key not in keys(one, asked)
        assert all(asked.key in keys(one, n.seen) for n in found)
