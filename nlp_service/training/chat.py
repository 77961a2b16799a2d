"""Trains the linear chat models and measures them author by author.

    records --units--> one fit per held-out author --> out-of-author logits --> Platt curves
                   \\-> one fit on all authors -----------------------------> models/chat/1

Every figure in metrics.json comes from a model that never saw the author it judges. The shipped
weights are fitted on all authors with the same recipe.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp_service.chat.checker import ChatChecker
from nlp_service.chat.reader import TurnReader
from nlp_service.inference.artifact import write_artifact, write_json
from nlp_service.inference.linear import Floats, LinearModel
from nlp_service.policy.loader import load_policy
from nlp_service.training.chat_corpus import (
    Record,
    Unit,
    buyer_turns,
    read_corpus,
    readable,
    units_of,
    without_copies,
)
from nlp_service.training.chat_report import Scores, measure, write_card
from nlp_service.training.linear_fit import platt_curve
from nlp_service.training.margin_fit import Size, fit_margin
from nlp_service.training.weak_negatives import agent_turns

Progress = Callable[[str], None]
_ACT_SIZE = Size(max_n=3, max_gap=6, min_df=2, max_features=60_000)
_SMALL_SIZE = Size(max_n=3, max_gap=4, min_df=2, max_features=20_000)
_FOLDS = 4  # groups of authors; each author is judged by a fit that saw nothing of its group
_MIN_POSITIVES = 4  # a fact seen less often cannot be learnt and is left out
_WHOLE_WEIGHT = 1.0
_PART_WEIGHT = 0.7  # clauses and pairs repeat the words of the whole text
_WEAK_WEIGHT = 0.5  # real agent turns: about one in a hundred is wrongly called compliant


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with 0/1 targets `(N, L)`; `message[i]` numbers the record of example i (-1: none)."""

    texts: list[str]
    targets: NDArray[np.int8]
    weights: list[float]
    message: NDArray[np.int64]
    labels: tuple[str, ...]


def train(
    corpus_dir: Path, out_dir: Path, *, data_dir: Path | None, seed: int, progress: Progress = print
) -> Scores:
    """Fit, calibrate, measure and write `out_dir`; returns the out-of-author scores.

    `data_dir` holds agent_turns_unlabelled.jsonl.gz; half of it serves as weak negatives, the
    other half is never trained on.
    """
    records = without_copies(read_corpus(corpus_dir), _example_texts())
    weak = agent_turns(data_dir, held_out=False) if data_dir else []
    authors = sorted({record.author for record in records})
    sets = _ExampleSets.of(records, weak)
    groups = [authors[number::_FOLDS] for number in range(min(_FOLDS, len(authors)))]
    # Two fits at a time: what two cores and a few gigabytes carry.
    with ProcessPoolExecutor(2) as pool:
        fits = [pool.submit(_fit, sets.without(held), seed) for held in [*groups, []]]
        folds: dict[str, Models] = {}
        for held, fit in zip(groups, fits, strict=False):
            folds |= dict.fromkeys(held, fit.result())
            progress(f"held out: {', '.join(held)}")
        whole = fits[-1].result()
    platt = [_platt(folds, part, sets) for part in range(3)]
    scores = _out_of_author(records, folds, platt)
    models = _calibrated(whole, platt)
    _write(out_dir, models)
    write_json(out_dir / "metrics.json", scores.to_json())
    write_card(out_dir / "card.md", records, scores, weak=len(weak))
    progress(scores.summary())
    return scores


@dataclass(frozen=True, slots=True)
class _ExampleSets:
    """The examples of the three models, with the author of each (None: weak negatives)."""

    parts: tuple[Examples, Examples, Examples]
    authors: tuple[list[str | None], list[str | None], list[str | None]]
    records: Sequence[Record]

    @classmethod
    def of(cls, records: Sequence[Record], weak: Sequence[str]) -> "_ExampleSets":
        units = [unit for number, record in enumerate(records) for unit in units_of(number, record)]
        acts = _act_examples(units, weak)
        act_authors = [records[n].author if n >= 0 else None for n in acts.message.tolist()]
        purposes = _purpose_examples(records)
        turns = list(buyer_turns(records))
        buyer = _tagged([(text, tags) for _, text, tags in turns])
        authors: tuple[list[str | None], ...] = (
            [record.author for record in records],
            [author for author, _, _ in turns],
        )
        names: tuple[list[str | None], ...] = (act_authors, *authors)
        return cls((acts, purposes, buyer), (names[0], names[1], names[2]), records)

    def without(self, held: Sequence[str]) -> "_ExampleSets":
        kept = [
            _take(part, [author not in held for author in authors])
            for part, authors in zip(self.parts, self.authors, strict=True)
        ]
        names = [[author for author in authors if author not in held] for authors in self.authors]
        return _ExampleSets(
            (kept[0], kept[1], kept[2]), (names[0], names[1], names[2]), self.records
        )

    def only(self, author: str, part: int) -> Examples:
        return _take(self.parts[part], [held == author for held in self.authors[part]])


