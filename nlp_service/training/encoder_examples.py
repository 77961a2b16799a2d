"""Annotated talks as windows of tokens with targets, for the chat encoder.

    Record --model text, TranscriptMaker--> Window + targets of turns and tokens --> Example

Columns of the targets stand in groups: acts, purposes (`for:`), tags of buyer turns (`buyer:`) and
the verdict (`code:`), which is read as a hint (docs/decisions/0014).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp_service.chat.reader import ACT, BUYER, CODE, PURPOSE
from nlp_service.inference.transcript import Said, TranscriptMaker, Window, about
from nlp_service.text.model_text import ModelText
from nlp_service.training.chat_corpus import Record, buyer_labels, model_facts, readable
from nlp_service.training.encoder_batches import Columns, Example, weighted

_MIN_POSITIVES = 4  # a fact seen less often cannot be learnt and is left out
_SPAN_SHARE = 0.5  # a token says a fact when it lies inside its words by this share


def columns_of(records: Sequence[Record]) -> Columns:
    """Every label that at least four messages or turns carry, by group and name."""
    counts: Counter[str] = Counter()
    for record in records:
        counts.update(_merchant_labels(record))
        for turn in record.context.get("history", ()):
            counts.update(_buyer_columns(turn))
    names = sorted(name for name, n in counts.items() if n >= _MIN_POSITIVES)
    return Columns(tuple(names), spoken=(ACT,))


class ExampleMaker:
    """Turns records into examples for one tokenizer and one set of columns.

    `markers` are the authors who marked earlier merchant turns too; others left them open.
    """

    def __init__(
        self, maker: TranscriptMaker, columns: Columns, markers: Collection[str] = ()
    ) -> None:
        self._maker, self._columns = maker, columns
        self._markers = frozenset(markers)
        self._act = columns.mask(ACT)
        self._merchant = columns.mask(ACT, PURPOSE)
        # What is unrelated to the order cannot be told without the order.
        self._bare = self._merchant * (1 - columns.targets([ACT + "pitches:unrelated"]))
        self._buyer = columns.mask(BUYER)
        self._code = columns.mask(CODE)
        self._number = {name: number for number, name in enumerate(columns.names)}

    def of(
        self, record: Record, *, with_context: bool = True, with_verdict: bool = True
    ) -> Iterator[Example]:
        """All windows of one record; `with_verdict`: the whole is asked for its labels too."""
        history = record.context.get("history", ()) if with_context else ()
        text = readable(record.text)
        said = [Said(turn["role"], readable(turn["text"]).text) for turn in history]
        known = about_record(record) if with_context else ""
        windows = list(self._maker.windows(known, [*said, Said("merchant", text.text)]))
        for window in windows:
            example = self._example(record, history, text, window)
            targets = self._answers(example, record, is_whole=len(windows) == 1)
            mask = self._merchant if with_context else self._bare
            verdict = [(0, targets, self._code)] if with_verdict else []
            turns = (*example.turns, (example.first - 1, targets, mask), *verdict)
            yield weighted(replace(example, turns=turns), 1 / len(windows))

    def _example(
        self,
        record: Record,
        history: Sequence[dict[str, Any]],
        text: ModelText,
        window: Window,
    ) -> Example:
        tokens = tuple(self._said(record, text, *chars) for chars in window.chars)
        turns = [
            (place, *asked)
            for place, number in window.turns[:-1]
            if (asked := self._earlier(history[number], record.author)) is not None
        ]
        return Example(window.ids, tuple(turns), window.first, tokens)

    def _earlier(
        self, turn: dict[str, Any], author: str
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Targets and mask of a turn of the history; None where its annotation is unknown."""
        if turn["role"] == "buyer":
            tags = _buyer_columns(turn)
            return (self._columns.targets(tags), self._buyer) if tags else None
        if turn["role"] == "system" or author not in self._markers:
            return None
        said = {
            ACT + label for fact in turn.get("facts", ()) for label in model_facts(fact["fact"])
        }
        return self._columns.targets(said), self._act

    def _answers(self, example: Example, record: Record, *, is_whole: bool) -> NDArray[np.float32]:
        """Targets of the message; a window of a long one answers for facts inside it."""
        labels = _merchant_labels(record)
        if not is_whole:
            said = {self._columns.names[number] for said in example.tokens for number in said}
            labels = said | {name for name in labels if not name.startswith((ACT, PURPOSE))}
        return self._columns.targets(labels)

    def _said(self, record: Record, text: ModelText, start: int, end: int) -> frozenset[int]:
        span = text.raw_span(start, end)
        size = max(span.end - span.start, 1)
        return frozenset(
            self._number[ACT + label]
            for fact, first, last in record.facts
            if min(span.end, last) - max(span.start, first) >= _SPAN_SHARE * size
            for label in model_facts(fact)
            if ACT + label in self._number
        )


def markers(records: Sequence[Record]) -> frozenset[str]:
    """Authors who marked facts in the merchant turns of histories."""
    return frozenset(
        record.author
        for record in records
        if any(
            turn.get("facts")
            for turn in record.context.get("history", ())
            if turn["role"] != "buyer"
        )
    )


def about_record(record: Record) -> str:
    """What is known of the order of a record, in words."""
    context = record.context
    item = readable(context.get("item_title") or "").text
    return about(context.get("category"), context.get("stage"), item)


def _merchant_labels(record: Record) -> set[str]:
    facts = {ACT + label for fact, _, _ in record.facts for label in model_facts(fact)}
    purposes = {PURPOSE + purpose for purpose in record.purposes}
    codes = {CODE + label.partition(":")[0] for label in record.labels}
    return facts | purposes | codes


def _buyer_columns(turn: dict[str, Any]) -> set[str]:
    if turn["role"] != "buyer":
        return set()
    return {BUYER + label for label in buyer_labels(turn.get("tags", ()))}
