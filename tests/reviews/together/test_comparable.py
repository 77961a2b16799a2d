"""Forms in which texts are compared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp_service.reviews.together.comparable import comparable, gram_hashes, sounds, telling


@pytest.mark.parametrize(
    "disguised", ["质量太差了!!", "质量 太差 了", "质量,太差了~~😡", "制量太叉了", "质亮太差乐"]
)
def test_punctuation_and_homophones_leave_the_form(disguised: str) -> None:
    assert comparable(disguised).form == comparable("质量太差了").form


def test_other_sounds_and_figures_change_the_form() -> None:
    for other in ("质量太好了", "质量太差了2", "质量太差呢"):
        assert comparable(other).form != comparable("质量太差了").form


@given(st.text(alphabet="质量太差了,。 a1😡𠮷", max_size=40))
def test_places_lead_back_to_the_text(text: str) -> None:
    form = comparable(text)
    assert len(form.form) == len(form.places) == form.length_chars
    assert all(text[place].isalnum() for place in form.places)
    assert len(gram_hashes(form.form)) == (max(1, len(form.form) - 3) if form.form else 0)


def test_equal_grams_hash_alike_wherever_they_stand() -> None:
    one, other = gram_hashes("质量太差了"), gram_hashes("真是质量太差")
    assert len(np.intersect1d(one, other)) == 1


def test_sounds_cover_the_common_han() -> None:
    assert len(sounds()) > 6000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("质量太差了,不会再买了", 0),
        ("质量太差了!客服态度差", 0),
        ("此用户没有填写评价。", 0),
        ("质量太差了,灯罩一碰就裂", 6),
        ("", 0),
    ],
)
def test_stock_clauses_tell_nothing(text: str, told: int) -> None:
    form = comparable(text).form
    assert telling(form).sum() == told
    assert len(telling(form)) == len(gram_hashes(form))
