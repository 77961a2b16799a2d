"""Words that count: cut as reviewers write them, figures and little words left out."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp_service.reviews.together.wording import pieces, word_hash, wording


def _rarity(text: str, word: str) -> float:
    found = wording(text)
    (at,) = np.flatnonzero(found.words == word_hash(word))
    return float(found.rarities[at])


def test_text_is_cut_at_words_of_reviewers() -> None:
    text = "客服回我说晒太阳,隔壁邻居都来敲门了"
    assert {"太阳", "隔壁", "邻居", "敲门"} <= {piece.text for piece in pieces(text)}
    assert all(text[piece.start : piece.end] == piece.text for piece in pieces(text))


@pytest.mark.parametrize("text", ["", "的了", "三天", "2000块", "😡!!", "VIP888", "十来个"])
def test_figures_signs_and_little_words_count_nothing(text: str) -> None:
    assert not pieces(text)
    assert not len(wording(text).words)


def test_rare_words_say_more_than_common_ones_and_than_names_of_faults() -> None:
    text = "包装破了,猫打喷嚏"
    assert _rarity(text, "嚏") > _rarity(text, "猫") > _rarity(text, "包装")
    assert _rarity("鞋底开胶", "开胶") < _rarity("鞋底开胶", "鞋底")


def test_words_of_the_title_say_what_was_bought() -> None:
    text = "扫把刷得满嘴毛"
    every, some = (set(wording(text, title=title).words.tolist()) for title in (None, "牙刷毛"))
    assert every - some == {word_hash("刷"), word_hash("毛")}


def test_word_stands_once_at_its_first_place() -> None:
    found = wording("邻居敲门,邻居又敲门")
    assert len(np.unique(found.words)) == len(found.words)
    assert np.all(np.diff(found.places) > 0)


@given(st.text(alphabet="邻居敲门太阳雨伞的了3a,! \U0002070e", max_size=30))
def test_pieces_stand_in_order_and_never_overlap(text: str) -> None:
    found = pieces(text)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert all(text[one.start : one.end] == one.text for one in found)