Models = tuple[LinearModel, LinearModel, LinearModel]


def _fit(sets: _ExampleSets, seed: int) -> Models:
    acts, purposes, buyer = sets.parts
    return (
        _fit_part(acts, _ACT_SIZE, seed),
        _fit_part(purposes, _SMALL_SIZE, seed),
        _fit_part(buyer, _SMALL_SIZE, seed),
    )


def _fit_part(part: Examples, size: Size, seed: int) -> LinearModel:
    return fit_margin(
        part.texts,
        part.targets,
        labels=part.labels,
        sample_weight=part.weights,
        size=size,
        seed=seed,
    )


def _example_texts() -> list[str]:
    return [str(example.message["text"]) for example in load_policy().examples]


def _platt(folds: dict[str, Models], part: int, sets: _ExampleSets) -> Floats:
    """Curves `(2, L)` over messages: the loudest unit of a message is what run time reads."""
    logits, truth = [], []
    for author, models in folds.items():
        held = sets.only(author, part)
        raw = _logits(models[part], held.texts)
        for rows in _rows_by_message(held.message):
            logits.append(raw[rows].max(axis=0))
            truth.append(held.targets[rows].max(axis=0))
    return platt_curve(np.array(logits, np.float32), np.array(truth, np.int8))


def _rows_by_message(message: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    if (message < 0).all():
        return [np.array([row]) for row in range(len(message))]
    return [np.flatnonzero(message == number) for number in np.unique(message)]


def _logits(model: LinearModel, texts: Sequence[str]) -> Floats:
    chunks = [model.logits_of_units(texts[at : at + 256]) for at in range(0, len(texts), 256)]
    return np.concatenate(chunks)


def _out_of_author(
    records: Sequence[Record], folds: dict[str, Models], platt: Sequence[Floats]
) -> Scores:
    policy = load_policy()
    judged = []
    for author, models in folds.items():
        checker = ChatChecker(TurnReader(*_calibrated(models, platt), "chat-guard@1"), policy)
        judged += [(record, checker) for record in records if record.author == author]
    return measure(judged)


def _calibrated(models: Models, platt: Sequence[Floats]) -> Models:
    acts, purposes, buyer = models
    return (
        acts.recalibrated(platt[0]),
        purposes.recalibrated(platt[1]),
        buyer.recalibrated(platt[2]),
    )


def _write(out_dir: Path, models: Models) -> None:
    out_dir.mkdir(parents=True, exist_ok=True)
    models[1].save(out_dir / "purposes.npz")
    models[2].save(out_dir / "buyer.npz")
    write_artifact(
        out_dir,
        name="chat-guard",
        version=1,
        linear=models[0],
        pinned=("purposes.npz", "buyer.npz"),
    )


def _act_examples(units: Sequence[Unit], weak: Sequence[str]) -> Examples:
    pairs = [(unit.text, unit.facts) for unit in units]
    first: set[int] = set()
    weights = []
    for unit in units:
        weights.append(_PART_WEIGHT if unit.message in first else _WHOLE_WEIGHT)
        first.add(unit.message)
    negatives = [piece for raw in weak for piece in _weak_units(raw)]
    examples = _tagged([*pairs, *((text, frozenset[str]()) for text in negatives)])
    message = np.array([unit.message for unit in units] + [-1] * len(negatives))
    return Examples(
        examples.texts,
        examples.targets,
        weights + [_WEAK_WEIGHT] * len(negatives),
        message,
        examples.labels,
    )


def _weak_units(raw: str) -> list[str]:
    text = readable(raw)
    return [text.text[start:end] for start, end in text.units() if end > start]


def _purpose_examples(records: Sequence[Record]) -> Examples:
    return _tagged([(readable(record.text).text, record.purposes) for record in records])


def _tagged(pairs: Sequence[tuple[str, frozenset[str]]]) -> Examples:
    counts: dict[str, int] = {}
    for _, tags in pairs:
        for tag in tags:
            counts[tag] = counts.get(tag, 0) + 1
    labels = tuple(sorted(tag for tag, count in counts.items() if count >= _MIN_POSITIVES))
    targets = np.array([[label in tags for label in labels] for _, tags in pairs], np.int8)
    texts = [text for text, _ in pairs]
    return Examples(texts, targets, [1.0] * len(pairs), np.full(len(pairs), -1), labels)


def _take(examples: Examples, keep: Sequence[bool]) -> Examples:
    rows = np.flatnonzero(np.array(keep))
    return Examples(
        [examples.texts[row] for row in rows],
        examples.targets[rows],
        [examples.weights[row] for row in rows],
        examples.message[rows],
        examples.labels,
    )
