import sys

import pytest

from nlp_service.text.fold import fold, fold_same_length, fold_with_map


@pytest.mark.parametrize(
    ("character", "read"),
    [
        ("Ａ", "a"),
        (",", ","),
        ("，", ","),
        ("　", " "),
        ("\t", " "),
        ("\u2028", "\n"),
        ("\u200b", ""),
        ("\u202e", ""),
        ("\ufe0f", ""),
        ("\ud800", ""),
        ("\u3164", ""),
        ("х", "x"),
        ("Ѵ", "v"),
        ("𝕧", "v"),
        ("🅥", "v"),
        ("é", "e"),
        ("が", "が"),
        ("٣", "3"),
        ("①", "①"),
        ("⑩", "⑩"),
        ("½", "1/2"),
        ("㎏", "kg"),
        ("…", "…"),
        ("⼆", "二"),
        ("İ", "i"),
        ("㍿", "株式会社"),
        ("㎯", "㎯"),
        ("ﷺ", "ﷺ"),
    ],
)
def test_a_character_is_read_as(character: str, read: str) -> None:
    assert fold(character) == read


def test_folding_twice_is_folding_once_for_every_code_point() -> None:
    unstable = [
        code
        for code in range(sys.maxunicode + 1)
        if "".join(map(fold, folded := fold(chr(code)))) != folded
    ]
    assert unstable == []


def test_no_code_point_gives_more_than_four_characters() -> None:
    assert max(len(fold(chr(code))) for code in range(sys.maxunicode + 1)) == 4


def test_same_length_text_needs_no_map() -> None:
    assert fold_same_length("ＡＢ，好") == "ab,好"
    assert fold_same_length("５㎏") is None
    assert fold_same_length("好\u200b") is None


def test_a_greek_letter_counts_only_beside_a_latin_one() -> None:
    assert fold_with_map("α波").text == "α波"
    assert fold_with_map("pαy").text == "pay"


def test_a_mark_stretches_the_character_before_it() -> None:
    read = fold_with_map("a\u0301\u0336b")
    assert (read.text, list(read.starts), list(read.ends)) == ("ab", [0, 3], [3, 4])


def test_a_picture_selector_is_no_disguise_and_a_gap_in_a_word_is() -> None:
    assert fold_with_map("亲❤\ufe0f1\ufe0f\u20e3").disguised == ()
    assert list(fold_with_map("微\u200b信").disguised) == [(1, 2)]
