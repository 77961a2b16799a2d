"""Fine-tunes an encoder: one token-classification head for turns and tokens.

    pretrained encoder + Examples --slips, disguises, hidden words; AdamW--> token classifier

At a role token the head answers for the turn, at a token of the message for that token. The mean
of the last epochs' weights is kept (stochastic weight averaging, Izmailov et al. 2018), and of
several fits from one start the mean of all (model soup, Wortsman et al. 2022), into which the start
itself may enter (Wortsman et al. 2022, robust fine-tuning).
"""

import json
import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import ModernBertForTokenClassification, PreTrainedTokenizerFast

from nlp_service.training.disguise import Disguiser
from nlp_service.training.encoder_batches import (
    Batch,
    Columns,
    Example,
    batch_of,
    with_hidden,
)
from nlp_service.training.pretrain_run import optimizers_of

# Inside the layers it would cost a third of the time (random numbers come from one thread), and
# disguises and the averaged epochs keep little data from being learnt by heart too.
_DROPOUT: dict[str, Any] = {
    "embedding_dropout": 0.1,
    "attention_dropout": 0.0,
    "mlp_dropout": 0.0,
    "classifier_dropout": 0.1,
}
Progress = Callable[[str], None]
PEAK_RATE = 1.2e-3
_State = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class FitPlan:
    """How to fine-tune; usual values for a model of this size, tried on the development voices.

    `hidden`: the most that is hidden of an example's words, from none on.
    """

    batch_tokens: int = 4096
    peak_rate: float = PEAK_RATE
    warm_up: float = 0.06
    weight_decay: float = 0.05
    token_weight: float = 0.5
    averaged_epochs: int = 2
    fits: int = 1
    start_share: float = 0.0
    hidden: float = 0.3
    seed: int = 0


