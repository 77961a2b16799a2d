"""A run: loss falls, resuming changes nothing, the export loads, a signal ends it tidily."""

import dataclasses
import json
import os
import signal
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
import typer
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer, PreTrainedTokenizerFast
from typer.testing import CliRunner

from nlp_service.errors import ClientError, ModelError
from nlp_service.training import pretrain
from nlp_service.training.pretrain import export, main, prepare, train
from nlp_service.training.pretrain_corpus import EncodedCorpus
from nlp_service.training.pretrain_plan import Plan
from nlp_service.training.pretrain_run import Run, encoder_config
from tests.training.pretrain_texts import REVIEWS, review_corpus, tiny_config, write_rows

_PLAN = Plan(tokens=60_000, batch_tokens=256, peak_rate=5e-2, measure_every_tokens=4000)


@pytest.fixture(scope="module")
def made_up(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[EncodedCorpus, PreTrainedTokenizerFast]:
    return review_corpus(Path(tmp_path_factory.mktemp("data")))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny matrices gain nothing from threads, and on a busy machine wait long for them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _run(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast], plan: Plan = _PLAN, dropout: float = 0.0
) -> Run:
    corpus, tokenizer = made_up
    return Run(corpus, plan, tiny_config(len(tokenizer), mlp_dropout=dropout))


def _never() -> bool:
    return False


def test_loss_falls(made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast]) -> None:
    losses = [step.loss for step in _run(made_up).steps()]
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:5])


def test_a_run_ends_at_its_budget(made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast]) -> None:
    run = _run(made_up, dataclasses.replace(_PLAN, tokens=2000))
    tokens = [step.tokens for step in run.steps()]
    assert sum(tokens) == run.position.tokens
    assert 2000 <= sum(tokens) < 2000 + 256
    assert list(run.steps()) == []
    short = _run(made_up, dataclasses.replace(_PLAN, seconds=1e-6))
    assert len(list(short.steps())) == 1


@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_a_resumed_run_equals_an_uninterrupted_one(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast], tmp_path: Path, dropout: float
) -> None:
    whole = _run(made_up, dropout=dropout)
    expected = [step.loss for step in islice(whole.steps(), 40)]
    first = _run(made_up, dropout=dropout)
    losses = [step.loss for step in islice(first.steps(), 23)]
    first.save(tmp_path / "checkpoint.pt")
    resumed = _run(made_up, dropout=dropout)
    torch.manual_seed(99)
    resumed.load(tmp_path / "checkpoint.pt")
    losses += [step.loss for step in islice(resumed.steps(), 17)]
    assert losses == expected
    assert resumed.position.epoch == whole.position.epoch > 0
    for name, weights in whole.model.state_dict().items():
        assert torch.equal(weights, resumed.model.state_dict()[name]), name


def test_another_seed_gives_another_run(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast],
) -> None:
    one, other = _run(made_up), _run(made_up, dataclasses.replace(_PLAN, seed=1))
    assert next(one.steps()).loss != next(other.steps()).loss


@pytest.mark.parametrize("change", [{"seed": 1}, {"batch_tokens": 128}])
def test_a_checkpoint_of_another_order_is_refused(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast], tmp_path: Path, change: dict[str, int]
) -> None:
    _run(made_up).save(tmp_path / "checkpoint.pt")
    with pytest.raises(ModelError, match="'seed': 0, 'batch_tokens': 256"):
        _run(made_up, dataclasses.replace(_PLAN, **change)).load(tmp_path / "checkpoint.pt")


def test_a_broken_checkpoint_is_a_model_error(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast], tmp_path: Path
) -> None:
    path = tmp_path / "checkpoint.pt"
    for content in (b"", b"no checkpoint"):
        path.write_bytes(content)
        with pytest.raises(ModelError, match=r"checkpoint\.pt cannot be resumed"):
            _run(made_up).load(path)
    wider = Run(made_up[0], _PLAN, tiny_config(len(made_up[1]), hidden_size=64))
    wider.save(path)
    with pytest.raises(ModelError, match=r"checkpoint\.pt cannot be resumed"):
        _run(made_up).load(path)


