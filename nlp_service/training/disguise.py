"""Slips and disguises for training: the same message as a hurried or a sly hand would type it.

    token ids + their targets --homophones, pinyin, noise, loss--> ids + targets

What text.normalize undoes for certain is not repeated here; these are the ways that it cannot
undo, so the model has to read through them.
"""

from collections.abc import Sequence

import numpy as np
from pypinyin import Style, lazy_pinyin
from tokenizers import Tokenizer

from nlp_service.training.encoder_batches import Example

_NOISE = "~.·-*/|♥⭐ 、。^_"
# Shares of the characters hit: a slip of the hand anywhere, a disguise in the marked words.
_SLIPS, _DISGUISED = 0.04, 0.3
_SLIP_SHARE, _DISGUISE_SHARE = 0.2, 0.15  # of examples


class Disguiser:
    """Alters examples at random, targets along; the same generator gives the same result."""

    def __init__(self, tokenizer: Tokenizer, counts: Sequence[int]) -> None:
        """`counts` `(V,)` weigh homophones by how common they are."""
        vocabulary = tokenizer.get_vocab()
        self._sounds: dict[int, str] = {}
        by_sound: dict[str, list[int]] = {}
        for piece, number in vocabulary.items():
            if len(piece) == 1 and "一" <= piece <= "鿿" and counts[number] > 0:
                sound = lazy_pinyin(piece, style=Style.NORMAL)[0]
                self._sounds[number] = sound
                by_sound.setdefault(sound, []).append(number)
        self._homophones = {sound: sorted(numbers) for sound, numbers in by_sound.items()}
        self._weights = {
            sound: np.sqrt([counts[number] for number in numbers])
            for sound, numbers in self._homophones.items()
        }
        self._pinyin = {
            sound: tuple(tokenizer.encode(sound, add_special_tokens=False).ids)
            for sound in by_sound
        }
        self._noise = [vocabulary[sign] for sign in _NOISE if sign in vocabulary]

    def altered(self, example: Example, rng: np.random.Generator) -> Example:
        """The example itself, or a copy with slips (one in five) or disguised facts (15 %)."""
        draw = rng.random()
        if draw < _DISGUISE_SHARE:
            # Innocent messages are garbled as often: garbling alone must not mean a fact.
            return self._rewritten(example, rng, _DISGUISED, marked_only=any(example.tokens))
        if draw < _DISGUISE_SHARE + _SLIP_SHARE:
            return self._rewritten(example, rng, _SLIPS, marked_only=False)
        return example

    def _rewritten(
        self, example: Example, rng: np.random.Generator, share: float, *, marked_only: bool
    ) -> Example:
        ids: list[int] = []
        tokens: list[frozenset[int]] = []
        end = example.first + len(example.tokens)
        for number, said in zip(example.ids[example.first : end], example.tokens, strict=True):
            hit = rng.random() < share and (bool(said) or not marked_only)
            put = self._instead(number, rng) if hit else (number,)
            ids += put
            tokens += [said] * len(put)
        if not ids:
            return example
        return Example(
            (*example.ids[: example.first], *ids, *example.ids[end:]),
            example.turns,
            example.first,
            tuple(tokens),
            example.weight,
        )

    def _instead(self, number: int, rng: np.random.Generator) -> tuple[int, ...]:
        sound = self._sounds.get(number)
        way = rng.random()
        if sound is None or way < 0.3:
            return (number, int(rng.choice(self._noise)))
        if way < 0.75:
            return (self._homophone(sound, rng),)
        if way < 0.9:
            return self._pinyin[sound]
        return ()

    def _homophone(self, sound: str, rng: np.random.Generator) -> int:
        weights = self._weights[sound]
        return int(rng.choice(self._homophones[sound], p=weights / weights.sum()))
