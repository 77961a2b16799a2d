"""Made-up texts in the layout of the public data, and a model small enough for a test."""

import gzip
import json
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import torch
from transformers import ModernBertConfig, ModernBertForMaskedLM, PreTrainedTokenizerFast

from nlp_service.training.pretrain_corpus import EncodedCorpus, encode, read_passages
from nlp_service.training.pretrain_run import encoder_config
from nlp_service.training.pretrain_tokens import tokenizer_of

_GOODS = ("杯子", "裙子", "耳机", "书包", "台灯", "毛巾", "键盘", "雨伞")
_ENDS = ("质量不错", "颜色很好看", "发货太慢了", "客服态度很好", "用了两天就坏了", "价格便宜")
# Enough texts that some, one in a hundred, are measured on.
_DAYS = ("昨天", "上周", "今天", "刚刚", "前天", "周一", "周二", "周三", "周四", "周五", "周六")
REVIEWS = [f"{day}收到的{goods},{end}" for day, goods, end in product(_DAYS, _GOODS, _ENDS)]


def write_rows(directory: Path, source: str, texts: list[str]) -> None:
    """One `*.jsonl.gz` of the data folder."""
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    (directory / f"{source}.jsonl.gz").write_bytes(gzip.compress(lines.encode()))


def review_corpus(directory: Path) -> tuple[EncodedCorpus, PreTrainedTokenizerFast]:
    """All made-up reviews, encoded with a vocabulary of their own."""
    write_rows(directory, "reviews_made_up", REVIEWS)
    passages = list(read_passages(directory))
    tokenizer = tokenizer_of((text for p in passages for _, text in p.turns), min_count=2)
    return encode(passages, tokenizer), tokenizer


def tiny_config(vocabulary: int, **changes: Any) -> ModernBertConfig:
    """One layer of 32: a step takes milliseconds."""
    shape = {
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 64,
    }
    return encoder_config(vocabulary, **{**shape, **changes})


def save_tiny_encoder(folder: Path, texts: Iterable[str]) -> None:
    """An encoder of `tiny_config` that knows the letters of `texts` and has learnt nothing."""
    tokenizer = tokenizer_of(texts, min_count=1)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    ModernBertForMaskedLM(tiny_config(len(tokenizer))).save_pretrained(folder)
