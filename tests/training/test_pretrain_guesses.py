"""Runs with a model that guesses: guesses stand where they should, are told apart, and resume."""

import dataclasses
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerFast

from nlp_service.errors import ModelError
from nlp_service.training.pretrain import export
from nlp_service.training.pretrain_batches import NO_TARGET, masked_batch
from nlp_service.training.pretrain_corpus import EncodedCorpus
from nlp_service.training.pretrain_guesses import Guesser, guess_loss, states_of
from nlp_service.training.pretrain_plan import Plan
from nlp_service.training.pretrain_run import Run
from nlp_service.training.pretrain_tokens import MASKED, SPECIALS
from tests.training.pretrain_texts import review_corpus, tiny_config

_PLAN = Plan(tokens=60_000, batch_tokens=256, peak_rate=2e-2, measure_every_tokens=1_000_000)
_MASK_ID = SPECIALS.index(MASKED)

MadeUp = tuple[EncodedCorpus, PreTrainedTokenizerFast]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    return review_corpus(Path(tmp_path_factory.mktemp("data")))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def pretrained(made_up: MadeUp, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = _run(made_up, None, dataclasses.replace(_PLAN, peak_rate=5e-2, tokens=30_000))
    list(run.steps())
    folder = Path(tmp_path_factory.mktemp("pretrained"))
    export(run, made_up[1], folder)
    return folder


def _run(made_up: MadeUp, pretrained: Path | None, plan: Plan = _PLAN) -> Run:
    corpus, tokenizer = made_up
    guesser = Guesser.load(pretrained) if pretrained else None
    return Run(corpus, plan, tiny_config(len(tokenizer)), guesser=guesser)


def test_every_chosen_word_is_hidden_and_half_of_them_are_to_be_guessed(made_up: MadeUp) -> None:
    corpus, tokenizer = made_up
    rows = np.arange(len(corpus.repeats))
    batch = masked_batch(corpus, rows, vocabulary=len(tokenizer), seed=(1,), guesses=True)
    assert set(batch.ids.flatten()[batch.places].tolist()) == {_MASK_ID}
    assert batch.guessed is not None
    assert 0.4 < float(batch.guessed.float().mean()) < 0.6
    even = batch.even()
    assert even.guessed is not None
    assert len(even.guessed) == len(even.targets) == len(even.places)
    assert int(even.guessed.sum()) == int(batch.guessed.sum())


def test_guesses_are_drawn_with_the_models_probabilities(made_up: MadeUp, pretrained: Path) -> None:
    corpus, tokenizer = made_up
    guesser = Guesser.load(pretrained)
    rows = np.arange(len(corpus.repeats))
    batch = masked_batch(corpus, rows, vocabulary=len(tokenizer), seed=(1,), guesses=True)
    torch.manual_seed(0)
    drawn = [guesser.draw(batch) for _ in range(5)]
    right = float((torch.stack(drawn) == batch.targets).float().mean())
    # It has learnt these texts: right more often than by chance, and not always the same.
    assert right > 5 / len(tokenizer)
    assert not torch.equal(drawn[0], drawn[1])


def test_guesses_are_told_from_what_was_written(made_up: MadeUp, pretrained: Path) -> None:
    run = _run(made_up, pretrained)
    list(run.steps())
    corpus, tokenizer = made_up
    rows = np.arange(len(corpus.repeats))
    batch = masked_batch(corpus, rows, vocabulary=len(tokenizer), seed=(9,), guesses=True)
    assert batch.guessed is not None
    written = batch.ids.flatten().clone()
    written[batch.places] = batch.targets
    put = batch.places[batch.guessed]
    torch.manual_seed(0)
    shown = written.clone()
    shown[put] = torch.randint(len(SPECIALS), len(tokenizer), put.shape)
    with torch.no_grad():
        states = states_of(run.model, shown.view_as(batch.ids), batch)
        scores = run.detector(states.float()).squeeze(-1)
    wrong, plain = shown != written, shown >= len(SPECIALS)
    assert float(scores[wrong].mean()) > float(scores[~wrong & plain].mean()) + 1


def test_the_loss_counts_naming_and_telling(made_up: MadeUp, pretrained: Path) -> None:
    run = _run(made_up, pretrained)
    corpus, tokenizer = made_up
    batch = masked_batch(
        corpus, np.arange(8), vocabulary=len(tokenizer), seed=(2,), guesses=True
    ).even()
    assert int((batch.targets == NO_TARGET).sum()) > 0
    guesser = Guesser.load(pretrained)
    torch.manual_seed(0)
    unsure = float(guess_loss(run.model, run.detector, guesser, batch).detach())
    torch.manual_seed(0)
    with torch.no_grad():
        run.detector.bias.fill_(8.0)
    assert float(guess_loss(run.model, run.detector, guesser, batch).detach()) > unsure + 10


def test_a_resumed_run_equals_an_uninterrupted_one(
    made_up: MadeUp, pretrained: Path, tmp_path: Path
) -> None:
    whole = _run(made_up, pretrained)
    list(islice(whole.steps(), 12))
    first = _run(made_up, pretrained)
    list(islice(first.steps(), 5))
    first.save(tmp_path / "checkpoint.pt")
    torch.manual_seed(77)
    second = _run(made_up, pretrained)
    second.load(tmp_path / "checkpoint.pt")
    list(islice(second.steps(), 7))
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name]), name
    assert torch.equal(whole.detector.weight, second.detector.weight)


def test_a_run_without_guesses_is_not_resumed_with_them(
    made_up: MadeUp, pretrained: Path, tmp_path: Path
) -> None:
    _run(made_up, None).save(tmp_path / "checkpoint.pt")
    with pytest.raises(ModelError, match="resume with that"):
        _run(made_up, pretrained).load(tmp_path / "checkpoint.pt")
