"""How far two annotators of reviews agree: Cohen's kappa of sentiment and severity, F1 of opinions.

records + second_annotation.tsv --same ids--> agreement by task
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sklearn.metrics import cohen_kappa_score

from nlp_service.errors import StorageError
from nlp_service.reviews.encoder_reader import SIGNS
from nlp_service.training.review_corpus import ReviewRecord


class Second(NamedTuple):
    """What the second annotator said of one review; opinions like `quality-`."""

    sentiment: str
    severity: str
    opinions: frozenset[str]


def read_second(path: Path) -> dict[str, Second]:
    """Second labels by id of the review; raises StorageError naming a bad line."""
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = line.split("\t")
        if len(cells) != 4:
            raise StorageError(f"{path.name}: line {number} needs four cells parted by tabs")
        record_id, sentiment, severity, opinions = cells
        found[record_id] = Second(sentiment, severity, frozenset(opinions.split()) - {"-"})
    return found


def agreement(records: Sequence[ReviewRecord], second: dict[str, Second]) -> dict[str, float]:
    """Kappa of sentiment, of severity with its kind of danger and of danger at all, F1 of opinions.

    Raises StorageError when an id of `second` is unknown.
    """
    by_id = {record.id: record for record in records}
    if unknown := second.keys() - by_id.keys():
        raise StorageError(f"second annotation of an unknown review: {min(unknown)}")
    pairs = [(by_id[name], said) for name, said in second.items()]
    ours = [_severity(record) for record, _ in pairs]
    theirs = [said.severity for _, said in pairs]
    return {
        "reviews": float(len(pairs)),
        "sentiment": _kappa([r.sentiment for r, _ in pairs], [s.sentiment for _, s in pairs]),
        "severity": _kappa(
            [s.partition(":")[0] for s in ours], [s.partition(":")[0] for s in theirs]
        ),
        "danger": _kappa(
            [s.startswith("hazard") for s in ours], [s.startswith("hazard") for s in theirs]
        ),
        "opinions F1": _opinion_f1(pairs),
    }


def _severity(record: ReviewRecord) -> str:
    return f"hazard:{record.hazard}" if record.hazard else record.severity


def _kappa(ours: Sequence[object], theirs: Sequence[object]) -> float:
    return round(float(cohen_kappa_score(list(map(str, ours)), list(map(str, theirs)))), 4)


def _opinion_f1(pairs: Sequence[tuple[ReviewRecord, Second]]) -> float:
    right = total = 0
    for record, said in pairs:
        ours = {aspect + SIGNS[polarity] for aspect, polarity in record.opinions}
        right += len(ours & said.opinions)
        total += len(ours) + len(said.opinions)
    return round(2 * right / max(total, 1), 4)
