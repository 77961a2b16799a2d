import pytest

from nlp_service.errors import PolicyError
from nlp_service.text.lexicon import build_lexicon, load_lexicon

HEAD = """
classes: {plus: ["+", "➕"], add: ["加", "{plus}"]}
conditions: {cue: {before: 加}, both: {every: true, before: 加, after: 聊}}
keep: [卫星锅]
words:
"""
COMPONENTS = "# character\tspellings\n信\t亻言\n"


def literals(words: str) -> dict[str, str]:
    lexicon = build_lexicon(HEAD + words, COMPONENTS)
    return {key: patterns[0].word for key, patterns in lexicon.patterns.items()}


def test_pinyin_and_split_characters_are_mixed() -> None:
    found = literals("  - {word: 微信, pinyin: wei xin}")
    assert {"微信", "weixin", "微xin", "wei信", "微亻言", "wei亻言"} < set(found)
    assert found["卫星锅"] == ""


def test_a_class_stands_for_each_member_and_brackets_mark_what_is_rewritten() -> None:
    lexicon = build_lexicon(HEAD + "  - {word: 微信, sure: ['{add}[v]聊']}", COMPONENTS)
    pattern = lexicon.patterns["➕v聊"][0]
    assert (pattern.lead, pattern.trail) == (1, 1)
    assert {"加v聊", "+v聊"} < set(lexicon.patterns)
    assert lexicon.symbols == {"+", "➕"}


def test_a_space_in_a_spelling_is_a_joint() -> None:
    lexicon = build_lexicon(HEAD + "  - {word: 微信, sure: ['we chat']}", COMPONENTS)
    assert lexicon.patterns["wechat"][0].joints == {2}


@pytest.mark.parametrize(
    ("words", "slip"),
    [
        ("  - {word: 微信, sur: [薇信]}", "sur"),
        ("  - {word: 微信, gaps: some}", "gaps"),
        ("  - {word: 微信, sure: ['{heart}']}", "heart"),
        ("  - {word: 微信, cued: {nothing: [卫星]}}", "nothing"),
        ("  - {word: 微信, unless: {behind: 锅}}", "behind"),
        ("  - {word: 微信, unless: {every: true}}", "before"),
    ],
)
def test_a_slip_in_the_data_is_named(words: str, slip: str) -> None:
    with pytest.raises(PolicyError, match=slip):
        build_lexicon(HEAD + words, COMPONENTS)


def test_the_shipped_lexicon_never_rewrites_a_word_to_itself_only() -> None:
    lexicon = load_lexicon()
    words = {pattern.word for found in lexicon.patterns.values() for pattern in found}
    assert {"微信", "qq", "支付宝", "验证码", "身份证", "好评", "返现", "转账"} <= words
    assert all(literal == literal.lower() for literal in lexicon.patterns)
