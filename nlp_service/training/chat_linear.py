"""Fits the three linear chat models: acts by unit, purposes, tags of buyer turns.

records --units--> Examples --margin_fit--> LinearModel, curves from voices not trained on
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp_service.inference.linear import Floats, LinearModel
from nlp_service.training.chat_corpus import Record, Unit, buyer_turns, readable, units_of
from nlp_service.training.linear_fit import platt_curve
from nlp_service.training.margin_fit import Size, fit_margin

_ACT_SIZE = Size(max_n=3, max_gap=6, min_df=2, max_features=60_000)
_SMALL_SIZE = Size(max_n=3, max_gap=4, min_df=2, max_features=20_000)
_MIN_POSITIVES = 4  # a fact seen less often cannot be learnt and is left out
_WHOLE_WEIGHT = 1.0
_PART_WEIGHT = 0.7  # clauses and pairs repeat the words of the whole text
_REAL_WEIGHT = 0.5  # real agent turns: two of three say nothing, and one reader marked them


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with 0/1 targets `(N, L)`; `message[i]` numbers the record of example i (-1: none)."""

    texts: list[str]
    targets: NDArray[np.int8]
    weights: list[float]
    message: NDArray[np.int64]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinearModels:
    """The acts of a message's units, the purposes of asking, the tags of a buyer turn."""

    acts: LinearModel
    purposes: LinearModel
    buyer: LinearModel


def fit_linear_models(records: Sequence[Record], real: Sequence[Record], seed: int) -> LinearModels:
    """The three models, uncalibrated; `real` are turns of real agents, for the acts."""
    acts, purposes, buyer = _example_sets(records, real)
    # The acts take ten times as long as the others together.
    with ProcessPoolExecutor(2) as pool:
        first = pool.submit(_fit_part, acts, _ACT_SIZE, seed)
        others = [pool.submit(_fit_part, part, _SMALL_SIZE, seed) for part in (purposes, buyer)]
        return LinearModels(first.result(), *(other.result() for other in others))


def calibrated(models: LinearModels, unseen: Sequence[Record]) -> LinearModels:
    """The models with Platt curves from the messages of `unseen` voices."""
    acts, purposes, buyer = _example_sets(unseen, ())
    return LinearModels(
        models.acts.recalibrated(_platt(models.acts, acts)),
        models.purposes.recalibrated(_platt(models.purposes, purposes)),
        models.buyer.recalibrated(_platt(models.buyer, buyer)),
    )


def _example_sets(
    records: Sequence[Record], real: Sequence[Record]
) -> tuple[Examples, Examples, Examples]:
    units = [unit for number, record in enumerate(records) for unit in units_of(number, record)]
    tags = [(text, tags) for _, text, tags in buyer_turns(records)]
    return _act_examples(units, real), _purpose_examples(records), _tagged(tags)


def _fit_part(part: Examples, size: Size, seed: int) -> LinearModel:
    return fit_margin(
        part.texts,
        part.targets,
        labels=part.labels,
        sample_weight=part.weights,
        size=size,
        seed=seed,
    )


def _platt(model: LinearModel, examples: Examples) -> Floats:
    """Curves `(2, L)` over messages: the loudest unit of a message is what run time reads.

    A label that the examples do not know keeps its margins as they are.
    """
    logits, truth = [], []
    raw = _raw_logits(model, examples.texts)
    targets = _aligned(model, examples)
    for rows in _rows_by_message(examples.message):
        logits.append(raw[rows].max(axis=0))
        truth.append(targets[rows].max(axis=0))
    return platt_curve(np.array(logits, np.float32), np.array(truth, np.int8))


def _aligned(model: LinearModel, examples: Examples) -> NDArray[np.int8]:
    number = {label: column for column, label in enumerate(examples.labels)}
    blank = np.zeros(len(examples.texts), np.int8)
    columns = [
        examples.targets[:, number[label]] if label in number else blank for label in model.labels
    ]
    return np.stack(columns, axis=1)


def _rows_by_message(message: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    if (message < 0).all():
        return [np.array([row]) for row in range(len(message))]
    return [np.flatnonzero(message == number) for number in np.unique(message)]


def _raw_logits(model: LinearModel, texts: Sequence[str]) -> Floats:
    chunks = [model.logits_of_units(texts[at : at + 256]) for at in range(0, len(texts), 256)]
    return np.concatenate(chunks)


def _act_examples(units: Sequence[Unit], real: Sequence[Record]) -> Examples:
    pairs = [(unit.text, unit.facts) for unit in units]
    first: set[int] = set()
    weights = []
    for unit in units:
        weights.append(_PART_WEIGHT if unit.message in first else _WHOLE_WEIGHT)
        first.add(unit.message)
    others = [(unit.text, unit.facts) for record in real for unit in units_of(-1, record)]
    examples = _tagged([*pairs, *others])
    message = np.array([unit.message for unit in units] + [-1] * len(others))
    return Examples(
        examples.texts,
        examples.targets,
        weights + [_REAL_WEIGHT] * len(others),
        message,
        examples.labels,
    )


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
