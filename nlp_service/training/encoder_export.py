"""Writes a fine-tuned chat encoder: a directory that transformers loads, and its int8 export.

ModernBertForTokenClassification --> model.safetensors (float16), config, tokenizer
                           \\--> ONNX graph --dynamic int8, per channel--> model.int8.onnx
"""

import json
import tempfile
from copy import deepcopy
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import ModernBertForTokenClassification, PreTrainedTokenizerFast

from nlp_service.errors import ModelError
from nlp_service.inference.artifact import repin, verify, write_json
from nlp_service.inference.encoder import EXPORT, TokenEncoder
from nlp_service.training.encoder_graph import encoder_graph

FILES = ("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json", EXPORT)


def export_encoder(
    model: ModernBertForTokenClassification, tokenizer: PreTrainedTokenizerFast, directory: Path
) -> None:
    """Write weights, config, tokenizer and the int8 graph into `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(directory)
    half = deepcopy(model).cpu().half()  # type: ignore[no-untyped-call]
    half.save_pretrained(directory)
    # safetensors writes for its owner only; a service of another user must read it.
    (directory / "model.safetensors").chmod(0o644)
    config = directory / "config.json"
    # Half precision is for the disk: whoever loads it needs float32 weights.
    write_json(config, {**json.loads(config.read_text(encoding="utf-8")), "dtype": "float32"})
    # From the weights as they are stored, so that a later export gives the same graph.
    export_int8(half.float(), directory / EXPORT)


def export_int8(model: ModernBertForTokenClassification, path: Path) -> None:
    """The int8 graph; weights per channel and signed, activations measured as they come."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "model.onnx"
        onnx.save(encoder_graph(model), plain)
        # The quantiser cannot infer what ONNX Runtime's own operators give: float32, all of them.
        known = {"DefaultTensorType": onnx.TensorProto.FLOAT}
        quantize_dynamic(
            plain, path, weight_type=QuantType.QInt8, per_channel=True, extra_options=known
        )
    graph = onnx.load(path)
    graph.producer_version = ""
    onnx.save(graph, path)


def reexport(directory: Path, *, seed: int = 0) -> tuple[float, int]:
    """Write the int8 graph of a trained directory anew; its largest error and its size in bytes.

    The error is the largest gap between a logit of the graph and of the float32 weights over
    windows of random tokens, in log-odds. Raises ModelError when `directory` holds no chat model.
    """
    if not (directory / "model.safetensors").is_file():
        raise ModelError(f"{directory.name} holds no model.safetensors; give a trained chat model")
    verify(directory, but=EXPORT)
    model = ModernBertForTokenClassification.from_pretrained(
        directory, attn_implementation="eager", dtype=torch.float32
    )
    model.eval()  # type: ignore[no-untyped-call]
    export_int8(model, directory / EXPORT)
    repin(directory, EXPORT)
    encoder = TokenEncoder.load(directory)
    draw = torch.Generator().manual_seed(seed)
    gap = 0.0
    for length in (8, 32, 64, 128):
        ids = torch.randint(5, model.config.vocab_size, (1, length), generator=draw)
        with torch.no_grad():
            exact = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0].numpy()
        gap = max(gap, float(np.abs(exact - encoder.logits(ids[0].tolist())).max()))
    return gap, (directory / EXPORT).stat().st_size
