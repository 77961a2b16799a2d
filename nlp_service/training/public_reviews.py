"""The public review sets: one record a text, doubles found, parts chosen by content.

data/*.jsonl.gz --normalise--> PublicReview --by key--> fitted, dev, held out
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import re2

from nlp_service.errors import ClientError
from nlp_service.text.normalize import normalize

_LABEL_OF = {"pos": "positive", "neu": "neutral", "neg": "negative"}
# Weight of a row. Clauses are clean and carry the only neutral class; nlpcc2014 labels are noisy.
SOURCES = {
    "reviews_os10": 1.0,
    "reviews_laptop_clauses": 1.0,
    "reviews_nlpcc2014_noisy": 0.5,
    "reviews_waimai": 1.0,
}
# Annotated reviews stand beside the public ones under this name, few and clean.
CORPUS = "corpus"
WEIGHTS = {**SOURCES, CORPUS: 2.0}
# Where neutral is a class of its own.
NEUTRAL_SOURCES = frozenset({"reviews_laptop_clauses", CORPUS})
_HELD_OUT_OF_TEN, _DEV_OF_TWENTY = 1, 11
_NOT_WORDS = re2.compile(r"[^\p{L}\p{N}]+")


@dataclass(frozen=True, slots=True)
class PublicReview:
    """One labelled text; `key` is equal for texts that differ in punctuation only."""

    text: str
    label: str
    source: str
    group: str
    key: str

    @property
    def is_held_out(self) -> bool:
        """A tenth of every source, chosen by content so that doubles stay together."""
        return zlib.crc32(self.key.encode("utf-8", "replace")) % 10 < _HELD_OUT_OF_TEN

    @property
    def is_dev(self) -> bool:
        """A twentieth of every source, none of it held out: for calibration and thresholds."""
        return zlib.crc32(self.key.encode("utf-8", "replace")) % 20 == _DEV_OF_TWENTY

    @classmethod
    def of(cls, raw: str, label: str, source: str, group: str | None) -> "PublicReview":
        """A raw text; without a trade it belongs to one of twenty groups of its source."""
        text = normalize(raw).text
        key = _NOT_WORDS.sub("", text)
        group = group or f"{source}:{zlib.crc32(key.encode()) % 20}"
        return cls(text, label, source, group, key)


def read_source(data_dir: Path, source: str) -> Iterator[PublicReview]:
    """Reviews of one file of the data folder; raises ClientError when it is missing."""
    path = data_dir / f"{source}.jsonl.gz"
    if not path.is_file():
        raise ClientError(f"data file {path.name} is missing; see --data", field="data")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield PublicReview.of(row["text"], _LABEL_OF[row["label"]], source, row.get("cat"))


def without_doubles(examples: Iterable[PublicReview]) -> list[PublicReview]:
    """One review a key, in order; keys with contradicting labels are dropped altogether."""
    by_key: dict[str, list[PublicReview]] = {}
    for example in examples:
        by_key.setdefault(example.key, []).append(example)
    return [
        same[0]
        for key, same in by_key.items()
        if key and len({example.label for example in same}) == 1
    ]
