"""Reads a whole talk with the encoder, blended with the linear models.

    talk --transcript--> windows --encoder--> logits of turns and tokens --+
    message, buyer turns --linear models--> logits of units ---------------+--blend--> facts

A fact's probability comes from what the encoder says of the turn, what its loudest token says, and
what the linear model says; the words of a fact are the tokens that say it. What the encoder would
say of the whole, where the policy has the last word, is a hint beside the facts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import structlog

from nlp_service.chat.reader import (
    ACT,
    BUYER,
    CODE,
    PURPOSE,
    BuyerReading,
    MerchantReading,
    TalkReading,
    TurnReader,
    TurnReading,
    own_numbers,
    stated_act,
    tags_of,
)
from nlp_service.domain import ChatContext, Entity, Role, Span, Turn
from nlp_service.errors import ModelError
from nlp_service.inference.artifact import load_artifact
from nlp_service.inference.blend import Blend
from nlp_service.inference.encoder import TokenEncoder
from nlp_service.inference.linear import Floats
from nlp_service.inference.transcript import Said, TranscriptMaker, Window, about
from nlp_service.recognizers import recognize
from nlp_service.text.model_text import ModelText, model_text, spans_of
from nlp_service.text.normalize import normalize
from nlp_service.text.offsets import NormalizedText

_FLOOR = 0.1  # weaker facts are not stated; no policy threshold lies that low
# The hint is heard from the same words as the facts: half of its log-odds is news.
_HINT_SHARE = 0.5
_SPAN_SHARE = 0.5  # tokens at least half as sure as the surest one carry the fact


class Encoder(Protocol):
    """Whatever gives logits for every token of a window."""

    def logits(self, ids: Sequence[int]) -> Floats:
        """`(T, L)` for ids `(T,)`."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn made ready: as normalised, and as the models read it."""

    role: Role
    normalized: NormalizedText
    entities: tuple[Entity, ...]
    text: ModelText


@dataclass(frozen=True, slots=True)
class Heard:
    """What the encoder says of a talk: `turns` `(L,)` by number of the turn, `tokens` `(C, L)` of
    the judged message's tokens, which stand for `chars` of its model text, and `whole` `(L,)`.
    """

    turns: dict[int, Floats]
    tokens: Floats
    chars: tuple[tuple[int, int], ...]
    whole: Floats


