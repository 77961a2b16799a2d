"""Words that authors may use, and slips that look like them."""

import pytest

from nlp_service.training.chat_words import is_fact, is_tag


@pytest.mark.parametrize("word", ["presses", "asks:phone", "own:city", "other:age", "rewards:tied"])
def test_facts_of_the_guide_are_known(word: str) -> None:
    assert is_fact(word)


@pytest.mark.parametrize("word", ["", "asks", "asks:shoe", "gives:phone", "presses:phone", "ack"])
def test_what_is_no_fact_is_a_slip(word: str) -> None:
    assert not is_fact(word)


@pytest.mark.parametrize("word", ["ack", "ask:product", "refuse:phone", "refuse:pitch=鞋垫"])
def test_tags_of_the_guide_are_known(word: str) -> None:
    assert is_tag(word)


@pytest.mark.parametrize("word", ["", "refuse", "refuse:shoe", "want:pizza", "asks:phone"])
def test_what_is_no_tag_is_a_slip(word: str) -> None:
    assert not is_tag(word)
