"""Hashed character n-grams of a text, the features of the linear models.

    text --utf-32--> code points --rolling hash--> one 64-bit key per n-gram, with its place

Boundary marks stand before and after the text so that "starts with" can be learnt. Context
features (category, stage …) are short strings hashed into the same key space.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # golden-ratio multiplier (Knuth, TAOCP 6.4)
_BOUNDARY = 0x2


def _codes(text: str) -> Keys:
    padded = chr(_BOUNDARY) + text + chr(_BOUNDARY)
    return np.frombuffer(padded.encode("utf-32-le"), dtype="<u4").astype(np.uint64)


def _mix(keys: Keys) -> Keys:
    keys = keys * _MULTIPLIER
    return keys ^ (keys >> np.uint64(29))


def ngram_keys(
    text: str, max_n: int, max_gap: int = 0
) -> tuple[Keys, NDArray[np.int32], NDArray[np.int32]]:
    """Keys of all 1..max_n-grams and of character pairs up to `max_gap` apart, with their places.

    Returns three arrays of equal length: keys, starts, ends (half-open code points of `text`,
    boundary marks clipped). `text` must hold no lone surrogate.
    """
    codes = _codes(text)
    keys, starts, widths = [], [], []
    for key, width in _grams(codes, max_n, max_gap):
        keys.append(key)
        starts.append(np.arange(len(key), dtype=np.int32) - 1)
        widths.append(np.full(len(key), width, np.int32))
    first = np.concatenate(starts)
    last = first + np.concatenate(widths)
    limit = len(text)
    return np.concatenate(keys), np.clip(first, 0, limit), np.clip(last, 0, limit)


def _grams(codes: Keys, max_n: int, max_gap: int) -> Iterator[tuple[Keys, int]]:
    """Keys of each kind of feature by its first place, and how many characters it covers."""
    yield from _ngrams(codes, max_n)
    # A pair with a gap ("验…发") ties words together whatever stands between them.
    first = _first_of_pair(codes)
    for gap in range(2, min(max_gap, len(codes) - 1) + 1):
        yield _mix(first[: len(codes) - gap] ^ codes[gap:]), gap + 1


def _ngrams(codes: Keys, max_n: int) -> Iterator[tuple[Keys, int]]:
    length = len(codes)
    rolling = np.full(length, np.uint64(0x5851F42D))
    for n in range(1, min(max_n, length) + 1):
        count = length - n + 1
        rolling = _mix(rolling[:count] ^ (codes[n - 1 :] + np.uint64(n)))
        yield rolling, n


def _first_of_pair(codes: Keys) -> Keys:
    return _mix(codes + np.uint64(0x27D4EB2F))


@lru_cache(maxsize=4096)
def context_key(feature: str) -> int:
    """Key of one context feature such as `stage=presale`."""
    key = np.full(1, np.uint64(0xC2B2AE3D))
    for code in np.frombuffer(feature.encode("utf-32-le"), dtype="<u4").astype(np.uint64):
        key = _mix(key ^ code)
    return int(key[0])


def ngram_keys_of_units(
    texts: Sequence[str], max_n: int, max_gap: int = 0
) -> tuple[Keys, NDArray[np.int64]]:
    """The keys that `ngram_keys` gives for each of several texts, in one pass, with the number of
    their text; in another order."""
    padded = [chr(_BOUNDARY) + text + chr(_BOUNDARY) for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    unit = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    keys, units = [], []
    for key, width in _ngrams(codes, max_n):
        inside = unit[: len(key)] == unit[width - 1 :]
        keys.append(key[inside])
        units.append(unit[: len(key)][inside])
    if max_gap >= 2:
        # All gaps at once: one row a gap, places beyond the end marked as another text.
        places = np.arange(len(codes)) + np.arange(2, max_gap + 1)[:, None]
        places = np.minimum(places, len(codes))
        closed = np.append(unit, -1)
        inside = closed[places] == unit
        second = np.append(codes, np.uint64(0))[places]
        keys.append(_mix(_first_of_pair(codes) ^ second)[inside])
        units.append(np.broadcast_to(unit, inside.shape)[inside])
    return np.concatenate(keys), np.concatenate(units)
