"""Reads one turn: what a merchant's message does, what a buyer's message says.

    raw --normalise--> --recognise--> model text --units--> linear models --> acts, purposes, tags

The strongest unit (whole text, clause, pair of clauses) speaks for each act, so one asking clause
in a long polite message is not thinned out, and the unit is where the span is looked for.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeVar, cast

import numpy as np

from nlp_service.chat.model_text import ModelText, model_text
from nlp_service.domain import Act, Entity, Span
from nlp_service.inference.artifact import load_artifact
from nlp_service.inference.linear import Floats, LinearModel, Prediction
from nlp_service.recognizers import recognize
from nlp_service.text.normalize import normalize
from nlp_service.text.offsets import NormalizedText

_Read = TypeVar("_Read")

_FLOOR = 0.1  # weaker acts are not stated; no policy threshold lies that low
_EXPLAINED = 0.3  # spans are narrowed only for acts that may count
_REFUSAL_THRESHOLD = 0.5
_TAG_THRESHOLD = 0.3  # what the buyer brought up or wants mostly excuses; mild is right
_SHORT_UNIT_CHARS = 12  # a unit this short is marked whole
_CACHE_SIZE = 8192
_DISCLOSED_KINDS = {
    "mobile": "phone",
    "landline": "phone",
    "id_card": "id_document",
    "passport": "id_document",
    "permit": "id_document",
    "bank_card": "credential",
    "email": "email",
    "wechat": "im_account",
    "qq": "im_account",
    "alipay": "bank_or_pay_account",
    "address": "address",
    "person_name": "full_name",
    "order_number": "order_number",
}


@dataclass(frozen=True, slots=True)
class MerchantReading:
    """Facts of one merchant message; spans are raw."""

    normalized: NormalizedText
    entities: tuple[Entity, ...]
    acts: tuple[Act, ...]
    purposes: dict[str, float]

    def does(self, act: str, threshold: float = 0.5) -> bool:
        """Whether the act is stated with at least `threshold`."""
        return any(found.act == act and found.score >= threshold for found in self.acts)


@dataclass(frozen=True, slots=True)
class BuyerReading:
    """Tags of one buyer message, such as `refuse:pitch`, `ask:product`, `brings:age`."""

    tags: frozenset[str]
    text: str


class Reader(Protocol):
    """Whatever states the facts of single turns: the models, or an annotation."""

    @property
    def label(self) -> str:
        """Name and version that stand in the answer."""

    def merchant(self, raw: str, own_numbers: Collection[str] = ()) -> MerchantReading:
        """Facts of one merchant message."""

    def buyer(self, raw: str) -> BuyerReading:
        """Tags of a buyer turn."""

    def entities(self, raw: str) -> tuple[Entity, ...]:
        """Entities of any turn."""


class TurnReader:
    """The chat models and what they say of single turns. Thread-safe; results are memoised."""

    def __init__(
        self, acts: LinearModel, purposes: LinearModel, buyer: LinearModel, label: str
    ) -> None:
        self._acts = acts
        self._purposes = purposes
        self._buyer = buyer
        self.label = label
        self._memo: dict[bytes, object] = {}
        self._lock = Lock()

    @classmethod
    def load(cls, path: Path) -> "TurnReader":
        """Read a model directory; raises ModelError."""
        artifact = load_artifact(path)
        return cls(
            artifact.linear,
            LinearModel.load(path / "purposes.npz"),
            LinearModel.load(path / "buyer.npz"),
            artifact.label,
        )

    def merchant(self, raw: str, own_numbers: Collection[str] = ()) -> MerchantReading:
        """Facts of one merchant message; `own_numbers` are of this conversation's order."""
        normalized = normalize(raw)
        entities = recognize(normalized, own_numbers=own_numbers)
        readable = model_text(normalized, entities)
        acts, purposes = self._facts(raw, readable, entities)
        return MerchantReading(normalized, entities, acts, purposes)

    def buyer(self, raw: str) -> BuyerReading:
        """Tags of a buyer turn."""
        text = normalize(raw).text
        return BuyerReading(self._memoised(f"buyer\0{text}", lambda: self._tags(text)), text)

    def entities(self, raw: str) -> tuple[Entity, ...]:
        """Entities of any turn, not memoised: their values must not outlive the request."""
        return recognize(normalize(raw))

    def _facts(
        self, raw: str, readable: ModelText, entities: Sequence[Entity]
    ) -> tuple[tuple[Act, ...], dict[str, float]]:
        if not readable.text.strip():
            return (), {}
        acts = self._memoised(
            f"merchant\0{raw}\0{readable.text}", lambda: self._read_acts(readable, entities)
        )
        asks = any(act.act == "asks" for act in acts)
        return acts, _probs(self._purposes, readable.text) if asks else {}

    def _memoised(self, key: str, read: Callable[[], _Read]) -> _Read:
        """Facts by a digest of the text; the texts themselves are not kept."""
        digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        known = self._memo.get(digest)
        if known is None:
            known = read()
            with self._lock:
                self._memo[digest] = known
                if len(self._memo) > _CACHE_SIZE:
                    del self._memo[next(iter(self._memo))]
        return cast(_Read, known)

    def _tags(self, text: str) -> frozenset[str]:
        probs = _probs(self._buyer, text)
        return frozenset(
            tag
            for tag, prob in probs.items()
            if prob >= (_REFUSAL_THRESHOLD if tag.startswith("refuse:") else _TAG_THRESHOLD)
        )

    def _read_acts(self, readable: ModelText, entities: Sequence[Entity]) -> tuple[Act, ...]:
        units = readable.units()
        logits = self._acts.logits_of_units([readable.text[a:b] for a, b in units])
        best = strongest_units(logits)
        probs = self._acts.calibrate(logits.max(axis=0))
        explained: dict[tuple[int, int], Prediction] = {}
        acts = []
        for column in np.flatnonzero(probs >= _FLOOR):
            prob, unit = float(probs[column]), units[best[column]]
            fact = self._acts.labels[column]
            if prob >= _EXPLAINED and unit not in explained:
                explained[unit] = self._acts.predict(readable.text[unit[0] : unit[1]])
            span = self._span(readable, unit, fact, explained.get(unit))
            acts.append(_act(fact, prob, span, entities))
        return tuple(acts)

    def _span(
        self, readable: ModelText, unit: tuple[int, int], fact: str, prediction: Prediction | None
    ) -> Span:
        """The words of a long unit that speak most for the fact; a short unit is marked whole."""
        start, end = unit
        if prediction is not None and end - start > _SHORT_UNIT_CHARS:
            amounts = self._acts.contributions(prediction, fact)
            first, last = heaviest_stretch(amounts)
            start, end = start + first, start + last
        return readable.raw_span(start, end)


