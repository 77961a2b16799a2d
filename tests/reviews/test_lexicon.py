"""Patterns searched by their words give what one pattern of all alternatives gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.errors import PolicyError
from nlp_service.reviews.acts import extortion, offsite, threat
from nlp_service.reviews.lexicon import Patterns, blank_look_alikes, severity_lexicon, union

_ALTERNATIVES = ["乙甲", "甲.{0,2}丙", "甲乙", "丙$", "^甲", "[甲乙]丙+", "(?:甲|丙)?丁"]


def _places(patterns: Patterns, text: str) -> list[tuple[int, int]]:
    numbers = patterns.possible(patterns.words(text)).get("all", [])
    return list(patterns.matches(numbers, text))


def _plain(alternatives: list[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in union(alternatives).finditer(text)]


@settings(deadline=None)
@given(st.text("甲乙丙丁戊", max_size=20))
def test_matches_are_those_of_the_union(text: str) -> None:
    assert _places(Patterns({"all": _ALTERNATIVES}), text) == _plain(_ALTERNATIVES, text)


def _shipped() -> dict[str, list[str]]:
    lexicon = severity_lexicon()
    groups = {kind: hazard.patterns for kind, hazard in lexicon.hazards.items()}
    groups |= {"major": [one for some in lexicon.major.values() for one in some]}
    groups |= {"minor": [one for some in lexicon.minor.values() for one in some]}
    groups |= {"masks": [*lexicon.masks.products, *lexicon.masks.figures]}
    acts = {"extorts": extortion, "threatens": threat, "offsite": offsite}
    return groups | {name: list(module.needed()) for name, module in acts.items()}


_SHIPPED = _shipped()
_LETTERS = "".join(
    sorted({sign for some in _SHIPPED.values() for one in some for sign in one if sign > "\u4e00"})
)
_READY = {name: Patterns({"all": some}) for name, some in _SHIPPED.items()}


@pytest.mark.parametrize("group", _SHIPPED)
@settings(deadline=None)
@given(data=st.data())
def test_shipped_patterns_are_found_as_by_their_union(group: str, data: st.DataObject) -> None:
    text = data.draw(st.text(_LETTERS, max_size=6))
    chosen = data.draw(st.sampled_from(_SHIPPED[group]))
    # A text that the chosen alternative nearly matches: its letters without its syntax.
    near = "".join(sign for sign in chosen if sign in _LETTERS)
    cut = data.draw(st.integers(0, len(near)))
    for tried in (text + near, near[:cut] + text + near[cut:], near[cut:] + text):
        assert _places(_READY[group], tried) == _plain(_SHIPPED[group], tried)


def test_of_two_matches_at_one_place_the_first_pattern_wins() -> None:
    assert _places(Patterns({"all": ["甲乙", "甲乙丙"]}), "甲乙丙") == [(0, 2)]
    assert _places(Patterns({"all": ["甲乙丙", "甲乙"]}), "甲乙丙") == [(0, 3)]


def test_words_are_told_apart_by_group() -> None:
    patterns = Patterns({"fire": ["起火"], "shock": ["漏电", "麻.{0,3}手"]})
    assert patterns.possible(patterns.words("插座漏电")) == {"shock": [1]}
    assert patterns.possible(patterns.words("麻")) == {}
    assert patterns.possible(patterns.words("手麻,起火")) == {"fire": [0], "shock": [2]}


@pytest.mark.parametrize("pattern", [r"\d+", "(?:漏电)?", "(漏)电"])
def test_a_pattern_without_words_is_refused(pattern: str) -> None:
    with pytest.raises(PolicyError, match="pattern"):
        Patterns({"all": [pattern]})


def test_look_alikes_are_blanked_in_place() -> None:
    assert blank_look_alikes("防漏电插座,心碎") == "□□□插座,□□"
    assert blank_look_alikes("插座漏电") == "插座漏电"
