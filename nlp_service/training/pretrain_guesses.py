"""Telling guessed words from written ones, beside guessing hidden words.

    MaskedBatch -> a frozen masked language model fills half of the hidden words with its guesses
        -> the model under training names every hidden word and says of every token whether it was
           guessed

Replaced-token detection (Clark et al. 2020, ELECTRA) learns from every token, not from the hidden
seventh; naming the words beside it keeps the head of the masked language model.
"""

from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import ModernBertForMaskedLM

from nlp_service.training.pretrain_batches import NO_TARGET, MaskedBatch
from nlp_service.training.pretrain_tokens import MASKED, PAD, SPECIALS

_PAD_ID, _MASK_ID = SPECIALS.index(PAD), SPECIALS.index(MASKED)
_DETECTION_WEIGHT = 10.0  # about two nats beside the four of naming hidden words
_RARELY = -2.0  # log-odds that a token was guessed, before anything is learnt


class Guesser:
    """A frozen masked language model that draws a word for each hidden place."""

    def __init__(self, model: ModernBertForMaskedLM) -> None:
        self._model = model.requires_grad_(False)
        self._model.train(False)

    @classmethod
    def load(cls, directory: Path) -> "Guesser":
        """The pretrained encoder in `directory`."""
        return cls(
            ModernBertForMaskedLM.from_pretrained(
                directory, dtype=torch.float32, attn_implementation="eager"
            )
        )

    def to(self, device: torch.device) -> "Guesser":
        """The same guesser on another device."""
        self._model.to(device)  # type: ignore[arg-type]
        return self

    @torch.no_grad()
    def draw(self, batch: MaskedBatch) -> torch.Tensor:
        """Guesses `(M,)` at the places of `batch`, drawn with their probabilities."""
        logits = logits_at(self._model, states_of(self._model, batch.ids, batch), batch)
        # The largest of the logits with Gumbel noise is a draw from their softmax.
        return (logits - torch.empty_like(logits).exponential_().log()).argmax(-1)


def states_of(model: ModernBertForMaskedLM, ids: torch.Tensor, batch: MaskedBatch) -> torch.Tensor:
    """Hidden states `(B * T, H)` of `ids` `(B, T)` under the attention of `batch`."""
    with torch.autocast(ids.device.type, dtype=torch.bfloat16):
        states = model.model(input_ids=ids, attention_mask=batch.attention).last_hidden_state
    return torch.Tensor(states).flatten(0, 1)


def logits_at(
    model: ModernBertForMaskedLM, states: torch.Tensor, batch: MaskedBatch
) -> torch.Tensor:
    """Logits `(M, V)` of the hidden places only.

    At every place the head, 8,000 × 256, would cost more than two layers of the encoder.
    """
    with torch.autocast(states.device.type, dtype=torch.bfloat16):
        logits = model.decoder(model.head(states[batch.places]))
    assert isinstance(logits, torch.Tensor)
    return logits.float()


def detector(width: int) -> torch.nn.Linear:
    """The head that says of a token whether it was guessed; it is not exported."""
    head = torch.nn.Linear(width, 1)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.constant_(head.bias, _RARELY)
    return head


def guess_loss(
    model: ModernBertForMaskedLM, head: torch.nn.Linear, guesser: Guesser, batch: MaskedBatch
) -> torch.Tensor:
    """Loss of naming the hidden words of `batch` and of telling guesses from what was written."""
    ids, written = _filled(guesser, batch)
    states = states_of(model, ids, batch)
    naming = cross_entropy(logits_at(model, states, batch), batch.targets)
    with torch.autocast(states.device.type, dtype=torch.bfloat16):
        scores = head(states).squeeze(-1)
    shown = ids.flatten()
    told = (shown != _PAD_ID) & (shown != _MASK_ID)
    wrong = (shown != written)[told].float()
    return naming + _DETECTION_WEIGHT * binary_cross_entropy_with_logits(
        scores.float()[told], wrong
    )


def _filled(guesser: Guesser, batch: MaskedBatch) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids `(B, T)` with guesses in them, and `(B * T,)` what stood there."""
    assert batch.guessed is not None
    meant = batch.targets != NO_TARGET
    written = batch.ids.flatten().clone()
    written[batch.places[meant]] = batch.targets[meant]
    put = meant & batch.guessed
    ids = batch.ids.flatten().clone()
    ids[batch.places[put]] = guesser.draw(batch)[put]
    return ids.view_as(batch.ids), written