class EncoderReader:
    """Facts of whole talks by encoder and linear models. Thread-safe."""

    def __init__(
        self, encoder: Encoder, maker: TranscriptMaker, linear: TurnReader, blend: Blend, label: str
    ) -> None:
        self._encoder, self._maker = encoder, maker
        self._linear, self._blend = linear, blend
        verdicts = [name for name in blend.columns if name.startswith(CODE)]
        self._codes = [name.removeprefix(CODE) for name in verdicts]
        self._code_columns = [blend.columns[name] for name in verdicts]
        self.label = label

    @classmethod
    def load(cls, path: Path) -> "EncoderReader":
        """Read a model directory with encoder, linear models and blend; raises ModelError."""
        artifact = load_artifact(path)
        encoder = TokenEncoder.load(path)
        blend = Blend.load(path / "blend.json")
        maker = TranscriptMaker(encoder.tokenizer)
        (window,) = maker.windows("", [Said(Role.MERCHANT.value, "")])
        width = encoder.logits(window.ids).shape[1]
        if width != len(blend.columns):
            raise ModelError(
                f"{path.name}: the encoder states {width} facts, blend.json {len(blend.columns)}"
            )
        return cls(encoder, maker, TurnReader.of(artifact), blend, artifact.label)

    def read(self, text: str, context: ChatContext) -> TalkReading:
        """Facts of the message and of the turns before it.

        Where the encoder fails, recognisers and linear models answer alone: a gateway that waits
        needs an answer that says what it is worth more than none.
        """
        try:
            return self._read(text, context)
        except ModelError as error:
            kind = type(error.__cause__ or error).__name__
            structlog.get_logger().error("encoder_failed", kind=kind)
            return replace(self._linear.read(text, context), degraded=True)

    def _read(self, text: str, context: ChatContext) -> TalkReading:
        talk = [*(spoken(turn.role, turn.text) for turn in context.history)]
        talk.append(spoken(Role.MERCHANT, text, own_numbers(context)))
        item = spoken(Role.SYSTEM, context.item_title or "").text.text
        known = about(context.category, context.stage, item)
        heard = self.hear(known, talk)
        turns = tuple(
            self._turn(turn, said, heard.turns[number])
            for number, (turn, said) in enumerate(zip(context.history, talk, strict=False))
        )
        message = replace(self._message(talk[-1], heard), hints=self._hints(heard.whole))
        return TalkReading(message, turns)

    def hear(self, known: str, talk: Sequence[Spoken]) -> Heard:
        """Every turn's logits; what does not fit one window is heard in windows further back."""
        heard = self._hear(known, talk)
        first = min(heard.turns)
        while first > 0:
            earlier = self._hear(known, talk[:first])
            heard.turns.update(earlier.turns)
            first = min(earlier.turns)
        return heard

    def _hear(self, known: str, talk: Sequence[Spoken]) -> Heard:
        said = [Said(turn.role.value, turn.text.text) for turn in talk]
        windows = list(self._maker.windows(known, said))
        logits = [self._encoder.logits(window.ids) for window in windows]
        turns: dict[int, Floats] = {}
        for window, found in zip(windows, logits, strict=True):
            for place, number in window.turns:
                before = turns.get(number)
                turns[number] = found[place] if before is None else np.maximum(before, found[place])
        tokens = [
            found[window.first : window.first + len(window.chars)]
            for window, found in zip(windows, logits, strict=True)
        ]
        whole = np.max([found[0] for found in logits], axis=0)
        return Heard(turns, np.concatenate(tokens), _chars(windows), whole)

    def _turn(self, turn: Turn, said: Spoken, logits: Floats) -> TurnReading:
        if turn.role == Role.SYSTEM:
            return None
        if turn.role == Role.BUYER:
            linear = self._linear.buyer_logits(said.normalized.text)
            tags = tags_of(self._blend.probs(BUYER, linear, logits))
            return BuyerReading(tags, said.normalized.text, said.entities)
        return self._message(said, Heard({0: logits}, logits[None, :0], (), logits))

    def _message(self, said: Spoken, heard: Heard) -> MerchantReading:
        if not said.text.text.strip():
            return MerchantReading(said.normalized, said.entities, (), {})
        turn = heard.turns[max(heard.turns)]
        loudest = heard.tokens.max(axis=0) if len(heard.chars) else None
        probs = self._blend.probs(ACT, self._linear.act_logits(said.text), turn, loudest)
        acts = tuple(
            stated_act(fact, prob, self._spans(fact, said.text, heard), said.entities)
            for fact, prob in probs.items()
            if prob >= _FLOOR
        )
        if not any(act.act == "asks" for act in acts):
            return MerchantReading(said.normalized, said.entities, acts, {})
        purposes = self._blend.probs(PURPOSE, self._linear.purpose_logits(said.text), turn)
        stated = {name: prob for name, prob in purposes.items() if prob >= _FLOOR}
        return MerchantReading(said.normalized, said.entities, acts, stated)

    def _hints(self, whole: Floats) -> dict[str, float]:
        """What the verdict as the encoder would give it adds to the facts, by label code."""
        probs = 1 / (1 + np.exp(-_HINT_SHARE * whole[self._code_columns]))
        return dict(zip(self._codes, probs.tolist(), strict=True))

    def _spans(self, fact: str, text: ModelText, heard: Heard) -> tuple[Span, ...]:
        """The words that say the fact; the whole message where no token was heard."""
        if not heard.chars:
            return (text.raw_span(0, len(text.text)),)
        logits = heard.tokens[:, self._blend.columns[ACT + fact]]
        probs = 1 / (1 + np.exp(-logits))
        loud = np.flatnonzero(probs >= _SPAN_SHARE * probs.max())
        return spans_of(text, [heard.chars[number] for number in loud.tolist()])


def spoken(role: Role, raw: str, numbers: Collection[str] = ()) -> Spoken:
    """A raw turn, normalised, recognised and made readable."""
    normalized = normalize(raw)
    entities = recognize(normalized, own_numbers=numbers)
    return Spoken(role, normalized, entities, model_text(normalized, entities))


def _chars(windows: Sequence[Window]) -> tuple[tuple[int, int], ...]:
    return tuple(chars for window in windows for chars in window.chars)