def test_the_head_starts_at_the_frequencies(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast],
) -> None:
    run = _run(made_up)
    counts = np.bincount(run.corpus.ids)
    counts[:16] = 0
    bias = run.model.decoder.bias
    assert int(bias.argmax()) == int(counts.argmax())
    embeddings = run.model.model.embeddings.tok_embeddings
    assert run.model.decoder.weight is embeddings.weight


def test_measuring_repeats_itself_and_trains_nothing(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast],
) -> None:
    run = _run(made_up, dropout=0.2)
    assert int((run.corpus.repeats == 0).sum()) > 0
    before = run.model.decoder.bias.clone()
    first = run.measure()
    assert first == run.measure()
    assert first["hidden"] > 0
    assert 0 <= first["accuracy"] <= 1
    assert torch.equal(before, run.model.decoder.bias)
    assert run.model.training
    assert run.measure(np.empty(0, np.int64)) == {}


def test_training_logs_saves_and_learns_held_out_texts(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast], tmp_path: Path
) -> None:
    plan = dataclasses.replace(_PLAN, save_every_s=0.0)
    run = _run(made_up, plan)
    untrained = run.measure()
    assert train(run, tmp_path, is_stopped=_never)
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    log = [json.loads(line) for line in lines]
    held_out = [line["held_out_loss"] for line in log if "held_out_loss" in line]
    assert len(held_out) == 60_000 // 4000 + 1
    assert held_out[-1] < 0.8 * untrained["loss"]
    speeds = [line["tokens_per_s"] for line in log if "tokens_per_s" in line]
    assert speeds
    assert min(speeds) > 0
    assert log[-1]["step"] == run.position.step
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_a_stopped_run_leaves_a_checkpoint_and_is_not_complete(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast], tmp_path: Path
) -> None:
    run = _run(made_up)
    assert not train(run, tmp_path, is_stopped=lambda: run.position.step >= 3)
    resumed = _run(made_up)
    resumed.load(tmp_path / "checkpoint.pt")
    assert resumed.position == run.position
    assert resumed.position.step == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_noted_and_handlers_come_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pretrain._stop_signals() as is_stopped:
        assert not is_stopped()
        os.kill(os.getpid(), number)
        assert is_stopped()
    assert signal.getsignal(number) is before


def test_export_loads_and_gives_hidden_states(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast], tmp_path: Path
) -> None:
    run = _run(made_up)
    list(islice(run.steps(), 5))
    metrics = export(run, made_up[1], tmp_path / "1")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "1")
    model = AutoModel.from_pretrained(tmp_path / "1")
    inputs = tokenizer(["质量不错", "发货太慢了,客服"], padding=True, return_tensors="pt")
    states = model(**inputs).last_hidden_state
    assert states.shape == (2, 10, 32)
    assert states.dtype == torch.float32
    assert model.config.mlp_dropout == 0.1
    stored = json.loads((tmp_path / "1" / "metrics.json").read_text(encoding="utf-8"))
    assert stored == metrics
    assert stored["tokens_seen"] == run.position.tokens
    assert stored["held_out"]["hidden"] > 0
    assert stored["held_out_by_source"] == {"reviews_made_up": stored["held_out"]}


def test_export_is_half_precision_with_its_head_and_leaves_the_run_alone(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast], tmp_path: Path
) -> None:
    run = _run(made_up)
    list(islice(run.steps(), 5))
    weights = {name: w.clone() for name, w in run.model.state_dict().items()}
    export(run, made_up[1], tmp_path)
    size = (tmp_path / "model.safetensors").stat().st_size
    parameters = sum(p.numel() for p in run.model.parameters())
    assert 2 * parameters <= size < 2 * parameters + 10_000
    assert (tmp_path / "model.safetensors").stat().st_mode & 0o777 == 0o644
    again = AutoModelForMaskedLM.from_pretrained(tmp_path).state_dict()
    for name, before in weights.items():
        assert torch.equal(run.model.state_dict()[name], before), name
        assert torch.equal(again[name], before.half().float()), name
    assert run.config.mlp_dropout == 0.0


