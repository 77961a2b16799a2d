"""Trains the sentiment model of reviews: public review sets in, models/sentiment/<version> out.

    data/*.jsonl.gz -> examples (normalised, doubles dropped, a tenth held out) -> fit_linear
                    -> artifact + metrics.json

Folds for calibration leave whole trades out, so the probs are honest about unseen trades.
"""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import re2
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from nlp_service.errors import ClientError
from nlp_service.inference.artifact import LINEAR, write_artifact, write_json
from nlp_service.reviews.sentiment import LABELS, MODEL_LABELS, SentimentModel, length_feature
from nlp_service.text.normalize import normalize
from nlp_service.training.linear_fit import fit_linear_with_report

NAME, VERSION = "review-sentiment", 1
_LABEL_OF = {"pos": "positive", "neu": "neutral", "neg": "negative"}
# Weight of a row. Clauses are clean and carry the only neutral class; nlpcc2014 labels are noisy.
SOURCES = {
    "reviews_os10": 1.0,
    "reviews_laptop_clauses": 1.0,
    "reviews_nlpcc2014_noisy": 0.5,
    "reviews_waimai": 1.0,
}
_NEUTRAL_WEIGHT = 2.0  # the only neutral class is small: 1,400 of 70,000 texts
_HELD_OUT_OF_TEN = 1
_NOT_WORDS = re2.compile(r"[^\p{L}\p{N}]+")


@dataclass(frozen=True, slots=True)
class Example:
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


def read_source(data_dir: Path, source: str) -> Iterator[Example]:
    """Examples of one file of the data folder; raises ClientError when it is missing."""
    path = data_dir / f"{source}.jsonl.gz"
    if not path.is_file():
        raise ClientError(f"data file {path.name} is missing; see --data", field="data")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            text = normalize(row["text"]).text
            key = _NOT_WORDS.sub("", text)
            group = row.get("cat") or f"{source}:{zlib.crc32(key.encode()) % 20}"
            yield Example(text, _LABEL_OF[row["label"]], source, group, key)


def without_doubles(examples: Iterable[Example]) -> list[Example]:
    """One example a key, in order; keys with contradicting labels are dropped altogether."""
    by_key: dict[str, list[Example]] = {}
    for example in examples:
        by_key.setdefault(example.key, []).append(example)
    return [
        same[0]
        for key, same in by_key.items()
        if key and len({example.label for example in same}) == 1
    ]


def train(
    data_dir: Path,
    out_dir: Path,
    *,
    seed: int = 0,
    exclude: Collection[str] = ("reviews_waimai",),
) -> dict[str, Any]:
    """Train, write the artifact into `out_dir` and return the metrics that were written.

    Sources in `exclude` are never trained on; they are measured whole instead.
    """
    used = [source for source in SOURCES if source not in exclude]
    examples = without_doubles(e for source in used for e in read_source(data_dir, source))
    fitted = [example for example in examples if not example.is_held_out]
    linear, report = fit_linear_with_report(
        [example.text for example in fitted],
        targets_of([example.label for example in fitted]),
        labels=MODEL_LABELS,
        contexts=[[length_feature(example.text)] for example in fitted],
        sample_weight=balanced_weights(fitted),
        groups=[example.group for example in fitted],
        max_n=4,
        min_df=3,
        max_features=300_000,
        C=1.0,
        context_weight=0.3,
        nb_smoothing=1.0,
        seed=seed,
    )
    artifact = write_artifact(out_dir, name=NAME, version=VERSION, linear=linear)
    held = [example for example in examples if example.is_held_out]
    others = [e for source in SOURCES if source in exclude for e in read_source(data_dir, source)]
    metrics = {
        "seed": seed,
        "trained_on": {source: sum(e.source == source for e in fitted) for source in used},
        "fit": report.summary(),
        "bytes": (out_dir / LINEAR).stat().st_size,
        "held_out": measure_by_source(SentimentModel(artifact), [*held, *others]),
    }
    write_json(out_dir / "metrics.json", metrics)
    return metrics


def balanced_weights(examples: Sequence[Example]) -> list[float]:
    """Weight of each example, its source's weight shared equally between positive and negative.

    Seven of ten laptop clauses praise; unbalanced they would teach that short texts are positive.
    """
    counts = Counter((example.source, example.label) for example in examples)

    def weight(source: str, label: str) -> float:
        if label == "neutral":
            return _NEUTRAL_WEIGHT
        sided = counts[source, "positive"] + counts[source, "negative"]
        return SOURCES[source] * sided / (2 * counts[source, label])

    return [weight(example.source, example.label) for example in examples]


def targets_of(labels: Sequence[str]) -> NDArray[np.int8]:
    """Targets `(N, 2)`: positive (unknown for neutral texts, which are neither) and neutral.

    Plain statements of fact fill the neutral class; counted as "not negative" they would teach the
    model that facts are no complaints.
    """
    rows = {"positive": (1, 0), "negative": (0, 0), "neutral": (-1, 1)}
    return np.array([rows[label] for label in labels], np.int8)


def measure_by_source(model: SentimentModel, examples: Sequence[Example]) -> dict[str, Any]:
    """Figures of `measure` for each source among `examples`."""
    sources = sorted({example.source for example in examples})
    return {
        source: measure(model, [example for example in examples if example.source == source])
        for source in sources
    }


def measure(model: SentimentModel, examples: Sequence[Example]) -> dict[str, Any]:
    """Accuracy of positive against negative, and what three classes and probs are worth.

    `accuracy` decides by positive >= negative over texts that are one or the other;
    `calibration_error` is the expected gap between prob and share of positives in ten bins.
    """
    scores = [model.score(example.text) for example in examples]
    probs = np.array([[s.positive, s.neutral, s.negative] for s in scores])
    truth = np.array([LABELS.index(example.label) for example in examples])
    polar = truth != LABELS.index("neutral")
    says_positive = probs[polar, 0] >= probs[polar, 2]
    share = probs[polar, 0] / (probs[polar, 0] + probs[polar, 2] + 1e-9)
    return {
        "support": {label: int((truth == i).sum()) for i, label in enumerate(LABELS)},
        "accuracy": round(float((says_positive == (truth[polar] == 0)).mean()), 4),
        "calibration_error": round(_calibration_error(share, truth[polar] == 0), 4),
        **_three_classes(probs.argmax(axis=1), truth),
    }


def _three_classes(guess: NDArray[np.int64], truth: NDArray[np.int64]) -> dict[str, Any]:
    present = sorted(set(truth.tolist()))
    if len(present) < len(LABELS):
        return {"called_neutral": round(float((guess == LABELS.index("neutral")).mean()), 4)}
    each = f1_score(truth, guess, labels=present, average=None)
    by_label = {LABELS[i]: round(float(f1), 4) for i, f1 in zip(present, each, strict=True)}
    return {"macro_f1": round(float(np.mean(each)), 4), "f1": by_label}


def _calibration_error(prob: NDArray[np.float64], is_true: NDArray[np.bool_]) -> float:
    bins = np.minimum((prob * 10).astype(int), 9)
    gaps = [
        abs(float(prob[bins == b].mean()) - float(is_true[bins == b].mean())) * (bins == b).sum()
        for b in range(10)
        if (bins == b).any()
    ]
    return float(sum(gaps) / len(prob))
