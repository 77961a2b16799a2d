"""The texts of pretraining: public data and the project's corpora as passages of token ids.

    data/*.jsonl.gz, corpora/chat/*.jsonl -> Passage (turns as the models read them)
        -> doubles dropped, measured ones set apart by digest -> EncodedCorpus (flat arrays)

Chat texts are read as the chat models read them (numbers to 0, entities to marks), reviews and the
rest normalised only. Refuses the agent turns that real_turns keeps for measuring.
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import re2
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from nlp_service.errors import ClientError
from nlp_service.inference.transcript import END, ROLE_TOKENS, START
from nlp_service.text.normalize import normalize
from nlp_service.text.segment import words
from nlp_service.training.chat_corpus import readable
from nlp_service.training.chat_split import held_voices
from nlp_service.training.pretrain_tokens import MAX_POSITIONS
from nlp_service.training.real_turns import filled, is_held_out

# Real turns of service chat are what the models will read and are a twentieth of the data.
_REAL_REPEATS = 3
_REAL_TURNS = {"agent_turns_unlabelled": "merchant", "buyer_turns_unlabelled": "buyer"}
_CHAT_SOURCES = {*_REAL_TURNS, "sms_ads_and_phishing", "call_turns_fraud_and_service"}
# One passage in a hundred is measured on and never trained on.
_MEASURED_OF = 100

_SMS_BLANKS = re2.compile("CELLPHONE|URL|DIGIT|PLACE|NAME|WECHAT")
_SMS_FILLED = {
    "CELLPHONE": "13612345678",
    "URL": "http://t.cn/a1b2c3",
    "DIGIT": "12",
    "NAME": "王芳",
    "WECHAT": "微信abc12345",
}
_PLACES = ("杭州", "成都", "武汉", "广州", "南京", "西安", "长沙", "郑州", "苏州", "青岛", "昆明")

Ids = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Passage:
    """One text or talk: (role or "", text as the models read it) in order of speaking."""

    turns: tuple[tuple[str, str], ...]
    source: str
    repeats: int = 1

    @property
    def is_measured(self) -> bool:
        """Whether it is kept for the held-out loss; depends on the texts alone."""
        said = "\n".join(text for _, text in self.turns)
        digest = blake2b(said.encode("utf-8", "replace"), digest_size=8).digest()
        return int.from_bytes(digest, "big") % _MEASURED_OF == 0


@dataclass(frozen=True, slots=True)
class EncodedCorpus:
    """All passages in flat arrays; passage `p` is `ids[bounds[p]:bounds[p + 1]]`.

    `word_starts` `(T,)` says where a word begins, `source` `(P,)` numbers `source_names`,
    `repeats` `(P,)` counts how often an epoch shows the passage: 0 for measured ones.
    """

    ids: Ids
    word_starts: NDArray[np.bool_]
    bounds: NDArray[np.int64]
    source: NDArray[np.uint8]
    repeats: NDArray[np.uint8]
    source_names: NDArray[np.str_]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each passage, `(P,)`."""
        return np.diff(self.bounds)

    def save(self, path: Path) -> None:
        """Write all arrays, whole or not at all."""
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as target:
            np.savez(target, **{field.name: getattr(self, field.name) for field in fields(self)})
        unfinished.replace(path)

    @classmethod
    def load(cls, path: Path) -> "EncodedCorpus":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(**{field.name: stored[field.name] for field in fields(cls)})


def read_passages(data_dir: Path, corpus_dir: Path | None = None) -> Iterator[Passage]:
    """Distinct passages of all `*.jsonl.gz` of `data_dir` and all `*.jsonl` of `corpus_dir`.

    Raises ClientError when `data_dir` holds no such file; a missing corpus is no error.
    """
    paths = sorted(data_dir.glob("*.jsonl.gz"))
    if not paths:
        raise ClientError(f"no *.jsonl.gz in {data_dir.name}; see --data", field="data")
    public = (p for path in paths for p in _public(path))
    written = _written(corpus_dir) if corpus_dir else iter(())
    seen: set[tuple[tuple[str, str], ...]] = set()
    for passage in (p for passages in (public, written) for p in passages):
        if passage.turns not in seen and any(text.strip() for _, text in passage.turns):
            seen.add(passage.turns)
            yield passage


