"""What the normaliser reads: a table of tricks, a table of ordinary texts, and its promises."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.text.normalize import normalize
from tests.text.samples import INNOCENT, TRICKS


@pytest.mark.parametrize(("raw", "text"), TRICKS)
def test_a_trick_is_read_as_what_it_means(raw: str, text: str) -> None:
    read = normalize(raw)
    assert read.text == text
    assert_map_holds(raw)


@pytest.mark.parametrize("raw", INNOCENT)
def test_ordinary_text_stays_as_it_is(raw: str) -> None:
    read = normalize(raw)
    assert read.text == raw
    assert read.disguised == ()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("亲,加薇信聊", ["加薇信"]),
        ("验❤证❤码发我", ["验❤证❤码"]),
        ("打1 3 8 0 0 1 3 8 0 0 0找我", ["1 3 8 0 0 1 3 8 0 0 0"]),
        ("微\u200b信和zfb", ["\u200b", "zfb"]),
        ("ＡＢＣ和轉賬", []),
    ],
)
def test_disguised_names_the_raw_stretches(raw: str, words: list[str]) -> None:
    assert [raw[start:end] for start, end in normalize(raw).disguised] == words


@pytest.mark.parametrize(
    ("raw", "found", "behind"),
    [
        ("亲,加薇信聊", "微信", "薇信"),
        ("净重５㎏左右", "kg", "㎏"),
        ("我的微亻言", "信", "微亻言"),
        ("1️⃣件", "1", "1️⃣"),
        ("微\u200b信", "微信", "微\u200b信"),
        ("一三八零零一三八零零零", "138", "一三八"),
    ],
)
def test_a_span_leads_back_to_the_raw_text(raw: str, found: str, behind: str) -> None:
    read = normalize(raw)
    at = read.text.index(found)
    start, end = read.raw_span(at, at + len(found))
    assert raw[start:end] == behind


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("", ""),
        ("\x00微\x00信\x07", "微信"),
        ("\ud800微信\udfff", "微信"),
        ("\u0336微信", "微信"),
        ("\ufeff好\r\n的\t亲", "好\n的 亲"),
        ("全\u3000角\xa0空格", "全 角 空格"),
        ("é Ü ﬁ", "e u fi"),
    ],
)
def test_broken_and_unseen_characters_do_no_harm(raw: str, text: str) -> None:
    assert normalize(raw).text == text


def test_a_text_longer_than_the_longest_review_keeps_its_map() -> None:
    read = normalize("好" * 9000)
    assert read.raw_span(8999, 9000) == (8999, 9000)


def test_a_text_grows_fourfold_at_most_and_keeps_its_map() -> None:
    read = normalize("薇信ﷺ㍿" * 1000)
    assert len(read.text) == 2000 + 1000 + 4000
    assert read.text.startswith("微信ﷺ株式会社")
    assert read.raw_span(2, 3) == (2, 3)
    assert read.raw_span(3, 7) == (3, 4)
    assert read.raw_span(len(read.text) - 1, len(read.text)) == (3999, 4000)


COSTLY = ["ﷺ", "㍿", "㍿薇", "v❤", "薇信", "+v ", "微 ❤信", "㋿", "㍘", "薇\u200b信"]


@pytest.mark.parametrize("unit", COSTLY)
def test_the_longest_message_costs_little_whatever_it_holds(unit: str) -> None:
    """About 60 ms at most on a free core; the rest is room for a slower one."""
    raw = (unit * 4_000)[:4_000]
    assert min(_cost_s(raw) for _ in range(3)) < 0.2


def _cost_s(raw: str) -> float:
    start = time.process_time()
    normalize(raw)
    return time.process_time() - start


def assert_map_holds(raw: str) -> None:
    read = normalize(raw)
    assert len(read.text) == len(read.starts) == len(read.ends)
    assert list(read.starts) == sorted(read.starts)
    assert list(read.ends) == sorted(read.ends)
    assert all(
        0 <= start < end <= len(raw) for start, end in zip(read.starts, read.ends, strict=True)
    )
    start, end = read.raw_span(0, len(read.text))
    assert 0 <= start <= end <= len(raw)
    assert all(0 <= span.start < span.end <= len(raw) for span in read.disguised)
    assert list(read.disguised) == sorted(read.disguised)


_PLAIN = "的了是我你好在有这个不发货衣服尺码退款快递收到质量可以看下请问什么时候亲"
_PIECES = [
    *(raw for raw, _ in TRICKS),
    *"微信薇加卫星验证码身份转账好评返现号聊扫",
    *"一二三四五六七八九零〇幺壹叁0138OolI①③❶⑴²",
    *"❤➕+🧧🐴😊·.*-_ \n,。!?:、",
    *"\u200b\u200d\u00ad\u202e\ufeff\ufe0f\u20e3\u0301\u0336\x00\u3164",
    *"vxwqＶＸ𝓿хνα轉賬驗證著乾㎏㈱½…",
    "wei",
    "xin",
    "yzm",
    "1️⃣",
    "👨‍👩‍👧",
    "🇨🇳",
]
_MIXED = [*_PIECES, *_PLAIN]
TRICKY = st.lists(st.sampled_from(_MIXED), max_size=25).map("".join)
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=40)
ORDINARY = st.lists(
    st.sampled_from([*_PLAIN, *",。!? ", "12", "199", "1号", "abc", "13800138000"]), max_size=40
).map("".join)


@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_tricky_texts_keep_a_map(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(1_000):
        assert_map_holds("".join(chance.choices(_MIXED, k=chance.randrange(25))))


@settings(max_examples=1_000, deadline=None)
@given(TRICKY)
def test_every_tricky_text_keeps_a_map(raw: str) -> None:
    assert_map_holds(raw)


@settings(max_examples=500, deadline=None)
@given(ANYTHING)
def test_every_string_keeps_a_map(raw: str) -> None:
    assert_map_holds(raw)


@settings(max_examples=300, deadline=None)
@given(ORDINARY)
def test_plain_simplified_text_is_unchanged(raw: str) -> None:
    read = normalize(raw)
    assert read.text == raw
    assert read.disguised == ()


@pytest.mark.parametrize("raw", [raw for raw, _ in TRICKS] + INNOCENT)
def test_reading_twice_changes_nothing_more(raw: str) -> None:
    once = normalize(raw).text
    assert normalize(once).text == once
