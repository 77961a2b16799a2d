"""Masked-language-model pretraining of the small Chinese encoder; fine-tuning is elsewhere.

    data, corpora -> tokenizer, EncodedCorpus (kept in --out) -> Run.steps() -> checkpoint.pt
                  -> --export: model.safetensors (float16), config, tokenizer, metrics.json

    python -m nlp_service.training.pretrain --data DIR --corpus corpora/chat --out DIR
        --tokens 12000000 --threads 2 [--resume] [--start models/encoder/4] [--export DIR]

SIGTERM and Ctrl-C end the run after the step at hand, with a checkpoint; `--resume` goes on. On
a busy machine set OMP_WAIT_POLICY=PASSIVE: with threads that spin while they wait, a run on a
shared one fell from 2,700 to 508 tokens a second (tried for 20 seconds each).
"""

import json
import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import numpy as np
import torch
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from transformers import PreTrainedTokenizerFast

from nlp_service.errors import ClientError
from nlp_service.inference.artifact import write_json
from nlp_service.training.pretrain_corpus import EncodedCorpus, encode, read_passages
from nlp_service.training.pretrain_plan import Plan
from nlp_service.training.pretrain_run import Run, encoder_config
from nlp_service.training.pretrain_tokens import load_tokenizer, tokenizer_of

CHECKPOINT, LOG, ENCODED, TOKENIZER = "checkpoint.pt", "log.jsonl", "encoded.npz", "tokenizer"
_LOGGED_EVERY_STEPS = 20
# A model that ships stays under this.
MAX_EXPORT_BYTES = 16 * 2**20
# Little labelled data is learnt by heart without it; pretraining itself goes without.
FINE_TUNING_DROPOUT = {"embedding_dropout": 0.1, "attention_dropout": 0.1, "mlp_dropout": 0.1}


def prepare(
    data_dir: Path, corpus_dir: Path | None, out_dir: Path, *, start: Path | None = None
) -> tuple[EncodedCorpus, PreTrainedTokenizerFast]:
    """Tokenizer and encoded passages, made once and kept in `out_dir`.

    The tokenizer is that of the encoder in `start`, else made from the passages. Raises
    ClientError when `data_dir` holds no data.
    """
    if (out_dir / ENCODED).is_file():
        return EncodedCorpus.load(out_dir / ENCODED), load_tokenizer(out_dir / TOKENIZER)
    passages = list(read_passages(data_dir, corpus_dir))
    if start is not None:
        tokenizer = load_tokenizer(start)
    else:
        # Measured passages are unseen by the vocabulary too.
        tokenizer = tokenizer_of(t for p in passages if not p.is_measured for _, t in p.turns)
    tokenizer.save_pretrained(out_dir / TOKENIZER)
    corpus = encode(passages, tokenizer)
    corpus.save(out_dir / ENCODED)
    return corpus, tokenizer


def train(run: Run, out_dir: Path, *, is_stopped: Callable[[], bool]) -> bool:
    """Train until the budget is spent or `is_stopped`; whether the budget is spent.

    Writes checkpoints and `log.jsonl` into `out_dir`; shows loss and tokens a second.
    """
    diary = _Diary(run, out_dir)
    with _progress() as bar:
        shown = bar.add_task("pretraining", total=1.0, loss=math.nan, rate=0.0)
        for step in run.steps():
            diary.take(step.loss)
            bar.update(
                shown,
                completed=run.position.done(run.plan),
                loss=diary.loss,
                rate=diary.tokens_per_s,
            )
            if is_stopped():
                break
    diary.measure()
    run.save(out_dir / CHECKPOINT)
    return run.position.done(run.plan) >= 1


class _Diary:
    """Logs, measures and saves at their times while a run goes on."""

    def __init__(self, run: Run, out_dir: Path) -> None:
        self._run, self._out = run, out_dir
        self._saved_at = time.monotonic()
        self._measured = run.position.tokens // run.plan.measure_every_tokens
        self._losses: list[float] = []
        self._since = (time.monotonic(), run.position.tokens)
        self.loss, self.tokens_per_s = math.nan, 0.0

    def take(self, loss: float) -> None:
        """Note one step's loss; write what is due."""
        self._losses.append(loss)
        if len(self._losses) == _LOGGED_EVERY_STEPS:
            self.loss, self.tokens_per_s = float(np.mean(self._losses)), self._newest_speed()
            self._log(train_loss=self.loss, tokens_per_s=self.tokens_per_s)
            self._losses.clear()
        due = self._run.position.tokens // self._run.plan.measure_every_tokens
        if due > self._measured:
            self._measured = due
            self.measure()
        if time.monotonic() - self._saved_at > self._run.plan.save_every_s:
            self._run.save(self._out / CHECKPOINT)
            self._saved_at = time.monotonic()

    def measure(self) -> None:
        """Log the held-out loss and accuracy."""
        measured = self._run.measure()
        self._log(**{f"held_out_{name}": value for name, value in measured.items()})

    def _newest_speed(self) -> float:
        then, tokens = self._since
        self._since = (time.monotonic(), self._run.position.tokens)
        return (self._run.position.tokens - tokens) / max(time.monotonic() - then, 1e-9)

    def _log(self, **figures: float) -> None:
        at = self._run.position
        line = {"step": at.step, "epoch": at.epoch, "tokens": at.tokens, "seconds": at.seconds}
        with (self._out / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps({k: round(v, 4) for k, v in (line | figures).items()}) + "\n")


