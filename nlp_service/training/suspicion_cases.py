"""Bad reviews of which the truth is known: written by hand, or out of a simulated market.

corpora/suspicion/*.jsonl, a folder of `simulate` --read--> Case
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nlp_service.contract.requests import ReviewRequest
from nlp_service.domain import Review
from nlp_service.errors import MalformedError, StorageError


@dataclass(frozen=True, slots=True)
class Case:
    """`group` is the family of an attack, or the kind of honest buyer."""

    id: str
    review: Review
    is_malicious: bool
    group: str


def read_cases(path: Path) -> list[Case]:
    """Cases of one file, a line each; raises StorageError or MalformedError with the line."""
    return [
        _case(line, row["case"], row["review"], row["truth"] == "malicious", row["family"])
        for line, row in _rows(path)
    ]


def read_world(folder: Path) -> list[Case]:
    """Every review of a simulated market, good ones too; raises StorageError."""
    facts = {row["id"]: row for _, row in _rows(folder / "truth.jsonl")}
    return [
        _case(
            line,
            row["id"],
            row,
            facts[row["id"]]["is_malicious"],
            facts[row["id"]]["family"] or facts[row["id"]]["population"],
        )
        for line, row in _rows(folder / "reviews.jsonl")
    ]


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise StorageError(f"{path.name} cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        yield f"{path.name}:{number}", json.loads(line)


def _case(line: str, name: str, body: dict[str, Any], is_malicious: bool, group: str) -> Case:
    try:
        review = ReviewRequest.model_validate_json(json.dumps(body)).to_review()
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
        raise MalformedError(f"{line}: not a review of the contract: {fields}") from error
    return Case(name, review, is_malicious, group)
