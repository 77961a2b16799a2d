import pytest

from nlp_service.text.digits import digit_edits


def read(text: str) -> str:
    for edit in reversed(digit_edits(text).edits):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一二五四三六", "125436"),
        ("号码一三八零零一三八零零零找我", "号码13800138000找我"),
        ("卡号六二二二零二一二三四", "卡号6222021234"),
        ("幺三八洞洞幺三八洞洞洞", "13800138000"),
        ("l38oo138ooo", "13800138000"),
        ("丨38001丨8000", "13800118000"),
        ("12o456", "120456"),
        ("1③8", "1③8"),
        ("1③8001③8000", "13800138000"),
        ("一 三 八 零 零 一 三 八 零 零 零", "13800138000"),
        ("1~3~8~0~0~1~3~8~0~0~0", "13800138000"),
        ("138/0013/8000", "13800138000"),
        ("1380013800零加我", "13800138000加我"),
        ("3 3 0 1 0 6 1 9 9 0 0 1", "330106199001"),
    ],
)
def test_a_disguised_number_becomes_plain(text: str, number: str) -> None:
    assert read(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "一二三四五六七",
        "一一一一一一一",
        "1234567一直没到",
        "1234567拐角处",
        "138-0013-8000",
        "138 0013 8000",
        "138****8000",
        "3,5,7,9,11,13,15",
        "1.5 2.5 1.5 2.5 3.5",
        "2026-03-01",
        "li9679",
        "i60,i60",
        "oooi0000",
        "hello0o0o",
        "①13800138000",
        "13800138000②点开",
        "100一200一300",
    ],
)
def test_what_is_no_disguised_number_stays(text: str) -> None:
    assert digit_edits(text) == ([], [])


def test_the_read_stretch_covers_the_whole_number() -> None:
    assert digit_edits("打1 3 8 0 0 1 3 8 0 0 0吧").read == [(1, 22)]


@pytest.mark.parametrize("unit", ["一", "拐一", "o1", "1 ", "1ol", "丨1", "①", "138 ", "9"])
def test_long_runs_are_read_in_one_pass(unit: str) -> None:
    text = (unit * 8_000)[:8_000]
    assert len(read(text)) <= len(text)
