"""Where in a review the text stands that a copy shares: spans for the moderator."""

import numpy as np
from numpy.typing import NDArray

from nlp_service.domain import Span
from nlp_service.reviews.together.comparable import (
    GRAM,
    Comparable,
    Hashes,
    comparable,
    gram_hashes,
    telling,
)
from nlp_service.reviews.together.minhash import sketch
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.together.wording import pieces, word_hash
from nlp_service.text.offsets import NormalizedText

_JOINED = 2  # characters between two words that are shown as one stretch


def shared_spans(normalized: NormalizedText, other: Seen) -> tuple[Span, ...]:
    """Half-open raw stretches that `other` has too; of a stored one only those it still shows."""
    form = comparable(normalized.text)
    if not form.form or other.signature is None:
        return ()
    is_shared = _shared_grams(form, other)
    is_covered = np.zeros(len(form.places), bool)
    for start in np.flatnonzero(is_shared):
        is_covered[start : start + GRAM] = True
    return tuple(_runs(normalized, form, is_covered))


def word_spans(normalized: NormalizedText, words: Hashes) -> tuple[Span, ...]:
    """Half-open raw stretches of these words (as in `Wording.words`), near ones joined."""
    wanted = set(words.tolist())
    found: list[tuple[int, int]] = []
    for start, end, word in pieces(normalized.text):
        if word_hash(word) not in wanted:
            continue
        if found and start - found[-1][1] <= _JOINED:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(normalized.raw_span(start, end) for start, end in found)


def _shared_grams(form: Comparable, other: Seen) -> NDArray[np.bool_]:
    """`(n,)`: whether the gram that begins here is shared."""
    grams, is_telling = gram_hashes(form.form), telling(form.form)
    is_shared = np.zeros(len(grams), bool)
    if other.grams is not None:
        return is_telling & np.isin(grams, other.grams)
    if is_telling.any():
        own = sketch(grams[is_telling])
        is_shared[np.flatnonzero(is_telling)[own.least[own.signature == other.signature]]] = True
    return is_shared


def _runs(
    normalized: NormalizedText, form: Comparable, is_covered: NDArray[np.bool_]
) -> list[Span]:
    edges = np.flatnonzero(np.diff(is_covered.astype(np.int8), prepend=0, append=0))
    starts, ends = edges[::2].tolist(), edges[1::2].tolist()
    return [
        normalized.raw_span(form.places[start], form.places[end - 1] + 1)
        for start, end in zip(starts, ends, strict=True)
    ]
