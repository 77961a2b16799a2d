"""Reads the merchant's messages with somebody's checkpoint instead of the shipped acts model.

    talk --shipped reader--> purposes, tags, entities ----------------------+
    normalised message --checkpoint--> labels --label map--> facts, words --+--> reading

The checkpoint is given the normalised text (`text/normalize.py`: width, case, simplified, disguises
undone) with digits and names as they are, one message at a time. A fact's prob is the one of the
whole message; its words are the clause that says it most by itself. Acts that the label map does
not name are never stated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from nlp_service.chat.memo import Memo
from nlp_service.chat.reader import (
    MerchantReading,
    Reader,
    TalkReading,
    TurnReading,
    stated_act,
)
from nlp_service.domain import Act, ChatContext
from nlp_service.inference.checkpoint import Checkpoint, checkpoint_digest
from nlp_service.inference.label_map import LabelMap, find_label_map, read_label_map
from nlp_service.inference.linear import Floats
from nlp_service.policy.schema import ACTS, PolicyData
from nlp_service.text.clauses import clauses

PURPOSE = "purpose:"
_FLOOR = 0.1  # weaker facts are not stated; no policy threshold lies that low
_EXPLAINED = 0.2  # clauses are read only for facts that some threshold may let count
_NAME_CHARS = 100  # of the directory's name in every answer
_BARE_ACTS = ACTS | {"pitches", "pitches:unrelated", "conditions", "own", "other"}
_OF_ATTRIBUTES = ("asks", "own", "other")


class Classifier(Protocol):
    """A checkpoint, or a fake."""

    @property
    def exclusive(self) -> bool:
        """Whether exactly one label holds at a time."""

    def predict_batch(self, texts: Sequence[str]) -> Floats:
        """Probs `(N, L)`."""


@dataclass(frozen=True, slots=True)
class _Stated:
    """A fact, its prob and the half-open place in the normalised text that says it most."""

    fact: str
    prob: float
    place: tuple[int, int]


class CheckpointReader:
    """`base` with the acts, and the purposes that are mapped, of a checkpoint. Thread-safe."""

    def __init__(
        self, base: Reader, classifier: Classifier, label_map: LabelMap, label: str
    ) -> None:
        self._base = base
        self._classifier = classifier
        self._map = label_map
        self._memo = Memo[tuple[_Stated, ...]]()
        self.label = label

    @classmethod
    def load(
        cls,
        path: Path,
        base: Reader,
        policy: PolicyData,
        *,
        labels: Path | None = None,
        device: str = "auto",
    ) -> "CheckpointReader":
        """Read a checkpoint's directory and its label map, the one in it or `labels`.

        The reader's label is the directory's name with a digest of weights and map. Raises
        ModelError.
        """
        map_path = labels or find_label_map(path)
        checkpoint = Checkpoint.load(path, device=device)
        label_map = read_label_map(map_path, checkpoint.labels, known_facts(policy))
        label = f"{checkpoint.name[:_NAME_CHARS]}@{checkpoint_digest(path, map_path)}"
        return cls(base, checkpoint, label_map, label)

    def read(self, text: str, context: ChatContext) -> TalkReading:
        """Facts of the message and of the turns before it."""
        talk = self._base.read(text, context)
        turns = tuple(self._turn(turn) for turn in talk.turns)
        return replace(talk, message=self._merchant(talk.message), turns=turns)

    def _turn(self, turn: TurnReading) -> TurnReading:
        return self._merchant(turn) if isinstance(turn, MerchantReading) else turn

    def _merchant(self, reading: MerchantReading) -> MerchantReading:
        stated = self._memo.get(reading.normalized.text, self._stated)
        acts = tuple(_act(found, reading) for found in stated if not found.fact.startswith(PURPOSE))
        asks = any(act.act == "asks" for act in acts)
        purposes = self._purposes(reading, stated) if asks else {}
        return replace(reading, acts=acts, purposes=purposes, hints={})

    def _purposes(self, reading: MerchantReading, stated: Sequence[_Stated]) -> dict[str, float]:
        """Of the purposes that the map names, the checkpoint's word counts alone."""
        purposes = {
            name: prob
            for name, prob in reading.purposes.items()
            if PURPOSE + name not in self._map.stated
        }
        said = {found.fact: found.prob for found in stated if found.fact.startswith(PURPOSE)}
        return purposes | {fact.removeprefix(PURPOSE): prob for fact, prob in said.items()}

    def _stated(self, text: str) -> tuple[_Stated, ...]:
        if not text.strip():
            return ()
        probs = self._probs([text])[0]
        places = self._places(text, probs)
        return tuple(
            _Stated(fact, float(prob), place)
            for fact, prob, place in zip(self._map.stated, probs, places, strict=True)
            if prob >= _FLOOR
        )

    def _places(self, text: str, probs: Floats) -> list[tuple[int, int]]:
        """For each fact the clause whose own prob is highest; the whole text for weak facts."""
        pieces = clauses(text)
        whole = (0, len(text))
        loud = probs >= _EXPLAINED
        if len(pieces) < 2 or not loud.any():
            return [pieces[0] if len(pieces) == 1 else whole] * len(probs)
        best = self._probs([text[start:end] for start, end in pieces]).argmax(axis=0)
        return [pieces[number] if said else whole for number, said in zip(best, loud, strict=True)]

    def _probs(self, texts: Sequence[str]) -> Floats:
        probs = self._classifier.predict_batch(texts)
        return self._map.fold(np.asarray(probs), exclusive=self._classifier.exclusive)


def known_facts(policy: PolicyData) -> frozenset[str]:
    """Every fact that a label map may name, as corpora/chat/GUIDE.md writes them."""
    attributes = (*policy.attributes, *policy.always_fine)
    of_attributes = {f"{act}:{name}" for act in _OF_ATTRIBUTES for name in attributes}
    purposes = {PURPOSE + name for name in policy.purposes}
    return frozenset(_BARE_ACTS | of_attributes | purposes)


def _act(found: _Stated, reading: MerchantReading) -> Act:
    spans = (reading.normalized.raw_span(*found.place),)
    name, _, attribute = found.fact.partition(":")
    if attribute:
        return Act(name, attribute, found.prob, spans)
    return stated_act(found.fact, found.prob, spans, reading.entities)
