"""Talks laid out for the encoder: roles, places, windows, what is cut and what never is."""

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from nlp_service.errors import ModelError
from nlp_service.inference.transcript import (
    AROUND_TOKENS,
    MESSAGE_TOKENS,
    ROLE_TOKENS,
    TURN_TOKENS,
    Said,
    TranscriptMaker,
    Window,
    about,
)

_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[BUYER]", "[MERCHANT]", "[SYSTEM]"]


def _tokenizer(*, without: str = "") -> Tokenizer:
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 600)]
    pieces = [piece for piece in [*_SPECIALS, *letters] if piece != without]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return tokenizer


TOKENIZER = _tokenizer()
MAKER = TranscriptMaker(TOKENIZER)


def _text(length: int, first: int = 0) -> str:
    return "".join(chr(0x4E00 + first + number % 500) for number in range(length))


def _pieces(window: Window) -> list[str]:
    return [str(TOKENIZER.id_to_token(number)) for number in window.ids]


def test_a_talk_stands_in_order_with_a_role_before_each_turn() -> None:
    talk = [Said("buyer", "一七"), Said("bot", "三"), Said("merchant", "丁上")]
    (window,) = MAKER.windows("丙", talk)
    assert _pieces(window) == [
        *["[CLS]", "[SYSTEM]", "丙", "[BUYER]", "一", "七"],
        *["[MERCHANT]", "三", "[MERCHANT]", "丁", "上", "[SEP]"],
    ]
    assert window.turns == ((3, 0), (6, 1), (8, 2))
    assert window.message_place == 8
    assert window.first == 9
    assert window.chars == ((0, 1), (1, 2))


def test_nothing_known_puts_nothing_before_the_turns() -> None:
    (window,) = MAKER.windows("", [Said("merchant", "丁")])
    assert _pieces(window) == ["[CLS]", "[MERCHANT]", "丁", "[SEP]"]


def test_an_empty_message_has_a_place_but_no_tokens() -> None:
    (window,) = MAKER.windows("", [Said("merchant", "")])
    assert window.chars == ()
    assert _pieces(window)[window.message_place] == "[MERCHANT]"


@pytest.mark.parametrize("length", [1, MESSAGE_TOKENS, MESSAGE_TOKENS + 1, 1000])
def test_every_character_of_a_long_message_is_read(length: int) -> None:
    windows = list(MAKER.windows("", [Said("buyer", "一"), Said("merchant", _text(length))]))
    read = {start for window in windows for start, _ in window.chars}
    assert read == set(range(length))
    assert all(len(window.chars) <= MESSAGE_TOKENS for window in windows)
    assert all((1, 0) in window.turns for window in windows)


def test_the_latest_turns_are_kept_where_not_all_fit() -> None:
    talk = [Said("buyer", _text(30)) for _ in range(10)]
    (window,) = MAKER.windows("", [*talk, Said("merchant", "丁")])
    numbers = [number for _, number in window.turns]
    assert numbers == [7, 8, 9, 10]
    assert len(window.ids) <= AROUND_TOKENS + 4


def test_a_long_turn_is_read_at_both_ends() -> None:
    turn = _text(TURN_TOKENS * 2)
    (window,) = MAKER.windows("", [Said("buyer", turn), Said("merchant", "丁")])
    pieces = _pieces(window)
    assert pieces[2] == turn[0]
    assert turn[-1] in pieces
    assert len(pieces) == TURN_TOKENS + 5


def test_known_facts_of_the_order_are_put_in_words() -> None:
    assert about("apparel", "presale", "连衣裙") == "服装 售前 连衣裙"
    assert about(None, "unheard-of", None) == ""


@pytest.mark.parametrize("token", ["[CLS]", *set(ROLE_TOKENS.values())])
def test_a_tokenizer_without_a_role_is_refused(token: str) -> None:
    with pytest.raises(ModelError, match=r"no \["):
        TranscriptMaker(_tokenizer(without=token))


def test_the_categories_all_have_words() -> None:
    from typing import get_args

    from nlp_service.inference.transcript import CATEGORY_WORDS, STAGE_WORDS
    from nlp_service.policy.schema import Category, Stage

    assert set(CATEGORY_WORDS) == set(get_args(Category)) - {"other"}
    assert set(STAGE_WORDS) == set(get_args(Stage))
