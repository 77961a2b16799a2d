"""What readings of annotated reviews are worth: opinions, severity, dangers, irony, calibration.

records + readings --count--> figures by name, each with its support
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp_service.domain import ASPECTS, SENTIMENTS
from nlp_service.reviews.acts import ACTS
from nlp_service.reviews.reading import ReviewReading
from nlp_service.training.calibration import calibration_error
from nlp_service.training.review_corpus import ReviewRecord

_SAID = 0.5  # an act this probable counts as found
_LEVELS = ("none", "minor", "major", "hazard")
Pairs = Sequence[tuple[ReviewRecord, ReviewReading]]


def measure_readings(pairs: Pairs) -> dict[str, Any]:
    """All figures over pairs of record and reading."""
    return {
        "reviews": len(pairs),
        "sentiment": sentiment_figures(
            [record.sentiment for record, _ in pairs],
            np.array([_probs(reading) for _, reading in pairs]),
        ),
        "opinions": _opinions(pairs),
        "severity": _severity(pairs),
        "hazards": _hazards(pairs),
        "acts": _acts(pairs),
        "by_kind": _by(pairs, lambda record: record.kinds),
        "by_trade": _by(pairs, lambda record: (record.context.get("category", "unknown"),)),
        "by_author": _by(pairs, lambda record: (record.author,)),
        "by_length": _by(pairs, lambda record: (length_class(record.text),)),
    }


def length_class(text: str) -> str:
    """A class of length by characters."""
    bounds = ((20, "under 20"), (60, "20-59"), (150, "60-149"))
    return next((name for bound, name in bounds if len(text) < bound), "150 and more")


def sentiment_figures(truth: Sequence[str], probs: NDArray[np.float64]) -> dict[str, Any]:
    """Three classes against `probs` `(N, 3)` in the order of SENTIMENTS."""
    labels = np.array([SENTIMENTS.index(label) for label in truth])
    guess = probs.argmax(axis=1)
    f1 = {name: _f1(labels == n, guess == n) for n, name in enumerate(SENTIMENTS)}
    sure = probs.max(axis=1)
    return {
        "support": {name: int((labels == n).sum()) for n, name in enumerate(SENTIMENTS)},
        "accuracy": _share(labels == guess),
        "macro_f1": round(float(np.mean(list(f1.values()))), 4),
        "f1": f1,
        "calibration_error": calibration_error(np.column_stack([sure, labels == guess])),
    }


def _opinions(pairs: Pairs) -> dict[str, Any]:
    """Pairs of aspect and polarity by review, pooled and by aspect."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for record, reading in pairs:
        found = {(opinion.aspect, opinion.polarity) for opinion in reading.aspects}
        right.update(aspect for aspect, _ in found & record.opinions)
        said.update(aspect for aspect, _ in found)
        true.update(aspect for aspect, _ in record.opinions)
    pooled = _rates(right.total(), said.total(), true.total())
    each = {aspect: _rates(right[aspect], said[aspect], true[aspect]) for aspect in ASPECTS}
    return {**pooled, "by_aspect": each}


def _acts(pairs: Pairs) -> dict[str, Any]:
    """Acts found; false alarms are counted over reviews without any."""
    true = [{act for act, _, _ in record.acts} for record, _ in pairs]
    said = [{act.name for act in reading.acts if act.score >= _SAID} for _, reading in pairs]
    each = {
        act: _rates(
            sum(act in t and act in s for t, s in zip(true, said, strict=True)),
            sum(act in s for s in said),
            sum(act in t for t in true),
        )
        for act in ACTS
    }
    innocent = [bool(s) for t, s in zip(true, said, strict=True) if not t]
    return {**each, "innocent": len(innocent), "false_alarms": _share(innocent)}


def _rates(right: int, said: int, true: int) -> dict[str, float]:
    return {
        "f1": round(2 * right / max(said + true, 1), 4),
        "precision": round(right / max(said, 1), 4),
        "recall": round(right / max(true, 1), 4),
        "support": true,
    }


def _severity(pairs: Pairs) -> dict[str, Any]:
    """Levels met exactly, and what each true level was taken for."""
    confusion = {
        level: Counter(
            reading.severity.level for record, reading in pairs if record.severity == level
        )
        for level in _LEVELS
    }
    right = sum(confusion[level][level] for level in _LEVELS)
    return {
        "accuracy": round(right / max(len(pairs), 1), 4),
        "confusion": {level: dict(found) for level, found in confusion.items()},
    }


def _hazards(pairs: Pairs) -> dict[str, Any]:
    """Dangers found, kinds met, and reviews without danger that were called one."""
    is_true = np.array([record.severity == "hazard" for record, _ in pairs])
    is_said = np.array([reading.severity.level == "hazard" for _, reading in pairs])
    kinds = np.array([record.hazard == reading.severity.hazard for record, reading in pairs])
    looks = np.array([bool({"denied", "worry", "figure"} & {*r.kinds}) for r, _ in pairs])
    return {
        "support": int(is_true.sum()),
        "recall": _share(is_said[is_true]),
        "kind_accuracy": _share(kinds[is_true & is_said]),
        "false_alarms": _share(is_said[~is_true]),
        "look_alikes": int((looks & ~is_true).sum()),
        "false_alarms_on_look_alikes": _share(is_said[looks & ~is_true]),
    }


def _by(
    pairs: Pairs, groups_of: Callable[[ReviewRecord], Iterable[str]]
) -> dict[str, dict[str, float]]:
    """Sentiment and severity accuracy and opinion F1 by group."""
    members: dict[str, list[tuple[ReviewRecord, ReviewReading]]] = {}
    for record, reading in pairs:
        for group in groups_of(record):
            members.setdefault(group, []).append((record, reading))
    return {
        group: {
            "support": len(some),
            "sentiment": _share([r.sentiment == x.sentiment.label for r, x in some]),
            "severity": _share([r.severity == x.severity.level for r, x in some]),
            "opinions_f1": _opinions(some)["f1"],
        }
        for group, some in sorted(members.items())
    }


def _probs(reading: ReviewReading) -> tuple[float, float, float]:
    said = reading.sentiment
    return said.positive, said.neutral, said.negative


def _f1(truth: NDArray[np.bool_], guess: NDArray[np.bool_]) -> float:
    return _rates(int((truth & guess).sum()), int(guess.sum()), int(truth.sum()))["f1"]


def _share(values: Sequence[bool] | NDArray[np.bool_]) -> float:
    return round(float(np.mean(values)), 4) if len(values) else 0.0
