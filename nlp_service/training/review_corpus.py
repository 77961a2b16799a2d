"""Annotated reviews: corpora/reviews/*.jsonl as records.

corpora/reviews/*.jsonl --split.json--> ReviewRecord: sentiment, severity, aspects, claims
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp_service.domain import Review
from nlp_service.errors import StorageError
from nlp_service.training.chat_split import part_of_author, without_near_copies


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """One annotated review; `aspects` are (aspect, polarity, start, end), `claims` (severity,
    start, end) and `acts` (act, start, end) in raw offsets, `hazard` a kind of danger or None.
    """

    id: str
    author: str
    text: str
    sentiment: str
    severity: str
    hazard: str | None
    aspects: tuple[tuple[str, str, int, int], ...]
    claims: tuple[tuple[str, int, int], ...]
    kinds: tuple[str, ...]
    context: dict[str, Any]
    acts: tuple[tuple[str, int, int], ...] = ()

    def to_review(self, *, with_context: bool = True) -> Review:
        """The review as the service is asked about it; its stars are left out."""
        known = self.context if with_context else {}
        return Review(
            self.id,
            self.text,
            category=known.get("category"),
            item_title=known.get("item_title"),
        )

    @property
    def opinions(self) -> frozenset[tuple[str, str]]:
        """Pairs of aspect and polarity, wherever they stand."""
        return frozenset((aspect, polarity) for aspect, polarity, _, _ in self.aspects)


@dataclass(frozen=True, slots=True)
class ReviewSplit:
    """Records by part; no author stands in two, and no near-copy."""

    train: list[ReviewRecord]
    dev: list[ReviewRecord]
    test: list[ReviewRecord]


def read_reviews(directory: Path) -> list[ReviewRecord]:
    """All records of `*.jsonl`, in order of file names; raises StorageError when there is none."""
    records = [
        record_of(json.loads(line))
        for path in sorted(directory.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    if not records:
        raise StorageError(f"no *.jsonl corpus in {directory.name}; build it from drafts first")
    return records


def split_reviews(records: Sequence[ReviewRecord], directory: Path) -> ReviewSplit:
    """Parts by author, as `split.json` says; near-copies of a later part are left out.

    Raises StorageError when the file is missing or names an author who does not exist.
    """
    named = part_of_author(directory, {record.author for record in records})
    kept: dict[str, list[ReviewRecord]] = {"train": [], "dev": [], "test": []}
    for record in records:
        kept[named.get(record.author, "train")].append(record)
    tested = [record.text for record in kept["test"]]
    dev = without_near_copies(kept["dev"], tested)
    train = without_near_copies(kept["train"], [*tested, *(record.text for record in dev)])
    return ReviewSplit(train, dev, kept["test"])


def record_of(stored: dict[str, Any]) -> ReviewRecord:
    """One line of a corpus as a record."""
    return ReviewRecord(
        id=stored["id"],
        author=stored["author"],
        text=stored["text"],
        sentiment=stored["sentiment"],
        severity=stored["severity"],
        hazard=stored["hazard"],
        aspects=tuple((a["aspect"], a["polarity"], *a["span"]) for a in stored["aspects"]),
        claims=tuple((c["severity"], *c["span"]) for c in stored["claims"]),
        kinds=tuple(stored["kind"]),
        context=stored.get("context", {}),
        acts=tuple((a["act"], *a["span"]) for a in stored.get("acts", ())),
    )
