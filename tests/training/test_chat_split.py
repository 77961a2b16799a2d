"""The split by voice, and near-copies that would carry test sentences into training."""

import json
from pathlib import Path

import pytest

from nlp_service.errors import StorageError
from nlp_service.training.chat_corpus import Record
from nlp_service.training.chat_split import split, without_near_copies


def _record(author: str, text: str) -> Record:
    return Record(f"{author}-{text[:4]}", author, text, (), (), frozenset(), (), {})


RECORDS = [
    _record("x1", "您的包裹明天上午就到,请留意电话"),
    _record("x1", "这款面料是纯棉的,夏天穿不闷"),
    _record("x2", "您的包裹明天上午就到呢,请留意电话"),
    _record("x3", "需要开发票的话告诉我抬头"),
]


def _named(folder: Path, content: str) -> Path:
    (folder / "split.json").write_text(content, encoding="utf-8")
    return folder


def test_voices_go_where_the_file_says_and_near_copies_do_not_train(tmp_path: Path) -> None:
    folder = _named(tmp_path, json.dumps({"dev": ["x3"], "test": ["x2"]}))
    parts = split(RECORDS, folder)
    assert [record.text for record in parts.train] == ["这款面料是纯棉的,夏天穿不闷"]
    assert [record.author for record in (*parts.dev, *parts.test)] == ["x3", "x2"]
    assert parts.copies == 1


def test_examples_of_the_policy_are_kept_out_too(tmp_path: Path) -> None:
    folder = _named(tmp_path, json.dumps({"dev": [], "test": []}))
    parts = split(RECORDS, folder, ["这款面料是纯棉,夏天穿着不闷"])
    assert [record.author for record in parts.train] == ["x1", "x2", "x3"]
    assert parts.copies == 1


@pytest.mark.parametrize("content", ["", "[]", '{"dev": []}', '{"dev": ["nobody"], "test": []}'])
def test_a_split_that_does_not_fit_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(StorageError, match=r"split\.json"):
        split(RECORDS, _named(tmp_path, content))


def test_short_messages_are_copies_only_when_alike() -> None:
    records = [_record("x1", "好的"), _record("x1", "好的呢"), _record("x1", "在")]
    kept = without_near_copies(records, ["好的"])
    assert [record.text for record in kept] == ["好的呢", "在"]