def test_an_export_too_large_is_refused(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pretrain, "MAX_EXPORT_BYTES", 1000)
    with pytest.raises(ClientError, match="bytes, more than 1000"):
        export(_run(made_up), made_up[1], tmp_path)
    assert not (tmp_path / "metrics.json").exists()


def test_the_shipped_shape_stays_under_its_limit() -> None:
    run = Run(_one_passage(), _PLAN, encoder_config(8192))
    parameters = sum(p.numel() for p in run.model.parameters())
    assert 2 * parameters < pretrain.MAX_EXPORT_BYTES - 2**20  # a tokenizer takes less than one


def _one_passage() -> EncodedCorpus:
    return EncodedCorpus(
        ids=np.array([2, 30, 3], np.uint16),
        word_starts=np.ones(3, np.bool_),
        bounds=np.array([0, 3]),
        source=np.zeros(1, np.uint8),
        repeats=np.ones(1, np.uint8),
        source_names=np.array(["made up"]),
    )


def test_prepared_texts_are_kept(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    out.mkdir()
    write_rows(data, "reviews_made_up", REVIEWS)
    corpus, tokenizer = prepare(data, None, out)
    (data / "reviews_made_up.jsonl.gz").unlink()
    again, same = prepare(data, None, out)
    np.testing.assert_array_equal(again.ids, corpus.ids)
    assert same.get_vocab() == tokenizer.get_vocab()


def _app() -> typer.Typer:
    app = typer.Typer()
    app.command()(main)
    return app


def test_the_command_trains_resumes_and_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretrain, "encoder_config", tiny_config)
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    write_rows(data, "reviews_made_up", REVIEWS)

    def call(*more: str) -> int:
        threads = str(torch.get_num_threads())
        given = ["--data", str(data), "--out", str(out), "--threads", threads, *more]
        result = CliRunner().invoke(_app(), given, catch_exceptions=False)
        return result.exit_code

    assert call("--tokens", "3000") == 0
    steps = _last_step(out)
    assert call("--tokens", "6000", "--resume", "--export", str(tmp_path / "1")) == 0
    assert _last_step(out) > steps
    metrics = json.loads((tmp_path / "1" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["steps"] == _last_step(out)
    assert metrics["tokens_seen"] >= 6000


def _last_step(out: Path) -> int:
    lines = (out / "log.jsonl").read_text(encoding="utf-8").splitlines()
    step = json.loads(lines[-1])["step"]
    assert isinstance(step, int)
    return step


def test_a_run_goes_on_with_an_exported_encoder(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast], tmp_path: Path
) -> None:
    first = _run(made_up)
    list(islice(first.steps(), 60))
    export(first, made_up[1], tmp_path / "1")
    fresh, gone_on = _run(made_up), _run(made_up)
    gone_on.start_from(tmp_path / "1")
    assert gone_on.measure()["loss"] < fresh.measure()["loss"]
    assert gone_on.position.tokens == 0


def test_an_encoder_of_another_vocabulary_is_refused(
    made_up: tuple[EncodedCorpus, PreTrainedTokenizerFast], tmp_path: Path
) -> None:
    export(_run(made_up), made_up[1], tmp_path / "1")
    other = Run(made_up[0], _PLAN, tiny_config(len(made_up[1]) + 8))
    with pytest.raises(ClientError, match="use an empty --out"):
        other.start_from(tmp_path / "1")


def test_a_stop_before_the_end_exports_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(run: Run, out_dir: Path, *, is_stopped: Callable[[], bool]) -> bool:
        os.kill(os.getpid(), signal.SIGTERM)
        return train(run, out_dir, is_stopped=is_stopped)

    monkeypatch.setattr(pretrain, "encoder_config", tiny_config)
    monkeypatch.setattr(pretrain, "train", stopped)
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    write_rows(data, "reviews_made_up", REVIEWS)
    main(data, out, tokens=100_000, threads=torch.get_num_threads(), export_to=tmp_path / "1")
    assert _last_step(out) == 1
    assert (out / "checkpoint.pt").is_file()
    assert not (tmp_path / "1").exists()
