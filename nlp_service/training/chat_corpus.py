"""Chat corpora as training examples: units with facts, purposes, buyer turns.

corpora/chat/*.jsonl --> Record --normalise, recognise--> units (clause, pair, whole) + facts
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp_service.errors import StorageError
from nlp_service.recognizers import recognize
from nlp_service.text.model_text import ModelText, model_text
from nlp_service.text.normalize import normalize
from nlp_service.training.chat_words import FULL_NAMES

BY_POLICY = "policy"  # the kind of a record whose verdict was left to the policy
_COVERED = 0.5  # a unit holds a fact when it holds at least this share of the fact's words


@dataclass(frozen=True, slots=True)
class Record:
    """One annotated message; `labels` are the verdict, `code` or `code:action`: the author's, or
    for a record of the kind `BY_POLICY` that of the policy over the marked facts.
    """

    id: str
    author: str
    text: str
    facts: tuple[tuple[str, int, int], ...]
    labels: tuple[str, ...]
    purposes: frozenset[str]
    kinds: tuple[str, ...]
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a message with the facts said in it; `message` numbers its record."""

    message: int
    text: str
    facts: frozenset[str]


def read_corpus(directory: Path) -> list[Record]:
    """All records of `*.jsonl`, in order of file names; raises StorageError when there is none."""
    records = [
        record_of(json.loads(line))
        for path in sorted(directory.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    if not records:
        raise StorageError(f"no *.jsonl corpus in {directory.name}; build it from drafts first")
    return records


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters and digits; a text of one letter is its own."""
    letters = "".join(letter for letter in text if letter.isalnum())
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1)) or frozenset({letters})


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of what both hold in what either holds, 0 to 1."""
    return len(one & other) / max(len(one | other), 1)


def record_of(stored: dict[str, Any]) -> Record:
    """One stored line of a corpus."""
    return Record(
        id=stored["id"],
        author=stored["author"],
        text=stored["text"],
        facts=tuple((fact["fact"], *fact["span"]) for fact in stored["facts"]),
        labels=tuple(stored["labels"]),
        purposes=frozenset(stored["purpose"]),
        kinds=tuple(stored["kind"]),
        context=stored.get("context", {}),
    )


def model_facts(fact: str) -> tuple[str, ...]:
    """The labels that the acts model learns from a marked fact."""
    head, _, attribute = fact.partition(":")
    if head in {"own", "other"}:
        return (head,)
    if head == "asks":
        return (f"asks:{full_attribute(attribute)}",)
    if fact == "pitches:unrelated":
        return ("pitches", fact)
    return (fact,)


def full_attribute(short: str) -> str:
    """The name of an attribute in the closed list, for the short ones of drafts."""
    return FULL_NAMES.get(short, short)


def readable(raw: str) -> ModelText:
    """The model text of a raw message, as at run time."""
    normalized = normalize(raw)
    return model_text(normalized, recognize(normalized))


def units_of(number: int, record: Record) -> Iterator[Unit]:
    """Whole text first, then clauses and pairs, each with the facts that it says."""
    text = readable(record.text)
    for start, end in text.units():
        if end <= start:
            continue
        span = text.raw_span(start, end)
        said = {
            label
            for fact, first, last in record.facts
            if _overlap(span.start, span.end, first, last) >= _COVERED * (last - first)
            for label in model_facts(fact)
        }
        yield Unit(number, text.text[start:end], frozenset(said))


def buyer_turns(records: Sequence[Record]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """(author, normalised text, tags) of every tagged buyer turn, `ask`/`give` as `brings`."""
    for record in records:
        for turn in record.context.get("history", ()):
            if turn["role"] == "buyer" and turn.get("tags"):
                yield record.author, normalize(turn["text"]).text, buyer_labels(turn["tags"])


def buyer_labels(tags: Sequence[str]) -> frozenset[str]:
    """The labels that the buyer model learns from an author's tags."""
    labels = set()
    for tag in tags:
        head, _, rest = tag.partition(":")
        if head == "refuse":
            labels |= _refusal_labels(rest)
        elif head in {"ask", "give"} and rest != "product":
            labels.add(f"brings:{full_attribute(rest)}")
        else:
            labels.add(tag)
    return frozenset(labels)


def _refusal_labels(scope: str) -> set[str]:
    if scope.startswith("pitch="):
        return {"refuse:pitch", "refuse:named"}
    return (
        {"refuse:pitch"} if scope == "pitch" else {"refuse:info", f"refuse:{full_attribute(scope)}"}
    )


def _overlap(start: int, end: int, first: int, last: int) -> int:
    return max(0, min(end, last) - max(start, first))
