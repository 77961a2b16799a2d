"""Reads a talk: what the merchant's message does, what the turns before it said.

    raw --normalise--> --recognise--> model text --units--> linear models --> acts, purposes, tags

A reader states facts and judges nothing. `SingleTurns` is for readers that read turn by turn.

The strongest unit (whole text, clause, pair of clauses) speaks for each act, so one asking clause
in a long polite message is not thinned out, and the unit is where the span is looked for.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar, cast

import numpy as np

from nlp_service.chat.memo import Memo
from nlp_service.domain import Act, ChatContext, Entity, Role, Span, Turn
from nlp_service.inference.artifact import Artifact, load_artifact
from nlp_service.inference.linear import Floats, LinearModel, Prediction
from nlp_service.recognizers import recognize
from nlp_service.text.model_text import ModelText, model_text
from nlp_service.text.normalize import normalize
from nlp_service.text.offsets import NormalizedText

_Read = TypeVar("_Read")

# Groups of what the models state: acts, purposes of asking, tags of buyer turns, and verdicts,
# which are hints beside the acts.
ACT, PURPOSE, BUYER, CODE = "act:", "for:", "buyer:", "code:"

_FLOOR = 0.1  # weaker acts are not stated; no policy threshold lies that low
_EXPLAINED = 0.3  # spans are narrowed only for acts that may count
_REFUSAL_THRESHOLD = 0.5
_TAG_THRESHOLD = 0.3  # what the buyer brought up or wants mostly excuses; mild is right
_SHORT_UNIT_CHARS = 12  # a unit this short is marked whole
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
    """Facts of one merchant message; spans are raw. `hints` are those of `policy.facts.Facts`."""

    normalized: NormalizedText
    entities: tuple[Entity, ...]
    acts: tuple[Act, ...]
    purposes: dict[str, float]
    hints: Mapping[str, float] = field(default_factory=dict)

    def does(self, act: str, threshold: float = 0.5) -> bool:
        """Whether the act is stated with at least `threshold`."""
        return any(found.act == act and found.score >= threshold for found in self.acts)


@dataclass(frozen=True, slots=True)
class BuyerReading:
    """Tags of one buyer message, such as `refuse:pitch`, `ask:product`, `brings:age`."""

    tags: frozenset[str]
    text: str
    entities: tuple[Entity, ...] = ()


TurnReading = BuyerReading | MerchantReading | None


@dataclass(frozen=True, slots=True)
class TalkReading:
    """The judged message, and the turns before it in order; a system turn reads as None.

    `degraded`: a model of the reader failed, and less than all of it read this talk.
    """

    message: MerchantReading
    turns: tuple[TurnReading, ...] = ()
    degraded: bool = False


class Reader(Protocol):
    """Whatever states the facts of a talk: the models, or an annotation."""

    @property
    def label(self) -> str:
        """Name and version that stand in the answer."""

    def read(self, text: str, context: ChatContext) -> TalkReading:
        """Facts of the message `text` and of every turn of `context.history`."""


class SingleTurns(ABC):
    """A reader that takes turns one by one, blind to what stands around them."""

    @abstractmethod
    def merchant(self, raw: str, own_numbers: Collection[str] = ()) -> MerchantReading:
        """Facts of one merchant message."""

    @abstractmethod
    def buyer(self, raw: str) -> BuyerReading:
        """Tags of a buyer turn."""

    def read(self, text: str, context: ChatContext) -> TalkReading:
        """Every turn by itself, then the message, which knows the order's own numbers."""
        turns = tuple(self._turn(turn) for turn in context.history)
        return TalkReading(self.merchant(text, own_numbers(context)), turns)

    def _turn(self, turn: Turn) -> TurnReading:
        if turn.role == Role.BUYER:
            return self.buyer(turn.text)
        return None if turn.role == Role.SYSTEM else self.merchant(turn.text)


def own_numbers(context: ChatContext) -> tuple[str, ...]:
    """Numbers of this order, which are nobody's phone or card."""
    order_id = context.order.order_id
    return (*context.order.tracking_numbers, *((order_id,) if order_id else ()))


class TurnReader(SingleTurns):
    """The chat models and what they say of single turns. Thread-safe; results are memoised."""

    def __init__(
        self, acts: LinearModel, purposes: LinearModel, buyer: LinearModel, label: str
    ) -> None:
        self._acts = acts
        self._purposes = purposes
        self._buyer = buyer
        self.label = label
        self._memo: Memo[object] = Memo()

    @classmethod
    def load(cls, path: Path) -> "TurnReader":
        """Read a model directory; raises ModelError."""
        return cls.of(load_artifact(path))

    @classmethod
    def of(cls, artifact: Artifact) -> "TurnReader":
        """The linear models of a verified directory; raises ModelError."""
        return cls(
            artifact.linear,
            LinearModel.load(artifact.path / "purposes.npz"),
            LinearModel.load(artifact.path / "buyer.npz"),
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
        normalized = normalize(raw)
        text = normalized.text
        tags = self._memoised(f"buyer\0{text}", lambda: self._tags(text))
        # Entities are not memoised: their values must not outlive the request.
        return BuyerReading(tags, text, recognize(normalized))

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
        return cast(_Read, self._memo.get(key, lambda _: read()))

    def _tags(self, text: str) -> frozenset[str]:
        return tags_of(_probs(self._buyer, text))

    def act_logits(self, text: ModelText) -> dict[str, float]:
        """Uncalibrated logits of the acts: of the unit that speaks loudest for each."""
        logits = self._acts.logits_of_units([text.text[a:b] for a, b in text.units()])
        return dict(zip(self._acts.labels, logits.max(axis=0).tolist(), strict=True))

    def purpose_logits(self, text: ModelText) -> dict[str, float]:
        """Uncalibrated logits of the purposes of asking."""
        return _logits(self._purposes, text.text)

    def buyer_logits(self, normalized: str) -> dict[str, float]:
        """Uncalibrated logits of the tags of a buyer turn."""
        return _logits(self._buyer, normalized)

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
            acts.append(stated_act(fact, prob, (span,), entities))
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


def stated_act(fact: str, score: float, spans: tuple[Span, ...], entities: Sequence[Entity]) -> Act:
    """The act of a model's label; whose data is shown is read off the entities in its words."""
    name, _, attribute = fact.partition(":")
    if name in {"own", "other"}:
        near = [e for e in entities if any(e.start < s.end and s.start < e.end for s in spans)]
        kinds = (_DISCLOSED_KINDS.get(entity.kind) for entity in near or entities)
        attribute = next((kind for kind in kinds if kind), "other_personal")
    return Act(name, attribute or None, score, spans)


def tags_of(probs: Mapping[str, float]) -> frozenset[str]:
    """The tags of a buyer turn that are likely enough to be remembered."""
    return frozenset(
        tag
        for tag, prob in probs.items()
        if prob >= (_REFUSAL_THRESHOLD if tag.startswith("refuse:") else _TAG_THRESHOLD)
    )


def _logits(model: LinearModel, text: str) -> dict[str, float]:
    return dict(zip(model.labels, model.logits_of_units([text])[0].tolist(), strict=True))


def _probs(model: LinearModel, text: str) -> dict[str, float]:
    probs = model.calibrate(model.logits_of_units([text])[0])
    return {
        label: float(prob)
        for label, prob in zip(model.labels, probs, strict=True)
        if prob >= _FLOOR
    }
