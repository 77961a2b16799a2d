"""More layers that change nothing until they are trained."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer, ModernBertForMaskedLM

from nlp_service.cli import run
from nlp_service.errors import ClientError
from nlp_service.training.deepen import deepen
from nlp_service.training.pretrain_tokens import tokenizer_of
from tests.training.pretrain_texts import tiny_config

TEXTS = ["包裹明天就到", "尺码偏小一码"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    tokenizer = tokenizer_of(TEXTS, min_count=1)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    ModernBertForMaskedLM(tiny_config(len(tokenizer), num_hidden_layers=3)).save_pretrained(folder)
    return folder


def _logits(folder: Path) -> torch.Tensor:
    model = AutoModelForMaskedLM.from_pretrained(folder, attn_implementation="eager").eval()
    ids = AutoTokenizer.from_pretrained(folder)(TEXTS[0], return_tensors="pt")["input_ids"]
    with torch.no_grad():
        return torch.as_tensor(model(input_ids=ids).logits)


def test_copies_say_nothing_at_first(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep"
    command = ["train", "deepen", str(source), "--out", str(out), "--behind", "1", "--behind", "2"]
    assert run(command) == 0
    assert "5 layers" in capsys.readouterr().err
    torch.testing.assert_close(_logits(out), _logits(source))
    state = AutoModelForMaskedLM.from_pretrained(out).state_dict()
    name = "model.layers.{}.mlp.Wi.weight"
    torch.testing.assert_close(state[name.format(2)], state[name.format(1)])
    assert not torch.equal(state[name.format(3)], state[name.format(1)])
    assert state["model.layers.2.attn.Wo.weight"].abs().max() == 0
    assert state["model.layers.3.attn.Wo.weight"].abs().max() > 0


@pytest.mark.parametrize("layer", [0, 3])
def test_a_layer_that_cannot_be_copied_is_named(source: Path, tmp_path: Path, layer: int) -> None:
    with pytest.raises(ClientError, match=f"layer {layer} cannot be copied; choose among 1 to 2"):
        deepen(source, tmp_path / "deep", [layer])
    assert not (tmp_path / "deep").exists()


def test_a_folder_without_an_encoder_is_named(source: Path, tmp_path: Path) -> None:
    (source / "tokenizer.json").unlink()
    with pytest.raises(ClientError, match=r"source holds no tokenizer\.json"):
        deepen(source, tmp_path / "deep", [1])
    assert not (tmp_path / "deep").exists()


def test_an_encoder_is_not_written_over_itself(source: Path) -> None:
    before = (source / "model.safetensors").read_bytes()
    with pytest.raises(ClientError, match="give another --out"):
        deepen(source, source, [1])
    assert (source / "model.safetensors").read_bytes() == before
