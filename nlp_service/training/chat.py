"""Trains the chat check and measures it on voices that it has never seen.

    corpora/chat --split by voice--> train: linear models, encoder (from models/encoder)
                                 --> dev:   curves, blend
                                 --> test:  metrics.json, with baselines in the same run

Weights that ship are the weights that were measured: nothing is fitted again on the test voices.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nlp_service.chat.checker import ChatChecker
from nlp_service.chat.encoder_reader import EncoderReader
from nlp_service.chat.reader import Reader, TurnReader
from nlp_service.errors import ClientError
from nlp_service.inference.artifact import write_artifact, write_json
from nlp_service.inference.blend import Blend
from nlp_service.inference.encoder import TokenEncoder
from nlp_service.inference.transcript import TranscriptMaker
from nlp_service.policy.loader import load_policy
from nlp_service.training.agreement import judged
from nlp_service.training.blend_voices import blend_of
from nlp_service.training.chat_card import write_card
from nlp_service.training.chat_corpus import Record, read_corpus
from nlp_service.training.chat_linear import LinearModels, calibrated, fit_linear_models
from nlp_service.training.chat_report import Scores, add, measure, to_message
from nlp_service.training.chat_split import Split, split
from nlp_service.training.disguise import Disguiser
from nlp_service.training.encoder_batches import Columns, Example, weighted
from nlp_service.training.encoder_examples import ExampleMaker, columns_of, markers
from nlp_service.training.encoder_export import FILES, export_encoder
from nlp_service.training.encoder_fit import PEAK_RATE, FitPlan, fit_encoder
from nlp_service.training.keyword_filter import KeywordFilter
from nlp_service.training.pretrain_tokens import load_tokenizer
from nlp_service.training.real_turns import acts_found, agent_turns
from nlp_service.training.replay import Passes, learnt_voices

Progress = Callable[[str], None]
NAME, VERSION = "chat-guard", 17
_SILENT_WEIGHT, _MARKED_WEIGHT = 1.0, 2.0  # real agent turns; one in fourteen states a fact
_BARE_SHARE, _BARE_WEIGHT = 0.25, 0.5  # messages learnt once more without their context
_TURNED_WEIGHT = 3.0  # messages whose facts the context decides: the words alone say nothing


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run found: scores on the test voices by system, the blend first."""

    scores: dict[str, Scores]
    split: Split


def train(
    corpus_dir: Path,
    out_dir: Path,
    *,
    pretrained: Path,
    data_dir: Path | None,
    seed: int,
    epochs: int = 6,
    threads: int = 2,
    fits: int = 1,
    start_share: float = 0.0,
    replay: float = 1.0,
    rate: float = PEAK_RATE,
    progress: Progress = print,
) -> Trained:
    """Fit, calibrate, measure and write `out_dir`.

    `pretrained` is a directory of `training.pretrain`, or a chat model to go on with. `data_dir`
    holds agent_turns_unlabelled.jsonl.gz; four fifths are learnt beside the corpus, the rest is
    only measured on. `start_share` of the weights stays that of `pretrained`; under `replay` 1 each
    pass goes through that share of the voices that `pretrained` has learnt, as its metrics.json
    tells, all others and the real turns. With several `fits`, `progress` must be a function of a
    module. Raises ClientError or StorageError when an input is missing.
    """
    if not (pretrained / "config.json").is_file():
        raise ClientError(f"{pretrained.name} holds no pretrained encoder; see training.pretrain")
    learnt = learnt_voices(pretrained) if replay < 1 else frozenset()
    parts = split(read_corpus(corpus_dir), corpus_dir, _example_texts())
    if not replay and learnt.issuperset(record.author for record in parts.train):
        raise ClientError(f"{pretrained.name} has learnt all of it; use a higher --replay")
    real, unseen = (
        agent_turns(data_dir, corpus_dir, held_out=held_out) if data_dir else []
        for held_out in (False, True)
    )
    real = judged(real, load_policy())
    progress(f"{len(parts.train)} messages to learn, {parts.copies} near-copies left out")
    linear = calibrated(fit_linear_models(parts.train, real, seed), parts.dev)
    progress("linear models fitted")
    torch.set_num_threads(threads)
    plan = FitPlan(seed=seed, peak_rate=rate, fits=fits, start_share=start_share)
    passes = Passes(epochs, replay, seed)
    columns = _fit_and_export(
        parts.train, real, learnt, pretrained, out_dir, plan, passes, progress
    )
    turns = TurnReader(linear.acts, linear.purposes, linear.buyer, f"linear@{VERSION}")
    encoder = TokenEncoder.load(out_dir)
    maker = TranscriptMaker(encoder.tokenizer)
    blank = EncoderReader(encoder, maker, turns, Blend(columns.names, {}), "blank")
    blend = blend_of(parts.dev, blank, turns, columns.names)
    _write(out_dir, linear, blend)
    reader = EncoderReader(encoder, maker, turns, blend, f"{NAME}@{VERSION}")
    scores = _measured(parts.test, {"blend": reader, "linear": turns}, progress)
    scores["keyword filter"] = _filtered(parts.test)
    scores["blend, no context"] = _measure(_bare(parts.test), reader)
    progress(scores["blend"].summary())
    found = {name: acts_found(unseen, one) for name, one in (("blend", reader), ("linear", turns))}
    recipe = {"seed": seed, "fits": fits, "epochs": epochs}
    kept = {"start_share": start_share, "replay": replay}
    measured = {**_metrics(scores, parts), "real_turns": found}
    write_json(out_dir / "metrics.json", {**recipe, **kept, **measured})
    write_card(
        out_dir / "card.md",
        scores,
        parts,
        real=len(real),
        version=VERSION,
        pretrained=pretrained,
        fits=fits,
    )
    return Trained(scores, parts)


