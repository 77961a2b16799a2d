"""Words that every match of a pattern holds: what they are, and that no match lacks them."""

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.text.literals import required


@pytest.mark.parametrize(
    ("pattern", "sets"),
    [
        ("漏电", [{"漏电"}]),
        ("电池.{0,4}鼓(?:包|起)", [{"电池"}, {"鼓"}, {"包", "起"}]),
        ("(?:特|狠)?烫[手嘴]", [{"烫"}, {"手", "嘴"}]),
        ("过期(?:$|半)", [{"过期"}]),
        ("烟+(?:雾)*", [{"烟"}]),
        ("炸(?:裂){0,2}响{2}", [{"炸"}, {"响"}]),
        (r"www\.\S+", [{"www."}]),
        ("[^,。]{1,3}(?:馊|酸臭)", [{"馊", "酸臭"}]),
        ("臭.|[a-z]", []),
        ("(?:焦)?", []),
        (r"\d{5}", []),
    ],
)
def test_required_words(pattern: str, sets: list[set[str]]) -> None:
    assert {frozenset(one) for one in sets} == set(required(pattern))


def test_the_most_telling_set_comes_first() -> None:
    assert required("有.{0,4}(?:蛆|蟑螂)")[0] == {"蛆", "蟑螂"}


@pytest.mark.parametrize("pattern", ["(漏)电", "(?P<a>漏)", "漏电)", "(?:漏电", "(?i)漏"])
def test_what_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"group|parenthesis"):
        required(pattern)


_PIECE = st.sampled_from(["甲", "乙", "丙", "甲乙", "[甲丙]", "[^甲]", ".", r"\d", "^", "$"])
_MANY = st.sampled_from(["", "", "?", "*", "+", "{0,2}", "{2}"])
_BRANCH = st.lists(st.tuples(_PIECE, _MANY), max_size=4).map(
    lambda some: "".join(piece if piece in "^$" else f"(?:{piece}){many}" for piece, many in some)
)
_PATTERN = st.lists(_BRANCH, min_size=1, max_size=3).map("|".join)


@settings(deadline=None)
@given(_PATTERN, _PATTERN, st.text("甲乙丙0\n", max_size=12))
def test_no_match_lacks_a_required_word(one: str, other: str, text: str) -> None:
    pattern = f"(?:{one})乙(?:{other})"
    if re2.search(pattern, text):
        assert all(any(word in text for word in words) for words in required(pattern))
