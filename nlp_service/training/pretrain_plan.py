"""How long a pretraining run goes on and how fast it learns: budget, position in it, rate."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how to train; the run ends at `tokens` or `seconds`, whichever is first.

    Rate, warm-up, decay and batch size are usual values for a model of this size, not searched
    for. Four thousand tokens a batch give 2,800 steps over one epoch of the public data.
    """

    tokens: int
    seconds: float = math.inf
    batch_tokens: int = 4096
    peak_rate: float = 4e-3
    warm_up: float = 0.04
    weight_decay: float = 0.01
    clip: float = 1.0
    seed: int = 0
    save_every_s: float = 180.0
    measure_every_tokens: int = 500_000
    measured_passages: int = 512


@dataclass(slots=True)
class Position:
    """Where a run stands: `batch` is the next place in the order of `epoch`.

    `seconds` is wall time inside steps; a process that is stopped in a step goes on counting.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    tokens: int = 0
    seconds: float = 0.0

    def done(self, plan: Plan) -> float:
        """How much of the budget is spent, 0 to 1."""
        return min(1.0, max(self.tokens / plan.tokens, self.seconds / plan.seconds))


@dataclass(frozen=True, slots=True)
class Step:
    """What one step reports: mean loss in nats per hidden token before the step."""

    step: int
    loss: float
    tokens: int
    rate: float


def rate_at(done: float, plan: Plan) -> float:
    """Learning rate after the share `done` of the budget: linear up, then cosine down to 0."""
    if done < plan.warm_up:
        return plan.peak_rate * done / plan.warm_up + plan.peak_rate / 1000
    falling = (done - plan.warm_up) / (1 - plan.warm_up)
    return plan.peak_rate * 0.5 * (1 + math.cos(math.pi * min(falling, 1.0)))
