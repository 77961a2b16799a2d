"""What encoder and linear models say of voices they were not trained on, and the blend from it.

records + EncoderReader parts --> logits by fact and truth --fit_blend--> Blend
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nlp_service.chat.encoder_reader import EncoderReader, Spoken, spoken
from nlp_service.chat.reader import ACT, BUYER, PURPOSE, TurnReader
from nlp_service.domain import Role
from nlp_service.inference.blend import Blend
from nlp_service.inference.linear import Floats
from nlp_service.training.blend_fit import Heard, fit_blend, stacked
from nlp_service.training.chat_corpus import Record, buyer_labels, model_facts
from nlp_service.training.encoder_examples import about_record


@dataclass(frozen=True, slots=True)
class _Row:
    """One turn: logits of both models and the facts that are true of it."""

    linear: dict[str, float]
    turn: Floats
    token: Floats
    truth: frozenset[str]


def blend_of(
    records: Sequence[Record],
    reader: EncoderReader,
    linear: TurnReader,
    columns: tuple[str, ...],
) -> Blend:
    """The blend fitted on `records`."""
    rows: dict[str, list[_Row]] = {ACT: [], PURPOSE: [], BUYER: []}
    for record in records:
        for group, row in _rows(record, reader, linear):
            rows[group].append(row)
    weights: dict[str, tuple[float, float, float, float]] = {}
    for group, said in rows.items():
        names = [name.removeprefix(group) for name in columns if name.startswith(group)]
        fitted = fit_blend(_heard(group, names, said, columns))
        weights |= {group + name: row for name, row in fitted.items()}
    return Blend(columns, weights)


def _rows(record: Record, reader: EncoderReader, linear: TurnReader) -> Iterator[tuple[str, _Row]]:
    history = record.context.get("history", ())
    talk = [spoken(Role(turn["role"]), turn["text"]) for turn in history]
    talk.append(spoken(Role.MERCHANT, record.text))
    facts = frozenset(label for fact, _, _ in record.facts for label in model_facts(fact))
    row, turns = _act_row(reader, linear, about_record(record), talk, facts)
    yield ACT, row
    if any(fact.startswith("asks:") for fact in facts):
        said = linear.purpose_logits(talk[-1].text)
        yield PURPOSE, _Row(said, row.turn, row.turn, record.purposes)
    for number, turn in enumerate(history):
        if turn["role"] == "buyer" and turn.get("tags"):
            said = linear.buyer_logits(talk[number].normalized.text)
            tags = buyer_labels(turn["tags"])
            yield BUYER, _Row(said, turns[number], turns[number], tags)


def _act_row(
    reader: EncoderReader,
    linear: TurnReader,
    known: str,
    talk: Sequence[Spoken],
    facts: frozenset[str],
) -> tuple[_Row, dict[int, Floats]]:
    heard = reader.hear(known, talk)
    turn = heard.turns[len(talk) - 1]
    token = heard.tokens.max(axis=0) if len(heard.tokens) else turn
    return _Row(linear.act_logits(talk[-1].text), turn, token, facts), heard.turns


def _heard(group: str, names: Sequence[str], rows: Sequence[_Row], columns: Sequence[str]) -> Heard:
    places = [columns.index(group + name) for name in names]
    return Heard(
        tuple(names),
        stacked([row.linear for row in rows], names),
        np.array([row.turn[places] for row in rows], np.float32),
        np.array([row.token[places] for row in rows], np.float32),
        np.array([[name in row.truth for name in names] for row in rows], np.int8),
    )