def strongest_units(logits: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Per label, the clause or pair that speaks loudest; the whole text only if it is alone."""
    if len(logits) == 1:
        return np.zeros(logits.shape[1], np.int64)
    return np.asarray(logits[1:].argmax(axis=0) + 1, np.int64)


def heaviest_stretch(amounts: Floats) -> tuple[int, int]:
    """The half-open stretch of largest sum (Kadane), with the mean taken off so that it ends."""
    centred = amounts - amounts.mean()
    best = (0.0, 0, len(amounts))
    total, start = 0.0, 0
    for at, amount in enumerate(centred.tolist()):
        if total <= 0:
            total, start = 0.0, at
        total += amount
        if total > best[0]:
            best = (total, start, at + 1)
    return best[1], best[2]


def _act(fact: str, score: float, span: Span, entities: Sequence[Entity]) -> Act:
    name, _, attribute = fact.partition(":")
    if name in {"own", "other"}:
        near = [e for e in entities if e.start < span.end and span.start < e.end]
        kinds = (_DISCLOSED_KINDS.get(entity.kind) for entity in near or entities)
        attribute = next((kind for kind in kinds if kind), "other_personal")
    return Act(name, attribute or None, score, (span,))


def _probs(model: LinearModel, text: str) -> dict[str, float]:
    probs = model.calibrate(model.logits_of_units([text])[0])
    return {
        label: float(prob)
        for label, prob in zip(model.labels, probs, strict=True)
        if prob >= _FLOOR
    }
