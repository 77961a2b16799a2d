"""Writes an encoder as an ONNX graph by hand: no tracing, nothing computed that sizes alone decide.

    ModernBertForTokenClassification --its weights--> input_ids (B, T) -> logits (B, T, L)

Windows are never padded, so there is no mask. Rotation and attention are ONNX Runtime's own
operators (com.microsoft RotaryEmbedding, MultiHeadAttention), each one call on the CPU.
"""

from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from transformers import ModernBertForTokenClassification

from nlp_service.inference.encoder import IDS, LOGITS

_OPSET, _IR = 17, 8
_RUNTIME = "com.microsoft"


def encoder_graph(model: ModernBertForTokenClassification) -> onnx.ModelProto:
    """The float32 graph of `model`, for windows of up to its `max_position_embeddings` tokens.

    Raises ValueError for layers of local attention, with biases or another activation than gelu.
    """
    config = model.config
    if set(config.layer_types or ()) != {"full_attention"}:
        raise ValueError("only layers of full attention can be exported")
    biases = {name for name in model.state_dict() if name.endswith(".bias")}
    if biases != {"classifier.bias"} or config.hidden_activation != "gelu":
        raise ValueError("only gelu layers without biases can be exported")
    state = {k: v.detach().float().cpu().numpy() for k, v in model.state_dict().items()}
    g = _Writer(state, float(config.norm_eps))
    angles = _angles(model)
    x = g.norm(
        "model.embeddings.norm", g.op("Gather", g.weight("model.embeddings.tok_embeddings"), IDS)
    )
    for number in range(config.num_hidden_layers):
        at = f"model.layers.{number}"
        normed = g.norm(f"{at}.attn_norm", x) if number else x
        x = g.op("Add", x, _attention(g, at, normed, angles, config.num_attention_heads))
        wide = g.product(f"{at}.mlp.Wi", g.norm(f"{at}.mlp_norm", x))
        left, gate = g.split(wide, 2)
        x = g.op("Add", x, g.product(f"{at}.mlp.Wo", g.op("Mul", g.gelu(left), gate)))
    x = g.gelu(g.product("head.dense", g.norm("model.final_norm", x)))
    x = g.product("classifier", g.norm("head.norm", x))
    g.op("Add", x, g.weight("classifier", "bias"), name=LOGITS)
    return g.finished(len(config.id2label or ()))


def _attention(
    g: "_Writer", at: str, x: str, angles: tuple[NDArray[Any], NDArray[Any]], heads: int
) -> str:
    asked, keys, values = g.split(g.product(f"{at}.attn.Wqkv", x), 3)
    tables = [g.constant("cosines", angles[0]), g.constant("sines", angles[1])]
    start = g.constant("start", np.zeros(1, np.int64))
    asked, keys = (
        g.op("RotaryEmbedding", one, start, *tables, domain=_RUNTIME, num_heads=heads)
        for one in (asked, keys)
    )
    mixed = g.op("MultiHeadAttention", asked, keys, values, domain=_RUNTIME, num_heads=heads)
    return g.product(f"{at}.attn.Wo", mixed)


def _angles(model: ModernBertForTokenClassification) -> tuple[NDArray[Any], NDArray[Any]]:
    """Cosines and sines `(positions, head / 2)`, from the model's own rotation."""
    places = torch.arange(model.config.max_position_embeddings)[None]
    cos, sin = model.model.rotary_emb(torch.zeros(1), places, "full_attention")
    half = cos.shape[-1] // 2
    return cos[0, :, :half].numpy(), sin[0, :, :half].numpy()


class _Writer:
    """Nodes and weights of a graph as it is written."""

    def __init__(self, state: dict[str, NDArray[Any]], eps: float) -> None:
        self.state = state
        self.eps = eps
        self.nodes: list[Any] = []
        self.kept: dict[str, Any] = {}

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.kept[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def weight(self, name: str, kind: str = "weight") -> str:
        return self.constant(f"{name}.{kind}", self.state[f"{name}.{kind}"])

    def op(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        output = name or f"x{len(self.nodes)}"
        node = helper.make_node(
            kind, list(inputs), [output], name=f"n{len(self.nodes)}", **attributes
        )
        self.nodes.append(node)
        return output

    def product(self, name: str, x: str) -> str:
        return self.op("MatMul", x, self.constant(f"{name}.weight", self.state[f"{name}.weight"].T))

    def norm(self, name: str, x: str) -> str:
        return self.op("LayerNormalization", x, self.weight(name), epsilon=self.eps)

    def gelu(self, x: str) -> str:
        return self.op("Gelu", x, domain=_RUNTIME)

    def split(self, x: str, parts: int) -> list[str]:
        outputs = [f"x{len(self.nodes)}_{part}" for part in range(parts)]
        self.nodes.append(
            helper.make_node("Split", [x], outputs, name=f"n{len(self.nodes)}", axis=-1)
        )
        return outputs

    def finished(self, labels: int) -> onnx.ModelProto:
        ids = helper.make_tensor_value_info(IDS, TensorProto.INT64, ["batch", "tokens"])
        logits = helper.make_tensor_value_info(
            LOGITS, TensorProto.FLOAT, ["batch", "tokens", labels]
        )
        graph = helper.make_graph(self.nodes, "encoder", [ids], [logits], list(self.kept.values()))
        sets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_RUNTIME, 1)]
        return helper.make_model(graph, opset_imports=sets, ir_version=_IR)
