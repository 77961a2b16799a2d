"""Windows of tokens with targets, padded into batches: what every encoder is trained from.

    Examples --pad to few shapes--> Batch (torch tensors)

An example answers at the places of its turns (a role token each) and, where its words are marked,
at every token of its last turn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from nlp_service.training.pretrain_tokens import FIRST_PLAIN_ID, MASKED, SPECIALS

_EVEN_WIDTH, _EVEN_ROWS = 16, 4  # few shapes: the CPU's matrix library compiles for every new one


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the target columns; `spoken` begin those that tokens are asked for."""

    names: tuple[str, ...]
    spoken: tuple[str, ...] = ()

    def mask(self, *groups: str) -> NDArray[np.float32]:
        """1 where a column belongs to one of `groups`, `(L,)`."""
        return np.array([name.startswith(groups) for name in self.names], np.float32)

    def targets(self, labels: Iterable[str]) -> NDArray[np.float32]:
        """0/1 by column, `(L,)`; labels without a column are dropped."""
        wanted = set(labels)
        return np.array([name in wanted for name in self.names], np.float32)


@dataclass(frozen=True, slots=True)
class Example:
    """One window: `turns` are (place, targets `(L,)`, mask `(L,)`); `tokens` the columns
    said by each token of the message; `weight` of the whole in the loss.
    """

    ids: tuple[int, ...]
    turns: tuple[tuple[int, NDArray[np.float32], NDArray[np.float32]], ...]
    first: int
    tokens: tuple[frozenset[int], ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded examples.

    `ids`, `attention` `(B, T)`; `places` `(N,)` into the flattened `(B * T,)` with `targets` and
    `masks` `(N, L)`; `token_places` `(M,)` with `token_targets` `(M, L)` and `token_weights`
    `(M,)`, which sum to the number of examples.
    """

    ids: torch.Tensor
    attention: torch.Tensor
    places: torch.Tensor
    targets: torch.Tensor
    masks: torch.Tensor
    token_places: torch.Tensor
    token_targets: torch.Tensor
    token_weights: torch.Tensor


def batch_of(examples: Sequence[Example], columns: int, pad: int) -> Batch:
    """Pad examples into one batch of few possible shapes."""
    width = _even(max(len(example.ids) for example in examples), _EVEN_WIDTH)
    ids = np.full((_even(len(examples), _EVEN_ROWS), width), pad, np.int64)
    places, targets, masks = [], [], []
    token_places, token_targets, token_weights = [], [], []
    for row, example in enumerate(examples):
        ids[row, : len(example.ids)] = example.ids
        for place, target, mask in example.turns:
            places.append(row * width + place)
            targets.append(target)
            masks.append(mask * example.weight)
        for number, said in enumerate(example.tokens):
            token_places.append(row * width + example.first + number)
            token_targets.append(list(said))
            token_weights.append(example.weight / len(example.tokens))
    token_rows = np.zeros((len(token_places), columns), np.float32)
    for number, numbers in enumerate(token_targets):
        token_rows[number, numbers] = 1.0
    return Batch(
        ids=torch.from_numpy(ids),
        attention=torch.from_numpy((ids != pad).astype(np.int64)),
        places=torch.tensor(places),
        targets=torch.from_numpy(np.array(targets)),
        masks=torch.from_numpy(np.array(masks, np.float32)),
        token_places=torch.tensor(token_places, dtype=torch.long),
        token_targets=torch.from_numpy(token_rows),
        token_weights=torch.tensor(token_weights, dtype=torch.float32),
    )


def with_hidden(batch: Batch, most: float, rng: np.random.Generator) -> Batch:
    """The same batch with words hidden at random; in each row a share between none and `most`.

    Roles and other special tokens stay. What a word says has to be read from the others too, so
    less is learnt by heart (as masked words are, Devlin et al. 2019).
    """
    share = rng.uniform(0, most, (len(batch.ids), 1))
    is_hit = torch.from_numpy(rng.random(batch.ids.shape) < share) & (batch.ids >= FIRST_PLAIN_ID)
    return replace(batch, ids=batch.ids.masked_fill(is_hit, SPECIALS.index(MASKED)))


def weighted(example: Example, weight: float) -> Example:
    """The same example counting `weight` times as much."""
    return replace(example, weight=weight)


def _even(size: int, step: int) -> int:
    return -(-size // step) * step
