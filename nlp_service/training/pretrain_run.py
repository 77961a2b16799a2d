"""A pretraining run: model, optimiser, held-out loss, checkpoint.

    EncodedCorpus, Plan -> Run.steps() -> Step ...   Run.save / Run.load between any two steps

Uninterrupted or resumed, the same plan and seed give the same weights, as long as the budget is
in tokens; a budget in seconds depends on the machine.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import ModernBertConfig, ModernBertForMaskedLM

from nlp_service.errors import ClientError, ModelError
from nlp_service.inference.transcript import END, START
from nlp_service.training.pretrain_batches import (
    NO_TARGET,
    MaskedBatch,
    Rows,
    cut_by_tokens,
    epoch_order,
    masked_batch,
)
from nlp_service.training.pretrain_corpus import EncodedCorpus
from nlp_service.training.pretrain_plan import Plan, Position, Step, rate_at
from nlp_service.training.pretrain_tokens import (
    FIRST_PLAIN_ID,
    MAX_POSITIONS,
    PAD,
    SPECIALS,
)

_MEASURE_SEED = 1_000_003  # held-out texts are always masked in the same way


def encoder_config(vocabulary: int, **changes: Any) -> ModernBertConfig:
    """4 layers of 256 with 4 heads of 64, rotary positions, norms before, gated layers of 640.

    Plain BERT of the same size stood at a loss of 5.6 nats after 3.3 million tokens of this data,
    this shape with Muon at 5.1 (models/LOG.md). Eager attention: the backward pass of the fused
    one takes half of a step on a CPU.
    """
    shape: dict[str, Any] = {
        "hidden_size": 256,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "intermediate_size": 640,
        "global_attn_every_n_layers": 1,
        "max_position_embeddings": MAX_POSITIONS,
        "pad_token_id": SPECIALS.index(PAD),
        "cls_token_id": SPECIALS.index(START),
        "bos_token_id": SPECIALS.index(START),
        "sep_token_id": SPECIALS.index(END),
        "eos_token_id": SPECIALS.index(END),
        "attn_implementation": "eager",
        # A budget of about one pass repeats too little to overfit; the export sets it to 0.1.
        "embedding_dropout": 0.0,
        "attention_dropout": 0.0,
        "mlp_dropout": 0.0,
    }
    return ModernBertConfig(vocab_size=vocabulary, **{**shape, **changes})


def masked_logits(model: ModernBertForMaskedLM, batch: MaskedBatch) -> torch.Tensor:
    """Logits `(M, V)` of the hidden places only.

    At every place the head, 8,000 × 256, would cost more than two layers of the encoder.
    """
    kind = batch.ids.device.type
    with torch.autocast(kind, dtype=torch.bfloat16):
        states = model.model(input_ids=batch.ids, attention_mask=batch.attention).last_hidden_state
        logits = model.decoder(model.head(states.flatten(0, 1)[batch.places]))
    assert isinstance(logits, torch.Tensor)
    return logits.float()


@dataclass(slots=True)
class Run:
    """A model under training; `position` moves as `steps` is consumed."""

    corpus: EncodedCorpus
    plan: Plan
    config: ModernBertConfig
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    position: Position = field(default_factory=Position)
    model: ModernBertForMaskedLM = field(init=False)
    optimizers: tuple[torch.optim.Optimizer, ...] = field(init=False)

    def __post_init__(self) -> None:
        torch.manual_seed(self.plan.seed)
        self.model = ModernBertForMaskedLM(self.config)
        _start_from_frequencies(self.model, self.corpus)
        self.model.to(self.device).train()  # type: ignore[arg-type]
        self.optimizers = optimizers_of(self.model, self.plan.peak_rate, self.plan.weight_decay)

    def steps(self) -> Iterator[Step]:
        """Train until the budget is spent; the run may be saved between any two steps."""
        while self.position.done(self.plan) < 1:
            order = epoch_order(
                self.corpus,
                batch_tokens=self.plan.batch_tokens,
                seed=self.plan.seed,
                epoch=self.position.epoch,
            )
            while self.position.batch < len(order) and self.position.done(self.plan) < 1:
                yield self._step(order[self.position.batch])
            if self.position.batch >= len(order):
                self.position.epoch, self.position.batch = self.position.epoch + 1, 0

    def _step(self, rows: Rows) -> Step:
        begun = time.monotonic()
        batch = self._batch(rows, self.plan.seed, self.position.step)
        rate = rate_at(self.position.done(self.plan), self.plan)
        loss = self._learn(batch, rate)
        self.position.step += 1
        self.position.batch += 1
        self.position.tokens += batch.tokens
        self.position.seconds += time.monotonic() - begun
        return Step(self.position.step, loss, batch.tokens, rate)

    def _learn(self, batch: MaskedBatch, rate: float) -> float:
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
        loss = cross_entropy(masked_logits(self.model, batch), batch.targets)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.plan.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        self.model.zero_grad(set_to_none=True)
        return float(loss.detach())

    def _batch(self, rows: Rows, *seed: int) -> MaskedBatch:
        vocabulary = self.config.vocab_size
        batch = masked_batch(self.corpus, rows, vocabulary=vocabulary, seed=seed)
        return batch.even().to(self.device)

    @torch.no_grad()
    def measure(self, passages: Rows | None = None) -> dict[str, float]:
        """Held-out `loss` (nats per hidden token), `accuracy`, number of `hidden` tokens.

        `passages` are measured ones, a sample of `plan.measured_passages` when not given; without
        any there is nothing to report and the answer is empty.
        """
        if passages is None:
            passages = np.flatnonzero(self.corpus.repeats == 0)[:: self._measure_stride()]
        self.model.train(False)
        loss = right = hidden = 0.0
        for number, rows in enumerate(cut_by_tokens(passages, self.corpus.lengths, 8192)):
            batch = self._batch(rows, _MEASURE_SEED, number)
            logits = masked_logits(self.model, batch)
            loss += float(cross_entropy(logits, batch.targets, reduction="sum"))
            right += float((logits.argmax(-1) == batch.targets).sum())
            hidden += int((batch.targets != NO_TARGET).sum())
        self.model.train()
        if not hidden:
            return {}
        return {"loss": loss / hidden, "accuracy": right / hidden, "hidden": int(hidden)}

    def start_from(self, directory: Path) -> None:
        """Take the weights of an exported encoder; the optimizers begin anew.

        Raises ClientError when its vocabulary has another size.
        """
        found = ModernBertForMaskedLM.from_pretrained(directory, dtype=torch.float32)
        if found.config.vocab_size != self.config.vocab_size:
            raise ClientError(
                f"{directory.name} knows {found.config.vocab_size} pieces, "
                f"the encoded texts {self.config.vocab_size}; use an empty --out"
            )
        self.model.load_state_dict(found.state_dict())

    def save(self, path: Path) -> None:
        """Write everything a resumed run needs, whole or not at all."""
        state = {
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "position": asdict(self.position),
            "rng": torch.get_rng_state(),
            "order": self._order(),
        }
        unfinished = path.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(path)

    def load(self, path: Path) -> None:
        """Go on where `save` left off.

        Raises ModelError when the file does not fit this model or was written with another seed
        or batch size, which would show some texts twice and others never.
        """
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            written = state["order"]
            self.model.load_state_dict(state["model"])
            for optimizer, stored in zip(self.optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(stored)
        except (OSError, EOFError, KeyError, RuntimeError, ValueError, UnpicklingError) as error:
            raise ModelError(f"checkpoint {path.name} cannot be resumed: {error}") from error
        if written != self._order():
            raise ModelError(f"checkpoint {path.name} was written with {written}; resume with that")
        self.position = Position(**state["position"])
        torch.set_rng_state(state["rng"].cpu())

    def _order(self) -> dict[str, int]:
        return {"seed": self.plan.seed, "batch_tokens": self.plan.batch_tokens}

    def _measure_stride(self) -> int:
        return max(1, int((self.corpus.repeats == 0).sum()) // self.plan.measured_passages)


def _start_from_frequencies(model: ModernBertForMaskedLM, corpus: EncodedCorpus) -> None:
    """Let the head's bias begin at the log frequency of each piece.

    The loss then begins near their entropy (6.4 nats on the public data), not at ln V = 9.0.
    """
    size = model.config.vocab_size
    counts = np.bincount(corpus.ids, minlength=size)[:size].astype(np.float64)
    counts[:FIRST_PLAIN_ID] = 0
    bias = np.log((counts + 0.5) / (counts + 0.5).sum())
    with torch.no_grad():
        model.decoder.bias.copy_(torch.from_numpy(bias))


def optimizers_of(
    model: torch.nn.Module, rate: float, weight_decay: float
) -> tuple[torch.optim.Optimizer, ...]:
    """Muon (Jordan et al. 2024) for the matrices inside, AdamW for embeddings, norms and heads.

    After 0.3 million tokens Muon stood at 5.84 nats, AdamW at the same rate at 6.27.
    """
    inner = [p for name, p in model.named_parameters() if p.ndim == 2 and "layers." in name]
    known = {id(p) for p in inner}
    others = [p for p in model.parameters() if id(p) not in known]
    muon = torch.optim.Muon(
        inner, lr=rate, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"
    )
    adam = torch.optim.AdamW(
        others, lr=rate, betas=(0.9, 0.98), weight_decay=weight_decay, fused=True
    )
    return muon, adam