def _fit_and_export(
    records: Sequence[Record],
    real: Sequence[Record],
    learnt: frozenset[str],
    pretrained: Path,
    out_dir: Path,
    plan: FitPlan,
    passes: Passes,
    progress: Progress,
) -> Columns:
    tokenizer = load_tokenizer(pretrained)
    columns = columns_of(records)
    making = ExampleMaker(TranscriptMaker(tokenizer.backend_tokenizer), columns, markers(records))
    turned = turned_by_context(records)
    new = examples_of([r for r in records if r.author not in learnt], making, turned)
    new += real_examples(real, making)
    known = examples_of([r for r in records if r.author in learnt], making, turned)
    counts = np.zeros(len(tokenizer), np.int64)
    for example in (*new, *known):
        np.add.at(counts, np.array(example.ids), 1)
    disguiser = Disguiser(tokenizer.backend_tokenizer, counts.tolist())
    model = fit_encoder(
        pretrained,
        tokenizer,
        passes.over(new, known),
        columns,
        plan,
        disguiser=disguiser,
        progress=progress,
    )
    export_encoder(model, tokenizer, out_dir)
    return columns


def examples_of(
    records: Sequence[Record], making: ExampleMaker, turned: Collection[str]
) -> list[Example]:
    """Every record in its context, and every fourth once more without, but for what is `turned`."""
    examples: list[Example] = []
    for record in records:
        weight = _TURNED_WEIGHT if record.text in turned else 1.0
        examples += [weighted(example, weight * example.weight) for example in making.of(record)]
    for record in records[:: round(1 / _BARE_SHARE)]:
        if record.text not in turned:
            bare = making.of(record, with_context=False, with_verdict=False)
            examples += [weighted(example, _BARE_WEIGHT * example.weight) for example in bare]
    return examples


def real_examples(real: Sequence[Record], making: ExampleMaker) -> list[Example]:
    """Real turns: without context, what is marked in them weighing more."""
    examples: list[Example] = []
    for record in real:
        bare = making.of(record, with_context=False)
        weight = _MARKED_WEIGHT if record.facts else _SILENT_WEIGHT
        examples += [weighted(example, weight * example.weight) for example in bare]
    return examples


def turned_by_context(records: Sequence[Record]) -> frozenset[str]:
    """Texts that state other facts in another context."""
    facts: dict[str, set[frozenset[str]]] = {}
    for record in records:
        facts.setdefault(record.text, set()).add(frozenset(fact for fact, _, _ in record.facts))
    return frozenset(text for text, stated in facts.items() if len(stated) > 1)


def _write(out_dir: Path, linear: LinearModels, blend: Blend) -> None:
    linear.purposes.save(out_dir / "purposes.npz")
    linear.buyer.save(out_dir / "buyer.npz")
    blend.save(out_dir / "blend.json")
    write_artifact(
        out_dir,
        name=NAME,
        version=VERSION,
        linear=linear.acts,
        pinned=("purposes.npz", "buyer.npz", "blend.json", *FILES),
    )


def _measured(
    records: Sequence[Record], readers: dict[str, Reader], progress: Progress
) -> dict[str, Scores]:
    scores = {}
    for name, reader in readers.items():
        scores[name] = _measure(records, reader)
        progress(f"{name}: micro-F1 {scores[name].to_json()['micro']['f1']}")
    return scores


def _measure(records: Sequence[Record], reader: Reader) -> Scores:
    checker = ChatChecker(reader, load_policy())
    return measure((record, checker) for record in records)


def _filtered(records: Sequence[Record]) -> Scores:
    scores, words = Scores(), KeywordFilter(load_policy(), normalised=True)
    for record in records:
        add(scores, record, words.judge(to_message(record)), words)
    return scores


def _bare(records: Sequence[Record]) -> list[Record]:
    return [replace(record, context={}) for record in records]


def _metrics(scores: dict[str, Scores], parts: Split) -> dict[str, Any]:
    how = "voices of the test part, never seen in training or calibration"
    return {
        **scores["blend"].to_json(),
        "how": how,
        "voices": {
            part: sorted({record.author for record in records})
            for part, records in (("train", parts.train), ("dev", parts.dev), ("test", parts.test))
        },
        "near_copies_left_out": parts.copies,
        "beside": {name: found.to_json() for name, found in scores.items() if name != "blend"},
    }


def _example_texts() -> list[str]:
    return [str(example.message["text"]) for example in load_policy().examples]
