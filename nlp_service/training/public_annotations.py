"""Annotated public reviews: labels and places by digest; their texts stay in the data folder.

corpora/reviews/public/*.jsonl (digest, labels) + data/*.jsonl.gz (texts) --> ReviewRecord

The public sets state no licence, so no sentence of theirs stands in this repository.
"""

import gzip
import json
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from nlp_service.errors import ClientError, StorageError
from nlp_service.training.review_corpus import ReviewRecord, record_of

PUBLIC = "public"  # the folder beside the reviews written for this project


def digest_of(raw: str) -> str:
    """By which a public text is found again: 24 hex digits of its UTF-8 bytes as published."""
    return blake2b(raw.encode("utf-8", "replace"), digest_size=12).hexdigest()


def read_public_annotations(directory: Path, data_dir: Path) -> list[ReviewRecord]:
    """All annotated public reviews with their texts, in order of file names; `[]` without any.

    Raises ClientError when a data file is missing, StorageError when it lacks an annotated text.
    """
    stored = [
        json.loads(line)
        for path in sorted(directory.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    texts = {
        source: _texts(data_dir / f"{source}.jsonl.gz", of_source)
        for source in sorted({row["source"] for row in stored})
        if (of_source := [row for row in stored if row["source"] == source])
    }
    return [record_of(row | {"text": texts[row["source"]][row["digest"]]}) for row in stored]


def _texts(path: Path, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Text by digest of all `rows`."""
    if not path.is_file():
        raise ClientError(f"data file {path.name} is missing; see --data", field="data")
    wanted = {row["digest"] for row in rows}
    found: dict[str, str] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            if (digest := digest_of(text)) in wanted:
                found[digest] = text
    if missing := len(wanted - found.keys()):
        raise StorageError(f"{path.name} lacks {missing} of {len(wanted)} annotated texts")
    return found
