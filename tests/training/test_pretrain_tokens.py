"""The tokenizer: what is one piece, what survives, and that transformers loads it."""

from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from nlp_service.text.model_text import MARKS
from nlp_service.training.pretrain_tokens import (
    FIRST_PLAIN_ID,
    SPECIALS,
    load_tokenizer,
    tokenizer_of,
)

_TEXTS = ["这件衣服很好看,满299减30"] * 6 + ["type-c接口 usb3"] * 6 + ["罕见的鼯"]


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    return tokenizer_of(_TEXTS)


def test_specials_have_the_first_ids(tokenizer: PreTrainedTokenizerFast) -> None:
    assert tokenizer.convert_tokens_to_ids(list(SPECIALS)) == list(range(FIRST_PLAIN_ID))
    assert tokenizer.pad_token_id == 0
    assert SPECIALS[:8] == (
        *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
        *("[BUYER]", "[MERCHANT]", "[SYSTEM]"),
    )


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("衣服很好看", ["衣", "服", "很", "好", "看"]),
        ("好看,满299减30", ["好", "看", ",", "满", "299", "减", "30"]),
        ("接type-c口", ["接", "type", "-", "c", "口"]),
        ("好👍👍", ["好", "👍", "👍"]),
        ("TYPE好", ["type", "好"]),
        (f"打{MARKS['mobile']}{MARKS['wechat']}好", ["[UNK]", "\ue000", "\ue00a", "好"]),
        ("好 \n 看", ["好", "看"]),
        ("鼯", ["[UNK]"]),
        ("", []),
    ],
)
def test_pieces(tokenizer: PreTrainedTokenizerFast, text: str, pieces: list[str]) -> None:
    assert tokenizer.tokenize(text) == pieces


def test_every_entity_mark_has_a_piece(tokenizer: PreTrainedTokenizerFast) -> None:
    vocabulary = tokenizer.get_vocab()
    ids = [vocabulary[mark] for mark in (*MARKS.values(), chr(0xE020))]
    assert min(ids) >= FIRST_PLAIN_ID
    assert len(set(ids)) == len(ids)


def test_offsets_point_into_the_text(tokenizer: PreTrainedTokenizerFast) -> None:
    text = "满299 好👍看"
    encoding = tokenizer.backend_tokenizer.encode(text, add_special_tokens=False)
    assert [text[start:end] for start, end in encoding.offsets] == ["满", "299", "好", "👍", "看"]


def test_vocabulary_keeps_its_size() -> None:
    small = tokenizer_of([f"{chr(0x4E00 + n)}word{n}" for n in range(50)] * 5, size=400)
    assert len(small) <= 400
    assert small.tokenize("一") == ["一"]


def test_the_same_texts_give_the_same_vocabulary(tokenizer: PreTrainedTokenizerFast) -> None:
    assert tokenizer_of(_TEXTS).get_vocab() == tokenizer.get_vocab()


def test_saved_tokenizer_loads_with_transformers(
    tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    tokenizer.save_pretrained(tmp_path)
    text = f"[BUYER]好看{MARKS['mobile']}👍"
    expected = tokenizer(text)["input_ids"]
    for loaded in (load_tokenizer(tmp_path), AutoTokenizer.from_pretrained(tmp_path)):
        assert loaded(text)["input_ids"] == expected
        assert loaded.convert_ids_to_tokens(expected)[:3] == ["[CLS]", "[BUYER]", "好"]
        assert loaded.model_max_length == 512
        pair = loaded("好", "看")
        assert loaded.convert_ids_to_tokens(pair["input_ids"]) == [
            *("[CLS]", "好", "[SEP]", "看", "[SEP]"),
        ]
