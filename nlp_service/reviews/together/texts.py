"""The different texts of an index, frozen: which of them are nearly the text in question.

texts -> 32 band keys each, sorted -> candidates -> Jaccard of grams, rare ones weighing more
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp_service.reviews.rules import CopyRules
from nlp_service.reviews.together.comparable import Hashes
from nlp_service.reviews.together.minhash import BANDS, Signature, band_keys, similarity, sketch
from nlp_service.reviews.together.rarity import Rarity, Writing
from nlp_service.reviews.together.seen import Seen

# Reached only where a text has very many variants or copies; a moderator needs no more of them.
_BUCKET_TEXTS = 128
_CANDIDATES = 256
MOST_COPIES = 512
_SAME_TEXT = 0.5  # estimated Jaccard from which two texts count once for rarity
_HOPELESS = 0.3  # estimated Jaccard under which a candidate is not looked at (5 errors under 0.5)


class Neighbour(NamedTuple):
    """Another review with nearly the same text; `is_exact` where it reads the same."""

    seen: Seen
    similarity: float
    is_exact: bool


class Texts:
    """The texts of the given reviews, with or without letters, in an order of their own."""

    def __init__(
        self, seens: Iterable[Seen], rules: CopyRules, writing: Writing | None = None
    ) -> None:
        self._rules = rules
        self._writing = writing
        self._members = _by_text(seens)
        self._number = {members[0].exact: at for at, members in enumerate(self._members)}
        self._grams = [_grams_of(members) for members in self._members]

    def alike(self, seen: Seen) -> list[Neighbour]:
        """Every review with nearly this text, that of `seen` itself included."""
        found: list[Neighbour] = []
        for at in self._candidates(seen):
            likeness = self._likeness(seen, at)
            if likeness is not None:
                some = self._members[at][:MOST_COPIES]
                is_exact = some[0].exact == seen.exact
                found += [Neighbour(one, likeness, is_exact) for one in some]
        return found

    @cached_property
    def _signatures(self) -> NDArray[np.uint16]:
        rows = [_signature_of(members[0]) for members in self._members]
        return np.stack(rows) if rows else np.empty((0, 0), np.uint16)

    @cached_property
    def _bands(self) -> tuple[Hashes, NDArray[np.intp]]:
        """Band keys of all texts, sorted, and whose they are; equal keys in order of text."""
        if not self._members:
            return np.empty(0, np.uint64), np.empty(0, np.intp)
        keys = band_keys(self._signatures).ravel()
        order = np.argsort(keys, kind="stable")
        return keys[order], order // BANDS

    @cached_property
    def _rarity(self) -> Rarity:
        groups = self._groups()
        known = [(grams, groups[at]) for at, grams in enumerate(self._grams) if grams is not None]
        texts, numbers = [grams for grams, _ in known], [group for _, group in known]
        return Rarity(texts, numbers, self._writing)

    def _groups(self) -> list[int]:
        """Of each text the number of its group: texts that are nearly it, joined over those."""
        first = list(range(len(self._members)))
        keys, owners = self._bands
        for at in np.flatnonzero(keys[1:] == keys[:-1]).tolist():
            one, other = int(owners[at]), int(owners[at + 1])
            if similarity(self._signatures[one], self._signatures[other]) >= _SAME_TEXT:
                _join(first, one, other)
        return [_root(first, at) for at in range(len(first))]

    def _candidates(self, seen: Seen) -> list[int]:
        if seen.length_chars < self._rules.min_letters:
            same = self._number.get(seen.exact)
            return [] if same is None else [same]
        hits: Counter[int] = Counter()
        keys, owners = self._bands
        asked = band_keys(_signature_of(seen))
        starts, ends = np.searchsorted(keys, asked), np.searchsorted(keys, asked, side="right")
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            hits.update(owners[start : min(end, start + _BUCKET_TEXTS)].tolist())
        best = sorted(hits.items(), key=lambda hit: (-hit[1], hit[0]))
        return [at for at, _ in best[:_CANDIDATES]]

    def _likeness(self, seen: Seen, at: int) -> float | None:
        """Weighted Jaccard, or None where the two are no copies."""
        rules, other = self._rules, self._members[at][0]
        is_short = seen.length_chars < rules.min_letters
        if not is_short and other.length_chars < rules.min_letters:
            return None
        if similarity(_signature_of(seen), _signature_of(other)) < _HOPELESS:
            return None
        shared, either, count = self._shared(seen, at)
        says_much = shared >= rules.rare_mean * count and (is_short or shared >= rules.rare_sum)
        likeness = min(1.0, shared / either) if either else 0.0
        return round(likeness, 4) if says_much and likeness >= rules.similarity else None

    def _shared(self, seen: Seen, at: int) -> tuple[float, float, float]:
        """Rarity summed over the shared grams, over those of either, and how many are shared."""
        mine, theirs = _known_grams(seen), self._grams[at]
        rare = self._rarity.of(mine)
        if theirs is None:
            return _estimated(mine, rare, _signature_of(self._members[at][0]))
        is_shared = np.isin(mine, theirs, assume_unique=True)
        shared = float(rare[is_shared].sum())
        either = float(rare.sum() + self._rarity.of(theirs).sum()) - shared
        return shared, either, int(is_shared.sum())


def _estimated(
    mine: Hashes, rare: NDArray[np.float64], signature: Signature
) -> tuple[float, float, float]:
    """The same three from a signature alone, as if both texts were of one size."""
    own = sketch(mine)
    agrees, drawn = own.signature == signature, rare[own.least]
    likeness = float(drawn[agrees].sum() / max(drawn.sum(), 1e-9))
    part = 2.0 * likeness / (1.0 + likeness)
    count = len(mine) * 2.0 * agrees.mean() / (1.0 + agrees.mean())
    shared = part * float(rare.sum())
    return shared, shared / likeness if likeness else 1.0, float(count)


def _by_text(seens: Iterable[Seen]) -> list[list[Seen]]:
    by_text: dict[str, list[Seen]] = defaultdict(list)
    for seen in seens:
        if seen.signature is not None:
            by_text[seen.exact].append(seen)
    return [sorted(by_text[exact], key=lambda one: one.rank) for exact in sorted(by_text)]


def _grams_of(members: Sequence[Seen]) -> Hashes | None:
    return next((one.grams for one in members if one.grams is not None), None)


def _known_grams(seen: Seen) -> Hashes:
    assert seen.grams is not None
    return seen.grams


def _signature_of(seen: Seen) -> Signature:
    assert seen.signature is not None
    return seen.signature


def _root(first: list[int], at: int) -> int:
    while first[at] != at:
        first[at] = first[first[at]]
        at = first[at]
    return at


def _join(first: list[int], one: int, other: int) -> None:
    one, other = _root(first, one), _root(first, other)
    first[max(one, other)] = min(one, other)
