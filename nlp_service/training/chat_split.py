"""Which voices of the chat corpus train, calibrate and test; no near-copy crosses over.

    corpora/chat/split.json {"dev": [...], "test": [...]} + records --> Split

A voice is one author with one way of writing; a split by voice is what tells how strangers are
judged. The records of unnamed voices train.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from nlp_service.errors import StorageError
from nlp_service.training.chat_corpus import BY_POLICY, Record, bigrams, jaccard

SPLIT = "split.json"
_COPY = 0.6  # Jaccard of character bigrams from which two messages count as the same
_RAREST = 6  # bigrams by which candidates are found; a copy shares at least one of them


class _Text(Protocol):
    """Whatever somebody wrote."""

    @property
    def text(self) -> str: ...


Written = TypeVar("Written", bound=_Text)


@dataclass(frozen=True, slots=True)
class Split:
    """Records by what they serve for; `copies` counts records left out as near-copies.

    Messages are compared; stock phrases of histories ("在吗") stand in many voices.
    """

    train: list[Record]
    dev: list[Record]
    test: list[Record]
    copies: int


def split(records: Sequence[Record], directory: Path, tested: Iterable[str] = ()) -> Split:
    """Split by voice as `split.json` of the corpus says.

    Records that nearly repeat a message of a later part, or one of the `tested` texts, are left
    out. Raises StorageError when the file is missing or names a voice that does not exist, or one
    whose verdicts the policy gave: what is measured needs an author's.
    """
    named = part_of_author(directory, {record.author for record in records})
    if left := [one.id for one in records if one.author in named and BY_POLICY in one.kinds]:
        raise StorageError(f"{SPLIT} names the author of {left[0]}, whose verdict is the policy's")
    kept: dict[str, list[Record]] = {"train": [], "dev": [], "test": []}
    for record in records:
        kept[named.get(record.author, "train")].append(record)
    measured = [*(record.text for record in kept["test"]), *tested]
    dev = without_near_copies(kept["dev"], measured)
    train = without_near_copies(kept["train"], [*measured, *(record.text for record in dev)])
    copies = len(kept["train"]) - len(train) + len(kept["dev"]) - len(dev)
    return Split(train, dev, kept["test"], copies)


def part_of_author(directory: Path, authors: Collection[str]) -> dict[str, str]:
    """`dev` or `test` by author as `split.json` says; the others train.

    Raises StorageError when the file is missing or names an author who is not among `authors`.
    """
    named = _named(directory / SPLIT)
    if unknown := sorted(set(named) - set(authors)):
        raise StorageError(f"{SPLIT} names {unknown[0]}, which the corpus does not have")
    return named


def held_voices(directory: Path) -> frozenset[str]:
    """The dev and test voices of a corpus; none where it has no `split.json`."""
    path = directory / SPLIT
    return frozenset(_named(path)) if path.is_file() else frozenset()


def without_near_copies(records: Sequence[Written], texts: Sequence[str]) -> list[Written]:
    """Records whose text is no near-copy of any of `texts`."""
    others = [bigrams(text) for text in texts]
    spread = Counter(pair for pairs in others for pair in pairs)
    by_pair: dict[str, list[int]] = defaultdict(list)
    for number, pairs in enumerate(others):
        for pair in sorted(pairs, key=lambda pair: (spread[pair], pair))[: _share(len(pairs))]:
            by_pair[pair].append(number)
    return [record for record in records if not _has_copy(bigrams(record.text), by_pair, others)]


def _share(size: int) -> int:
    """So many of the rarest bigrams that a copy must share one (prefix filtering)."""
    return max(_RAREST, int((1 - _COPY) * size) + 1)


def _has_copy(
    pairs: frozenset[str], by_pair: dict[str, list[int]], others: Sequence[frozenset[str]]
) -> bool:
    candidates = {number for pair in pairs for number in by_pair.get(pair, ())}
    return any(jaccard(pairs, others[number]) >= _COPY for number in candidates)


def _named(path: Path) -> dict[str, str]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {voice: part for part in ("dev", "test") for voice in stored[part]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path.name} of the corpus cannot be read: {error}") from error
