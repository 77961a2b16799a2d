"""A BERT of a few hundred weights, set by hand: one head looks for the triggers of the labels."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertForSequenceClassification

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ORDINARY = tuple("亲您好的一二三在吗请稍等我们这就查看0123456789abc,。!?")
POSITIONS = 16
TRIGGERS = {"催单": "急", "问微信": "号"}
LABELS = ("正常", *TRIGGERS)
_HIDDEN = 8


def save_tiny(
    path: Path,
    *,
    kind: Any = "multi_label_classification",
    triggers: Mapping[str, str] = TRIGGERS,
    labels: Sequence[str] = LABELS,
) -> Path:
    """A checkpoint directory whose labels fire where their trigger character stands; a label
    without one fires weakly where nothing else does."""
    vocabulary = (*SPECIAL, *ORDINARY, *(t for t in triggers.values() if t not in SPECIAL))
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=_HIDDEN,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=_HIDDEN,
        max_position_embeddings=POSITIONS,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        problem_type=kind,
    )
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        _set_weights(model, [vocabulary.index(triggers.get(label, "[CLS]")) for label in labels])
    path.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(path)
    (path / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    return path


def _set_weights(model: Any, tokens: Sequence[int]) -> None:
    """In `model`, a BertForSequenceClassification, ordinary tokens point along axis 0, the trigger
    of label i along axis i + 1; attention goes to triggers, and the classifier reads the axes."""
    for name, weights in model.named_parameters():
        weights.fill_(1.0 if "LayerNorm.weight" in name else 0.0)
    words = model.bert.embeddings.word_embeddings.weight
    words[:, 0] = 1.0
    one = torch.eye(_HIDDEN)
    attention = model.bert.encoder.layer[0].attention
    for column, token in enumerate(tokens):
        if token != SPECIAL.index("[CLS]"):
            words[token] = one[column + 1]
            attention.self.query.bias[column + 1] = 10.0
    for dense in (attention.self.key, attention.self.value, model.bert.pooler.dense):
        dense.weight.copy_(one)
    attention.output.dense.weight.copy_(3 * one)
    model.classifier.weight.copy_(8 * one[1 : len(tokens) + 1])
    plain = [token == SPECIAL.index("[CLS]") for token in tokens]
    model.classifier.bias.copy_(torch.tensor([4.0 if weak else 0.0 for weak in plain]) - 1)
