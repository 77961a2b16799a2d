"""Checkpoints made here: how they are read, and what is said of those that cannot be."""

import json
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel, RobertaConfig
from transformers import RobertaForSequenceClassification as Roberta

from nlp_service.errors import ModelError
from nlp_service.inference.checkpoint import Checkpoint, checkpoint_digest
from tests.inference.tiny_checkpoint import LABELS, ORDINARY, POSITIONS, save_tiny


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny matrices gain nothing from threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def checkpoint(saved: Path) -> Checkpoint:
    return Checkpoint.load(saved, device="cpu")


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "tiny"))


def configure(path: Path, **changes: Any) -> Path:
    config = json.loads((path / "config.json").read_text(encoding="utf-8"))
    (path / "config.json").write_text(json.dumps(config | changes), encoding="utf-8")
    return path


def test_labels_of_a_multi_label_checkpoint_are_independent(checkpoint: Checkpoint) -> None:
    assert (checkpoint.name, checkpoint.labels) == ("tiny", LABELS)
    assert not checkpoint.exclusive
    none, pressed, both = checkpoint.predict_batch(["您好", "急", "急,号"])
    assert max(none[1:]) < 0.1
    assert pressed[1] > 0.9 > 0.1 > pressed[2]
    assert min(both[1:]) > 0.9


@pytest.mark.parametrize("kind", ["single_label_classification", None])
def test_labels_of_a_single_label_checkpoint_sum_to_one(copy: Path, kind: str | None) -> None:
    found = Checkpoint.load(configure(copy, problem_type=kind))
    assert found.exclusive
    probs = found.predict_batch(["您好", "急", "号"])
    assert probs.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert probs.argmax(axis=1).tolist() == [0, 1, 2]


def test_one_label_alone_is_a_sigmoid(tmp_path: Path) -> None:
    path = save_tiny(tmp_path, kind=None, labels=("催单",), triggers={"催单": "急"})
    found = Checkpoint.load(path)
    assert not found.exclusive
    assert found.predict_batch(["急"])[0, 0] > 0.9 > 0.1 > found.predict_batch(["好"])[0, 0]


@pytest.mark.parametrize("size", [1, 13, 14, 15, 16, 25, 26, 100, 1000])
def test_what_a_long_text_says_anywhere_is_seen(checkpoint: Checkpoint, size: int) -> None:
    assert size <= POSITIONS or checkpoint.predict_batch(["好" * size])[0, 1] < 0.1
    for place in {0, size // 2, size - 1}:
        text = "好" * place + "急" + "好" * (size - place - 1)
        assert checkpoint.predict_batch([text])[0, 1] > 0.9


def test_no_text_is_no_row_and_an_empty_one_is_read(checkpoint: Checkpoint) -> None:
    assert checkpoint.predict_batch([]).shape == (0, len(LABELS))
    assert checkpoint.predict_batch([""]).shape == (1, len(LABELS))


def test_batches_equal_single_texts_in_any_order(checkpoint: Checkpoint) -> None:
    texts = ["好" * n + "急" * (n % 3 == 0) for n in range(80)]
    together = checkpoint.predict_batch(texts)
    alone = np.concatenate([checkpoint.predict_batch([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5
    assert (together == checkpoint.predict_batch(texts)).all()


def test_threads_get_what_one_thread_gets(checkpoint: Checkpoint) -> None:
    texts = ["好" * n + "急" for n in range(40)]
    alone = [checkpoint.predict_batch([text]) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: checkpoint.predict_batch([text]), texts))
    assert all((a == b).all() for a, b in zip(alone, found, strict=True))


def test_special_tokens_typed_into_a_text_are_text(tmp_path: Path) -> None:
    found = Checkpoint.load(save_tiny(tmp_path, triggers={"催单": "[MASK]"}))
    assert found.predict_batch(["好[MASK]好"])[0, 1] < 0.1


def test_weights_of_half_precision_and_of_torch_are_read(copy: Path) -> None:
    model: Any = BertForSequenceClassification.from_pretrained(copy)
    model.to(torch.bfloat16).save_pretrained(copy)
    assert Checkpoint.load(copy).predict_batch(["急"])[0, 1] > 0.9
    (copy / "model.safetensors").unlink()
    torch.save(model.float().state_dict(), copy / "pytorch_model.bin")
    assert Checkpoint.load(copy).predict_batch(["急"])[0, 1] > 0.9


def test_the_rows_of_a_position_table_that_stand_for_padding_are_left_out(copy: Path) -> None:
    """Of RoBERTa's 18 positions 17 can be used where padding is token 0."""
    config = RobertaConfig(
        vocab_size=len((copy / "vocab.txt").read_text(encoding="utf-8").splitlines()),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=18,
        pad_token_id=0,
        id2label={0: "a", 1: "b"},
    )
    Roberta(config).save_pretrained(copy)
    settings = json.dumps({"tokenizer_class": "BertTokenizer"})
    (copy / "tokenizer_config.json").write_text(settings, encoding="utf-8")
    found = Checkpoint.load(copy)
    texts = ["好" * n for n in range(1, 40)]
    assert np.isfinite(found.predict_batch(texts)).all()


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (["vocab.txt", "model.safetensors"], "has no configuration (config.json)"),
        (["vocab.txt", "config.json"], "has no weights (*.safetensors or pytorch_model*.bin)"),
        (["config.json", "model.safetensors"], "has no tokenizer (tokenizer.json or vocab.txt"),
    ],
)
def test_incomplete_directory_names_what_is_missing(
    copy: Path, left: list[str], words: str
) -> None:
    for path in copy.iterdir():
        if path.name not in left:
            path.unlink()
    with pytest.raises(ModelError) as caught:
        Checkpoint.load(copy)
    assert caught.value.detail.startswith(f"checkpoint tiny {words}")
    assert "save_pretrained" in caught.value.detail


def test_a_name_of_a_hub_is_not_looked_up(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no directory; give the folder of a model"):
        Checkpoint.load(tmp_path / "bert-base-chinese")


def test_an_encoder_without_a_trained_head_is_refused(copy: Path) -> None:
    """The library would make up a head by chance and answer nonsense."""
    BertModel(BertConfig.from_pretrained(copy)).save_pretrained(copy)
    with pytest.raises(ModelError, match=r"lacks the weights classifier\.bias, classifier\.weight"):
        Checkpoint.load(copy)


def test_a_tokenizer_of_another_model_is_refused(copy: Path) -> None:
    with (copy / "vocab.txt").open("a", encoding="utf-8") as vocabulary:
        vocabulary.write("多\n余\n")
    with pytest.raises(ModelError, match="the tokenizer has more tokens than the model"):
        Checkpoint.load(copy)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"problem_type": "regression"}, "problem_type is regression; a classifier is needed"),
        ({"id2label": {"0": "a", "1": "a", "2": "b"}}, "id2label names a label twice"),
        ({"max_position_embeddings": 5}, "cannot be loaded"),
        ({"model_type": "of-nobody"}, "cannot be loaded"),
    ],
)
def test_unusable_configuration_is_named(copy: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match="checkpoint tiny") as caught:
        Checkpoint.load(configure(copy, **changes))
    assert words in caught.value.detail


