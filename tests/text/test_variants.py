import itertools

import pytest

from nlp_service.text.lexicon import Condition, build_lexicon
from nlp_service.text.variants import Reader, variant_edits

DATA = """
classes: {}
conditions:
  cue: {before: "加[^,]{0,2}", after: "号"}
  both: {every: true, before: 加, after: 聊}
keep: [卫星锅]
words:
  - {word: 微信, pinyin: wei xin, gaps: any, sure: [薇信], cued: {cue: [卫星], both: [维信]},
     unless: {after: 县}}
  - {word: 转账, pinyin: zhuan zhang, gaps: symbols}
  - {word: 加我, gaps: none}
"""
READER = Reader(build_lexicon(DATA, ""))


def read(text: str) -> str:
    for edit in reversed(READER.read(text).edits):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("薇信", "微信"),
        ("卫星", "卫星"),
        ("加卫星", "加微信"),
        ("加个卫星", "加个微信"),
        ("卫星号", "微信号"),
        ("加卫星锅", "加卫星锅"),
        ("加维信聊", "加微信聊"),
        ("加维信", "加维信"),
        ("薇信县", "薇信县"),
        ("微,信", "微信"),
        ("微,,,,信", "微,,,,信"),
        ("wei xin", "微信"),
        ("w.e.i.x.i.n", "微信"),
        ("we ixin", "we ixin"),
        ("aweixin", "aweixin"),
        ("weixins", "weixins"),
        ("weixin.com", "weixin.com"),
        ("weixin@163.com", "weixin@163.com"),
        ("weixin@ 163点com", "weixin@ 163点com"),
        ("weixin@13800138000", "微信@13800138000"),
        ("转❤账", "转账"),
        ("转,账", "转,账"),
        ("我 要 转 账 了", "我 要 转账 了"),
        ("加,我", "加,我"),
        ("微信", "微信"),
    ],
)
def test_conditions_gaps_and_borders(text: str, meaning: str) -> None:
    assert read(text) == meaning


def test_only_what_was_read_otherwise_is_named() -> None:
    assert READER.read("微信或薇信").read == [(3, 5)]
    assert READER.read("好的").read == ()


def test_the_same_surroundings_are_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    holds = Condition.holds

    def counted(condition: Condition, around: bytes) -> bool:
        asked.append(around)
        return holds(condition, around)

    monkeypatch.setattr(Condition, "holds", counted)
    assert len(READER.read("加卫星了" * 500).read) == 500
    assert len(asked) < 30


@pytest.mark.parametrize("unit", ["微 ", "稍微 信", "加卫星", "v❤", "+v ", "转 账 ", "卫星电视"])
def test_long_repetitions_are_read_whole(unit: str) -> None:
    text = (unit * 4_000)[:8_000]
    edits = variant_edits(text).edits
    assert all(one.end <= two.start for one, two in itertools.pairwise(edits))
