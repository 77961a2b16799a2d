"""Batches of masked passages: bucketed by length, whole words hidden, the same for the same seed.

    EncodedCorpus -> order of an epoch (rows of passage numbers) -> MaskedBatch (torch tensors)

Every batch is a function of seed, epoch and place, so a resumed run meets the batches that an
uninterrupted one would have met.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import pad

from nlp_service.training.pretrain_corpus import EncodedCorpus
from nlp_service.training.pretrain_tokens import FIRST_PLAIN_ID, MASKED, PAD, SPECIALS

# Devlin et al. 2019: 15 % of the tokens; of those 80 % hidden, 10 % replaced, 10 % left.
_SHARE, _HIDDEN, _REPLACED = 0.15, 0.8, 0.1
# Passages sorted by length among this many: padding stays near 2 %, and order stays random.
_POOL = 4096
# The CPU's matrix library compiles for every new shape; few shapes double the speed.
_EVEN_WIDTH, _EVEN_ROWS, _EVEN_PLACES = 16, 8, 64
NO_TARGET = -100  # what the loss leaves out
_PAD_ID, _MASK_ID = SPECIALS.index(PAD), SPECIALS.index(MASKED)

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MaskedBatch:
    """`ids` and `attention` `(B, T)`; `places` `(M,)` into the flattened `(B * T,)`, `targets`
    `(M,)` the ids that stood there; `tokens` counts what is not padding.
    """

    ids: torch.Tensor
    attention: torch.Tensor
    places: torch.Tensor
    targets: torch.Tensor
    tokens: int

    def even(self) -> "MaskedBatch":
        """The same batch padded to one of few shapes; places without a target fill up `places`."""
        height, width = self.ids.shape
        rows = (0, -width % _EVEN_WIDTH, 0, -height % _EVEN_ROWS)
        ids = pad(self.ids, rows, value=_PAD_ID)
        surplus = (0, -len(self.places) % _EVEN_PLACES)
        places = self.places // width * ids.shape[1] + self.places % width
        return MaskedBatch(
            ids=ids,
            attention=pad(self.attention, rows),
            places=pad(places, surplus),
            targets=pad(self.targets, surplus, value=NO_TARGET),
            tokens=self.tokens,
        )

    def to(self, device: torch.device) -> "MaskedBatch":
        """The same batch on another device."""
        return MaskedBatch(
            ids=self.ids.to(device),
            attention=self.attention.to(device),
            places=self.places.to(device),
            targets=self.targets.to(device),
            tokens=self.tokens,
        )


def epoch_order(corpus: EncodedCorpus, *, batch_tokens: int, seed: int, epoch: int) -> list[Rows]:
    """Passage numbers of each batch of one epoch; oversampled passages come up several times."""
    rng = np.random.default_rng((seed, epoch))
    rows = np.repeat(np.arange(len(corpus.repeats)), corpus.repeats)
    rng.shuffle(rows)
    batches: list[Rows] = []
    for at in range(0, len(rows), _POOL):
        batches += cut_by_tokens(rows[at : at + _POOL], corpus.lengths, batch_tokens)
    return [batches[number] for number in rng.permutation(len(batches))]


def cut_by_tokens(rows: Rows, lengths: NDArray[np.int64], batch_tokens: int) -> list[Rows]:
    """Rows sorted by length and cut so that each padded batch has at most `batch_tokens`.

    A row longer than that is a batch of its own.
    """
    ordered = rows[np.argsort(lengths[rows], kind="stable")]
    batches: list[Rows] = []
    start = 0
    for at in range(1, len(ordered) + 1):
        is_last = at == len(ordered)
        if is_last or (at + 1 - start) * lengths[ordered[at]] > batch_tokens:
            batches.append(ordered[start:at])
            start = at
    return batches


def masked_batch(
    corpus: EncodedCorpus, rows: Rows, *, vocabulary: int, seed: Sequence[int]
) -> MaskedBatch:
    """The passages `rows`, padded, with whole words hidden as `seed` decides."""
    rng = np.random.default_rng(seed)
    ids, starts = _padded(corpus, rows)
    hidden, word = _chosen_words(ids, starts, rng)
    places = np.flatnonzero(hidden)
    targets = ids.ravel()[places]
    fate = rng.random(int(word.max()) + 1)[word.ravel()[places]]  # one fate for a whole word
    other = rng.integers(FIRST_PLAIN_ID, vocabulary, len(places))
    shown = np.where(fate < _HIDDEN, _MASK_ID, np.where(fate < _HIDDEN + _REPLACED, other, targets))
    read = ids.copy()
    read.ravel()[places] = shown
    attention = ids != _PAD_ID
    return MaskedBatch(
        ids=torch.from_numpy(read),
        attention=torch.from_numpy(attention.astype(np.int64)),
        places=torch.from_numpy(places),
        targets=torch.from_numpy(targets),
        tokens=int(attention.sum()),
    )


def _padded(corpus: EncodedCorpus, rows: Rows) -> tuple[Rows, NDArray[np.bool_]]:
    width = int(corpus.lengths[rows].max())
    ids = np.full((len(rows), width), _PAD_ID, np.int64)
    starts = np.ones((len(rows), width), np.bool_)
    for row, passage in enumerate(rows):
        start, end = corpus.bounds[passage], corpus.bounds[passage + 1]
        ids[row, : end - start] = corpus.ids[start:end]
        starts[row, : end - start] = corpus.word_starts[start:end]
    return ids, starts


def _chosen_words(
    ids: Rows, starts: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[NDArray[np.bool_], Rows]:
    """Which tokens are to be guessed, `(B, T)`, and the number of each token's word.

    Words of a row are taken in random order until 15 % of its tokens are reached, one word at
    least. A word with a special or unknown token is never taken.
    """
    word = np.cumsum(starts.ravel()) - 1
    draw = rng.random(int(word[-1]) + 1)
    draw[word[ids.ravel() < FIRST_PLAIN_ID]] = 2.0
    score = draw[word].reshape(ids.shape)
    order = np.argsort(score, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    first = np.full(len(draw), ids.shape[1])
    np.minimum.at(first, word, rank.ravel())
    plain = (ids >= FIRST_PLAIN_ID).sum(axis=1, keepdims=True)
    # A word's first rank says how many tokens were taken before it.
    taken = (first[word].reshape(ids.shape) < np.maximum(_SHARE * plain - 0.5, 0.5)) & (score < 2.0)
    return taken, word.reshape(ids.shape)