def test_too_few_positions_are_refused(copy: Path) -> None:
    (copy / "tokenizer_config.json").write_text('{"model_max_length": 5}', encoding="utf-8")
    with pytest.raises(ModelError, match="takes too few tokens"):
        Checkpoint.load(copy)


def test_broken_weights_are_one_line(copy: Path) -> None:
    (copy / "model.safetensors").write_bytes(b"\x00" * 64)
    with pytest.raises(ModelError, match="checkpoint tiny cannot be loaded") as caught:
        Checkpoint.load(copy)
    assert "\n" not in caught.value.detail


def test_code_that_comes_with_a_checkpoint_is_not_run(copy: Path, tmp_path: Path) -> None:
    (copy / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    names = {"AutoConfig": "evil.C", "AutoModelForSequenceClassification": "evil.M"}
    configure(copy, auto_map=names, model_type="of-nobody")
    with pytest.raises(ModelError, match="cannot be loaded"):
        Checkpoint.load(copy)
    assert not (tmp_path / "ran").exists()


def test_no_number_is_an_error_and_not_an_all_clear(copy: Path) -> None:
    model = BertForSequenceClassification.from_pretrained(copy)
    with torch.no_grad():
        model.classifier.bias[1] = float("nan")
    model.save_pretrained(copy)
    with pytest.raises(ModelError, match="gives no number for each of its labels"):
        Checkpoint.load(copy)


@pytest.mark.parametrize("name", ["torch", "transformers"])
def test_missing_library_names_the_extra(
    saved: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModelError, match=rf"needs {name}; run pip install 'nlp-service\[train\]'"):
        Checkpoint.load(saved)


def test_loading_is_silent(copy: Path, capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    Checkpoint.load(copy).predict_batch(["好" * 100])
    assert capfd.readouterr() == ("", "")


def test_digest_changes_with_weights_tokenizer_and_map_only(copy: Path) -> None:
    beside = copy / "label_map.json"
    beside.write_text("{}", encoding="utf-8")
    first = checkpoint_digest(copy, beside)
    (copy / "optimizer.pt").write_bytes(b"x")
    assert checkpoint_digest(copy, beside) == first
    seen = {first}
    for name in ("label_map.json", "vocab.txt", "model.safetensors", "config.json"):
        with (copy / name).open("ab") as opened:
            opened.write(b" ")
        seen.add(checkpoint_digest(copy, beside))
    assert len(seen) == 5


def test_the_alphabet_of_the_tiny_model_has_no_trigger() -> None:
    assert not set(ORDINARY) & {"急", "号"}
