"""The graph written by hand says what the model says."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import ModernBertConfig, ModernBertForTokenClassification

from nlp_service.errors import ModelError
from nlp_service.inference.encoder import EXPORT, TOKENIZER, TokenEncoder
from nlp_service.training.encoder_graph import encoder_graph


def _model(kind: str = "full_attention") -> ModernBertForTokenClassification:
    torch.manual_seed(3)
    settings: dict[str, Any] = {
        "vocab_size": 50,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": 40,
        "layer_types": [kind, kind],
        "num_labels": 3,
        "pad_token_id": 0,
        "attn_implementation": "eager",
        "initializer_range": 0.3,
    }
    model = ModernBertForTokenClassification(ModernBertConfig(**settings))
    model.eval()  # type: ignore[no-untyped-call]
    return model


@pytest.mark.parametrize("length", [1, 7, 40])
def test_graph_gives_the_logits_of_the_model(length: int) -> None:
    model = _model()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "norm" in name or "bias" in name:  # all ones and zeros until somebody trains them
                weight.add_(torch.randn_like(weight) * 0.2)
    graph = encoder_graph(model).SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    ids = torch.randint(1, 50, (2, length), generator=torch.Generator().manual_seed(length))
    with torch.no_grad():
        expected = model(input_ids=ids).logits.numpy()
    (found,) = session.run(["logits"], {"input_ids": ids.numpy()})
    assert found.shape == (2, length, 3)
    assert float(np.ptp(expected)) > 0.5
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_layers_with_local_attention_are_refused() -> None:
    with pytest.raises(ValueError, match="full attention"):
        encoder_graph(_model("sliding_attention"))


def test_layers_with_biases_are_refused() -> None:
    model = _model()
    model.head.dense.bias = torch.nn.Parameter(torch.zeros(64))
    with pytest.raises(ValueError, match="without biases"):
        encoder_graph(model)


def test_a_graph_that_asks_for_more_is_refused_with_a_remedy(tmp_path: Path) -> None:
    graph = encoder_graph(_model())
    mask = onnx.helper.make_tensor_value_info("attention_mask", onnx.TensorProto.INT64, ["b", "t"])
    graph.graph.input.append(mask)
    onnx.save(graph, tmp_path / EXPORT)
    Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]")).save(str(tmp_path / TOKENIZER))
    with pytest.raises(ModelError, match=r"asks for attention_mask, input_ids; .*export"):
        TokenEncoder.load(tmp_path)
    del graph.graph.input[-1]
    onnx.save(graph, tmp_path / EXPORT)
    assert TokenEncoder.load(tmp_path).logits([1, 2]).shape == (2, 3)
