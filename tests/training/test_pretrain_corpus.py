"""Passages: what is read how, what is left out, what is measured, where words begin."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from nlp_service.errors import ClientError
from nlp_service.text.model_text import MARKS
from nlp_service.training.pretrain_corpus import (
    EncodedCorpus,
    Passage,
    encode,
    read_passages,
    word_starts,
)
from nlp_service.training.pretrain_tokens import FIRST_PLAIN_ID, tokenizer_of
from nlp_service.training.real_turns import is_held_out
from tests.training.pretrain_texts import REVIEWS, review_corpus, write_rows

_RECORD = {
    "text": "好的,请打13812348000联系我",
    "context": {
        "history": [
            {"role": "buyer", "text": "什麼時候發貨"},
            {"role": "bot", "text": "亲,48小时内发出"},
        ]
    },
}


def _turns(directory: Path) -> list[tuple[str, str]]:
    return [turn for passage in read_passages(directory) for turn in passage.turns]


def test_reviews_are_normalised_and_keep_their_digits(tmp_path: Path) -> None:
    write_rows(tmp_path, "reviews_made_up", ["價格２９９元，質量不錯"])
    assert _turns(tmp_path) == [("", "价格299元,质量不错")]


def test_chat_turns_are_read_as_the_chat_models_read_them(tmp_path: Path) -> None:
    write_rows(tmp_path, "buyer_turns_unlabelled", ["我的电话[电话x],买了3件"])
    (passage,) = read_passages(tmp_path)
    assert passage.turns == (("buyer", f"我的电话{MARKS['mobile']},买了0件"),)
    assert passage.repeats == 3


def test_removed_values_of_sms_become_marks(tmp_path: Path) -> None:
    write_rows(tmp_path, "sms_ads_and_phishing", ["请联系CELLPHONE办理,PLACE店满DIGIT元减"])
    ((_, text),) = _turns(tmp_path)
    assert text.startswith(f"请联系{MARKS['mobile']}办理,")
    assert "满00元减" in text
    assert "place" not in text.lower()


def test_agent_turns_kept_for_measuring_are_left_out(tmp_path: Path) -> None:
    texts = [f"亲,这款{goods}有货的" for goods in "杯壶碗盘勺筷刀叉锅盆"]
    assert {is_held_out(text) for text in texts} == {True, False}
    write_rows(tmp_path, "agent_turns_unlabelled", texts)
    expected = [("merchant", text) for text in texts if not is_held_out(text)]
    assert _turns(tmp_path) == expected


def test_doubles_and_blanks_are_dropped_across_files(tmp_path: Path) -> None:
    write_rows(tmp_path, "reviews_a", ["质量不错", "质量不错", " ", ""])
    write_rows(tmp_path, "reviews_b", ["質量不錯", "还可以"])
    assert [text for _, text in _turns(tmp_path)] == ["质量不错", "还可以"]


def test_written_corpus_gives_talks_with_roles(tmp_path: Path) -> None:
    data, corpus = tmp_path / "data", tmp_path / "corpus"
    data.mkdir()
    corpus.mkdir()
    write_rows(data, "reviews_a", ["质量不错"])
    (corpus / "one.jsonl").write_text(json.dumps(_RECORD) + "\n", encoding="utf-8")
    talk = list(read_passages(data, corpus))[-1]
    assert talk.repeats == 1
    assert talk.turns == (
        ("buyer", "什么时候发货"),
        ("bot", "亲,00小时内发出"),
        ("merchant", f"好的,请打{MARKS['mobile']}联系我"),
    )
    tokenizer = tokenizer_of([text for _, text in talk.turns], min_count=1)
    tokens = tokenizer.convert_ids_to_tokens(encode([talk], tokenizer).ids.tolist())
    assert [token for token in tokens if len(token) > 2] == [
        *("[CLS]", "[BUYER]", "[MERCHANT]", "[MERCHANT]", "[SEP]"),
    ]


def test_voices_kept_for_calibration_and_test_are_not_read(tmp_path: Path) -> None:
    data, corpus = tmp_path / "data", tmp_path / "corpus"
    data.mkdir()
    corpus.mkdir()
    write_rows(data, "reviews_a", ["质量不错"])
    for voice in ("x1", "x2", "x3"):
        record = {**_RECORD, "text": f"好的{voice}"}
        (corpus / f"{voice}.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    (corpus / "split.json").write_text('{"dev": ["x2"], "test": ["x3"]}', encoding="utf-8")
    read = {turn for passage in read_passages(data, corpus) for _, turn in passage.turns}
    assert "好的x0" in read
    assert len([turn for turn in read if turn.startswith("好的x")]) == 1


def test_a_missing_corpus_is_no_error_and_missing_data_is(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match=r"no \*\.jsonl\.gz"):
        list(read_passages(tmp_path))
    write_rows(tmp_path, "reviews_a", ["质量不错"])
    assert len(list(read_passages(tmp_path, tmp_path / "absent"))) == 1


def test_measured_passages_are_about_one_in_a_hundred_and_never_shown(tmp_path: Path) -> None:
    texts = [f"第{n}条评价" for n in range(3000)]
    measured = [t for t in texts if Passage((("", t),), "reviews_a").is_measured]
    assert 15 <= len(measured) <= 50
    write_rows(tmp_path, "reviews_a", texts)
    corpus = encode(list(read_passages(tmp_path)), tokenizer_of(texts))
    assert int((corpus.repeats == 0).sum()) == len(measured)
    assert set(corpus.repeats.tolist()) == {0, 1}


def test_words_begin_where_jieba_says() -> None:
    text = "质量价格"
    assert word_starts(text, range(len(text))) == [True, False, True, False]


def test_word_starts_of_a_token_over_several_characters() -> None:
    assert word_starts("满 usb好", [0, 2, 5]) == [True, True, True]


def test_a_long_text_goes_on_in_a_new_passage(tmp_path: Path) -> None:
    write_rows(tmp_path, "reviews_a", ["好评" * 600])
    corpus = encode(list(read_passages(tmp_path)), tokenizer_of(["好评"] * 9))
    assert corpus.lengths.tolist() == [512, 512, 182]
    assert int((corpus.ids >= FIRST_PLAIN_ID).sum()) == 1200
    assert corpus.word_starts[corpus.bounds[:-1]].all()


def test_encoded_corpus_survives_the_disk(tmp_path: Path) -> None:
    corpus, _ = review_corpus(tmp_path)
    corpus.save(tmp_path / "encoded.npz")
    again = EncodedCorpus.load(tmp_path / "encoded.npz")
    for name in ("ids", "word_starts", "bounds", "source", "repeats", "source_names"):
        np.testing.assert_array_equal(getattr(again, name), getattr(corpus, name))
    assert len(corpus.repeats) == len(REVIEWS)
    assert [path.suffix for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_data_rows_are_gzip_json_lines(tmp_path: Path) -> None:
    write_rows(tmp_path, "reviews_a", ["好"])
    with gzip.open(tmp_path / "reviews_a.jsonl.gz", "rt", encoding="utf-8") as lines:
        assert json.loads(next(lines)) == {"text": "好"}