def export(run: Run, tokenizer: PreTrainedTokenizerFast, directory: Path) -> dict[str, Any]:
    """Write float16 weights, config, tokenizer and metrics.json; returns the metrics.

    `directory` loads with `AutoModel` and `AutoTokenizer`. Raises ClientError above 16 MiB.
    """
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(directory)
    model = deepcopy(run.model).cpu().half()  # type: ignore[no-untyped-call]
    model.config.update(FINE_TUNING_DROPOUT)
    model.save_pretrained(directory)
    # safetensors writes for its owner only; a service of another user must read it.
    (directory / "model.safetensors").chmod(0o644)
    _load_as_float32(directory / "config.json")
    size = sum(path.stat().st_size for path in directory.iterdir())
    if size > MAX_EXPORT_BYTES:
        raise ClientError(f"the export takes {size} bytes, more than {MAX_EXPORT_BYTES}")
    metrics = metrics_of(run)
    write_json(directory / "metrics.json", metrics)
    return metrics


def _load_as_float32(config: Path) -> None:
    """Half precision is for the disk: whoever fine-tunes needs float32 weights."""
    stored = json.loads(config.read_text(encoding="utf-8"))
    write_json(config, {**stored, "dtype": "float32"})


def metrics_of(run: Run) -> dict[str, Any]:
    """Budget spent, sizes, and held-out figures over all measured passages and by source."""
    corpus, at = run.corpus, run.position
    measured = np.flatnonzero(corpus.repeats == 0)
    by_source = {
        str(corpus.source_names[number]): _rounded(
            run.measure(measured[corpus.source[measured] == number])
        )
        for number in np.unique(corpus.source[measured])
    }
    return {
        "seed": run.plan.seed,
        "parameters": sum(p.numel() for p in run.model.parameters()),
        "vocabulary": run.config.vocab_size,
        "steps": at.step,
        "epochs": at.epoch,
        "tokens_seen": at.tokens,
        "tokens_of_one_epoch": int((corpus.lengths * corpus.repeats).sum()),
        "seconds": round(at.seconds),
        "tokens_per_s": round(at.tokens / max(at.seconds, 1e-9)),
        "held_out": _rounded(run.measure(measured)),
        "held_out_by_source": by_source,
    }


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:.1f} %"),
        TextColumn("loss {task.fields[loss]:.3f}  {task.fields[rate]:,.0f} tokens/s"),
        TimeElapsedColumn(),
        refresh_per_second=1,
    )


@contextmanager
def _stop_signals() -> Iterator[Callable[[], bool]]:
    """Whether SIGTERM or Ctrl-C came while inside; the old handlers come back after."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(
    data: Annotated[Path, typer.Option(help="Folder of *.jsonl.gz texts")],
    out: Annotated[Path, typer.Option(help="Folder of checkpoint, log and encoded texts")],
    corpus: Annotated[Path | None, typer.Option(help="Folder of *.jsonl chat records")] = None,
    tokens: Annotated[int, typer.Option(help="Budget in tokens")] = 12_000_000,
    seconds: Annotated[float, typer.Option(help="Budget in seconds of training")] = math.inf,
    threads: Annotated[int, typer.Option(help="CPU threads")] = 2,
    seed: Annotated[int, typer.Option(help="The same seed gives the same run")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint")] = False,
    start: Annotated[
        Path | None, typer.Option(help="Encoder to go on with, rate and budget anew")
    ] = None,
    rate: Annotated[float, typer.Option(help="Highest learning rate")] = 4e-3,
    export_to: Annotated[Path | None, typer.Option("--export", help="Write the model here")] = None,
) -> None:
    """Pretrain the encoder, or go on with it; export once the budget is spent."""
    torch.set_num_threads(threads)
    out.mkdir(parents=True, exist_ok=True)
    encoded, tokenizer = prepare(data, corpus, out, start=start)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    plan = Plan(tokens=tokens, seconds=seconds, seed=seed, peak_rate=rate)
    run = Run(encoded, plan, encoder_config(len(tokenizer)), device)
    if resume and (out / CHECKPOINT).is_file():
        run.load(out / CHECKPOINT)
    elif start is not None:
        run.start_from(start)
    with _stop_signals() as is_stopped:
        is_complete = train(run, out, is_stopped=is_stopped)
    if is_complete and export_to is not None:
        export(run, tokenizer, export_to)


if __name__ == "__main__":
    typer.run(main)
