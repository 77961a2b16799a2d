"""Gives an encoder more layers that change nothing of what it says until they are trained.

Behind each chosen layer stands a copy of it whose output projections are zero (function-preserving
growth: Chen et al. 2016, Net2Net), so training goes on from where it was.
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from nlp_service.errors import ClientError
from nlp_service.inference.artifact import write_json

_WEIGHTS, _CONFIG = "model.safetensors", "config.json"
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json")
_LAYERS, _SAYS = "model.layers.", "Wo.weight"


def deepen(source: Path, out: Path, behind: Sequence[int]) -> int:
    """Write the weights of `source` with a silent copy behind each layer of `behind` into `out`.

    Layers count from 0; the first one lacks a norm and cannot be copied. Returns the number of
    layers. Raises ClientError for a layer that there is not, a folder without an encoder and its
    tokenizer, one with biases, and where `out` is `source`; nothing is written then.
    """
    if missing := [
        name for name in (*_TOKENIZER, _CONFIG, _WEIGHTS) if not (source / name).is_file()
    ]:
        raise ClientError(f"{source.name} holds no {missing[0]}; give a folder that training wrote")
    if out.resolve() == source.resolve():
        raise ClientError("the deeper encoder needs a folder of its own; give another --out")
    config = json.loads((source / _CONFIG).read_text(encoding="utf-8"))
    if config.get("attention_bias") or config.get("mlp_bias"):
        raise ClientError("layers with biases cannot be copied silently")
    layers = int(config["num_hidden_layers"])
    if odd := sorted(set(behind) - set(range(1, layers))):
        raise ClientError(f"layer {odd[0]} cannot be copied; choose among 1 to {layers - 1}")
    order: list[tuple[int, bool]] = []
    for number in range(layers):
        order.append((number, False))
        order += [(number, True)] * behind.count(number)
    stored = load_file(source / _WEIGHTS)
    weights = {name: value for name, value in stored.items() if not name.startswith(_LAYERS)}
    for number, (old, is_copy) in enumerate(order):
        weights |= _layer(stored, old, number, is_copy=is_copy)
    out.mkdir(parents=True, exist_ok=True)
    save_file(weights, out / _WEIGHTS, metadata={"format": "pt"})
    (out / _WEIGHTS).chmod(0o644)
    kinds = [config["layer_types"][old] for old, _ in order]
    write_json(out / _CONFIG, {**config, "num_hidden_layers": len(order), "layer_types": kinds})
    for name in _TOKENIZER:
        shutil.copyfile(source / name, out / name)
    return len(order)


def _layer(
    stored: dict[str, torch.Tensor], old: int, number: int, *, is_copy: bool
) -> dict[str, torch.Tensor]:
    before, after = f"{_LAYERS}{old}.", f"{_LAYERS}{number}."
    return {
        after + name.removeprefix(before): torch.zeros_like(value)
        if is_copy and name.endswith(_SAYS)
        else value.clone()
        for name, value in stored.items()
        if name.startswith(before)
    }