def fit_encoder(
    pretrained: Path,
    tokenizer: PreTrainedTokenizerFast,
    epochs: Sequence[Sequence[Example]],
    columns: Columns,
    plan: FitPlan,
    *,
    disguiser: Disguiser | None = None,
    device: torch.device | None = None,
    progress: Progress = print,
) -> ModernBertForTokenClassification:
    """The fine-tuned model in evaluation mode after one pass over each of `epochs`.

    Of `plan.fits` fits from one start, each in its own process with its share of the threads, the
    weights are averaged; `progress` is then called there and must be a function of a module. The
    same seed gives the same weights.
    """
    device = device or torch.device("cpu")
    pad = int(tokenizer.pad_token_id or 0)
    given = (plan.seed, pretrained, pad, epochs, columns, disguiser, device, progress)
    plans = [replace(plan, seed=plan.seed + n) for n in range(plan.fits)]
    if len(plans) == 1:
        states = [_fitted(plans[0], *given)]
    else:
        threads = max(1, torch.get_num_threads() // len(plans))
        with ProcessPoolExecutor(len(plans), get_context("spawn"), _begin, (threads,)) as pool:
            runs = [pool.submit(_fitted, one, *given) for one in plans]
            states = [run.result() for run in runs]
    model = _model(pretrained, columns)
    model.load_state_dict(_mean(states))
    if plan.start_share:
        _mix_start(model, pretrained, columns, plan.start_share)
    model.eval()  # type: ignore[no-untyped-call]
    return model


def _begin(threads: int) -> None:
    """In a process of its own: so many threads, and an end when the parent ends."""
    torch.set_num_threads(threads)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _fitted(
    plan: FitPlan,
    start: int,
    pretrained: Path,
    pad: int,
    epochs: Sequence[Sequence[Example]],
    columns: Columns,
    disguiser: Disguiser | None,
    device: torch.device,
    progress: Progress,
) -> _State:
    """Weights of one fit; what `pretrained` does not know starts at random, by the seed `start`."""
    torch.manual_seed(start)
    model = _model(pretrained, columns)
    _start_rare(model, [example for examples in epochs for example in examples], columns)
    _keep_known(model, _stored(pretrained), pretrained, columns)
    torch.manual_seed(plan.seed)
    model.to(device).train()  # type: ignore[arg-type]
    optimizers = optimizers_of(model, plan.peak_rate, plan.weight_decay)
    fit = _Fit(model, optimizers, plan, columns, pad, device)
    total = sum(len(_order(examples, plan, 0)) for examples in epochs)
    kept: list[_State] = []
    step = 0
    for epoch, examples in enumerate(epochs):
        rng = np.random.default_rng((plan.seed, epoch))
        losses = []
        for rows in _order(examples, plan, epoch):
            chosen = [examples[row] for row in rows]
            if disguiser:
                chosen = [disguiser.altered(example, rng) for example in chosen]
            losses.append(fit.learn(chosen, min(step / total, 1.0), rng))
            step += 1
        named = f"seed {plan.seed}, epoch {epoch + 1} of {len(epochs)}"
        progress(f"{named}: loss {np.mean(losses):.4f}")
        if epoch >= len(epochs) - plan.averaged_epochs:
            kept.append({name: value.cpu().clone() for name, value in model.state_dict().items()})
    return _mean(kept)


def _model(pretrained: Path, columns: Columns) -> ModernBertForTokenClassification:
    model = ModernBertForTokenClassification.from_pretrained(
        pretrained,
        num_labels=len(columns.names),
        id2label=dict(enumerate(columns.names)),
        label2id={name: number for number, name in enumerate(columns.names)},
        attn_implementation="eager",
        ignore_mismatched_sizes=True,
        **_DROPOUT,
        dtype=torch.float32,
    )
    assert isinstance(model, ModernBertForTokenClassification)
    return model


@dataclass(slots=True)
class _Fit:
    model: ModernBertForTokenClassification
    optimizers: tuple[torch.optim.Optimizer, ...]
    plan: FitPlan
    columns: Columns
    pad: int
    device: torch.device

    def learn(self, examples: Sequence[Example], done: float, rng: np.random.Generator) -> float:
        batch = batch_of(examples, len(self.columns.names), self.pad)
        batch = with_hidden(batch, self.plan.hidden, rng)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = _rate(done, self.plan)
        loss = self._loss(batch) / len(examples)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.model.zero_grad(set_to_none=True)
        return float(loss.detach())

    def _loss(self, batch: Batch) -> torch.Tensor:
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            states = self.model.model(
                input_ids=batch.ids.to(self.device), attention_mask=batch.attention.to(self.device)
            ).last_hidden_state.flatten(0, 1)
            states = self.model.drop(self.model.head(states))
            turns = self.model.classifier(states[batch.places.to(self.device)]).float()
            tokens = self.model.classifier(states[batch.token_places.to(self.device)]).float()
        spoken = torch.from_numpy(self.columns.mask(*self.columns.spoken)).to(self.device)
        of_turns = binary_cross_entropy_with_logits(
            turns, batch.targets.to(self.device), reduction="none"
        )
        of_tokens = binary_cross_entropy_with_logits(
            tokens, batch.token_targets.to(self.device), reduction="none"
        )
        of_tokens = of_tokens * spoken * batch.token_weights.to(self.device)[:, None]
        of_turns = of_turns * batch.masks.to(self.device)
        return of_turns.sum() + self.plan.token_weight * of_tokens.sum()


def _start_rare(
    model: ModernBertForTokenClassification, examples: Sequence[Example], columns: Columns
) -> None:
    """Let the head begin at the frequency of each column: the loss starts near its entropy."""
    asked = np.full(len(columns.names), 1.0)
    said = np.full(len(columns.names), 0.5)
    for example in examples:
        for _, targets, mask in example.turns:
            asked += mask > 0
            said += targets * (mask > 0)
    share = np.clip(said / asked, 1e-4, 0.5)
    with torch.no_grad():
        model.classifier.bias.copy_(torch.from_numpy(np.log(share / (1 - share))))
        model.classifier.weight.mul_(0.5)


def _stored(source: Path) -> _State:
    return load_file(source / "model.safetensors")


def _keep_known(
    model: ModernBertForTokenClassification, stored: _State, source: Path, columns: Columns
) -> None:
    """Where `source` is fine-tuned already, its head goes on for the facts that both know."""
    if "classifier.weight" not in stored:
        return
    names = json.loads((source / "config.json").read_text(encoding="utf-8"))["id2label"]
    known = {name: int(number) for number, name in names.items()}
    pairs = [(n, known[name]) for n, name in enumerate(columns.names) if name in known]
    new, old = [n for n, _ in pairs], [o for _, o in pairs]
    with torch.no_grad():
        model.classifier.weight[new] = stored["classifier.weight"].float()[old]
        model.classifier.bias[new] = stored["classifier.bias"].float()[old]


def _mix_start(
    model: ModernBertForTokenClassification, start: Path, columns: Columns, share: float
) -> None:
    """Mix `share` of the weights that `start` knows into those of `model`."""
    fitted = {name: value.clone() for name, value in model.state_dict().items()}
    known = _stored(start)
    shared = {k: v for k, v in known.items() if k in fitted and not k.startswith("classifier.")}
    model.load_state_dict({**fitted, **shared})
    _keep_known(model, known, start, columns)
    begun = model.state_dict()
    model.load_state_dict({k: torch.lerp(fitted[k], begun[k], share) for k in fitted})


def _order(examples: Sequence[Example], plan: FitPlan, epoch: int) -> list[list[int]]:
    """Rows of each batch: shuffled, sorted by length within pools, at most `batch_tokens`."""
    rng = np.random.default_rng((plan.seed, 7, epoch))
    rows = rng.permutation(len(examples))
    batches: list[list[int]] = []
    for at in range(0, len(rows), 2048):
        pool = sorted(rows[at : at + 2048].tolist(), key=lambda row: len(examples[row].ids))
        batches += _cut([(row, len(examples[row].ids)) for row in pool], plan.batch_tokens)
    return [batches[number] for number in rng.permutation(len(batches))]


def _cut(rows: Sequence[tuple[int, int]], limit: int) -> Iterator[list[int]]:
    batch: list[int] = []
    for row, length in rows:
        if batch and (len(batch) + 1) * length > limit:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _rate(done: float, plan: FitPlan) -> float:
    if done < plan.warm_up:
        return plan.peak_rate * (done / plan.warm_up) + plan.peak_rate / 1000
    falling = (done - plan.warm_up) / (1 - plan.warm_up)
    return plan.peak_rate * max(0.05, 0.5 * (1 + math.cos(math.pi * falling)))


def _mean(states: Sequence[_State]) -> _State:
    return {
        name: torch.stack([state[name].float() for state in states]).mean(0).to(value.dtype)
        if value.is_floating_point()
        else value
        for name, value in states[0].items()
    }