def encode(passages: Sequence[Passage], tokenizer: PreTrainedTokenizerFast) -> EncodedCorpus:
    """Token ids of all passages; what is longer than the model's positions goes on in a new one."""
    names = sorted({passage.source for passage in passages})
    ids: list[Ids] = []
    starts: list[NDArray[np.bool_]] = []
    source: list[int] = []
    repeats: list[int] = []
    for passage in passages:
        for piece_ids, piece_starts in _windows(*_tokens(passage, tokenizer), tokenizer):
            ids.append(piece_ids)
            starts.append(piece_starts)
            source.append(names.index(passage.source))
            repeats.append(0 if passage.is_measured else passage.repeats)
    return EncodedCorpus(
        ids=np.concatenate(ids),
        word_starts=np.concatenate(starts),
        bounds=np.cumsum([0, *map(len, ids)], dtype=np.int64),
        source=np.array(source, np.uint8),
        repeats=np.array(repeats, np.uint8),
        source_names=np.array(names),
    )


def _public(path: Path) -> Iterator[Passage]:
    source = path.name.removesuffix(".jsonl.gz")
    role = _REAL_TURNS.get(source, "")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            raw = json.loads(line)["text"]
            if role == "merchant" and is_held_out(raw):
                continue
            turn = (role, _read(raw, source))
            yield Passage((turn,), source, _REAL_REPEATS if role else 1)


def _read(raw: str, source: str) -> str:
    if source not in _CHAT_SOURCES:
        return normalize(raw).text
    if source == "sms_ads_and_phishing":
        return readable(_sms_filled(raw)).text
    return readable(filled(raw)).text


def _sms_filled(raw: str) -> str:
    """The message with removed values made up; places differ, as they do in life."""

    def value(match: Any) -> str:
        return _SMS_FILLED.get(match[0]) or _PLACES[match.start() % len(_PLACES)]

    return str(_SMS_BLANKS.sub(value, raw))


def _written(directory: Path) -> Iterator[Passage]:
    """The voices that train; those kept for calibration and test are not read."""
    kept_apart = held_voices(directory)
    for path in sorted(directory.glob("*.jsonl")):
        if path.stem in kept_apart:
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            yield Passage(tuple(_talk(json.loads(line))), "corpora_chat")


def _talk(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for turn in record.get("context", {}).get("history", ()):
        yield turn["role"], readable(turn["text"]).text
    yield "merchant", readable(record["text"]).text


def _tokens(passage: Passage, tokenizer: PreTrainedTokenizerFast) -> tuple[list[int], list[bool]]:
    """Ids of all turns, each behind the token of its role, and where words begin."""
    ids: list[int] = []
    starts: list[bool] = []
    for role, text in passage.turns:
        if role:
            ids.append(_id(tokenizer, ROLE_TOKENS[role]))
            starts.append(True)
        encoding = tokenizer.backend_tokenizer.encode(text, add_special_tokens=False)
        ids += encoding.ids
        starts += word_starts(text, [start for start, _ in encoding.offsets])
    return ids, starts


def word_starts(text: str, token_starts: Sequence[int]) -> list[bool]:
    """Whether each token (by its first code point) begins another word than the one before it."""
    number_of = [number for number, word in enumerate(words(text)) for _ in word.text]
    numbers = [number_of[start] for start in token_starts]
    return [at == 0 or number != numbers[at - 1] for at, number in enumerate(numbers)]


def _windows(
    ids: list[int], starts: list[bool], tokenizer: PreTrainedTokenizerFast
) -> Iterator[tuple[Ids, NDArray[np.bool_]]]:
    room = MAX_POSITIONS - 2
    first, last = _id(tokenizer, START), _id(tokenizer, END)
    for at in range(0, len(ids), room):
        inner, inner_starts = ids[at : at + room], starts[at : at + room]
        yield (
            np.array([first, *inner, last], np.uint16),
            np.array([True, True, *inner_starts[1:], True], np.bool_),
        )


def _id(tokenizer: PreTrainedTokenizerFast, token: str) -> int:
    number = tokenizer.convert_tokens_to_ids(token)
    assert isinstance(number, int)
    return number
