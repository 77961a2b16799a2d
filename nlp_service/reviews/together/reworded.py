"""Reworded copies: the same rare words, side by side, in what two people wrote.

    Seen, ... -> words by text -> texts that share a review's rarest words -> weighed word by word

Chance and a common fault give two buyers a rare word or two, and each of them much else to say. A
copy holds most of what the other says, and its rare words stand beside the same rare words.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp_service.reviews.rules import RewordedRules
from nlp_service.reviews.together.comparable import Hashes
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.together.wording import COMMON, Rarities, Wording

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
# Reached only where very many reviews say the same; a moderator needs no more of them.
_POSTINGS = 128
_CANDIDATES = 64
_KEYS = 12  # of the rarest words of a text, looked up to find candidates
_KEY_RARITY = 1.5
_NEIGHBOURS = 3  # words apart, in both texts, within which two shared words stand side by side
_HOPELESS = 0.5  # part of what is needed under which a candidate is not looked at
_ALONE = 0.3  # part of its rarity that a shared word counts without such a neighbour
# Texts that the public ones are worth beside those here: in fewer, nothing is common yet.
_PRIOR = 5000.0


class Retelling(NamedTuple):
    """Another account's review that says the same in other words.

    `evidence` in nats, `overlap` the Jaccard of rarity; `words` `(n,)` are hashes of those that
    stand side by side in both.
    """

    seen: Seen
    evidence: float
    overlap: float
    words: Hashes


class Retellings:
    """The bad reviews given, by their words; frozen."""

    def __init__(self, seens: Iterable[Seen], rules: RewordedRules) -> None:
        self._rules = rules
        self._members = _by_text(seens)
        self._texts = [_wording(members[0]) for members in self._members]
        sizes = [len(text.words) for text in self._texts]
        words = np.concatenate([text.words for text in self._texts]) if sizes else _NO_WORDS
        order = np.argsort(words, kind="stable")
        self._words = words[order]
        self._owners = np.repeat(np.arange(len(sizes)), sizes)[order]

    def of(self, seen: Seen) -> list[Retelling]:
        """Reviews of other accounts that retell this one or are retold by it, best first."""
        if seen.wording is None or seen.buyer is None or not seen.is_bad:
            return []
        found = [
            one for one in self._alike(seen.exact, seen.wording) if _is_foreign(seen, one.seen)
        ]
        strong = [one for one in found if one.evidence >= self._needed(seen, one.seen)]
        weak = [one for one in found if one.evidence < self._needed(seen, one.seen)]
        counted = strong + self._group(seen, strong, weak)
        return sorted(counted, key=lambda one: (-one.evidence, one.seen.rank))[:_CANDIDATES]

    def _alike(self, exact: str, asked: Wording) -> Iterator[Retelling]:
        starts = np.searchsorted(self._words, asked.words)
        ends = np.searchsorted(self._words, asked.words, side="right")
        candidates = self._candidates(asked, starts, ends)
        # What others here write makes words less rare, never more.
        likely = [
            at
            for at in candidates
            if self._members[at][0].exact != exact and self._likeness(asked, asked.rarities, at)
        ]
        rarities = self._rarities(asked, starts, ends, candidates) if likely else asked.rarities
        for at in likely:
            likeness = self._likeness(asked, rarities, at)
            if likeness is not None:
                yield from (Retelling(one, *likeness) for one in self._members[at])

    def _needed(self, seen: Seen, other: Seen) -> float:
        """More where one fault or one household would make two write alike."""
        if None not in (seen.merchant, other.merchant) and seen.merchant != other.merchant:
            return self._rules.evidence
        is_same_item = seen.item is None or other.item is None or seen.item == other.item
        return self._rules.item_evidence if is_same_item else self._rules.shop_evidence

    def _group(
        self, seen: Seen, strong: Sequence[Retelling], weak: Sequence[Retelling]
    ) -> list[Retelling]:
        """Of the weak ones those that are one story of several accounts at other shops."""
        near = [one for one in weak if self._is_near(seen, one)]
        accounts = {one.seen.buyer for one in [*strong, *near]}
        return near if len(accounts) + 1 >= self._rules.group_accounts else []

    def _is_near(self, seen: Seen, one: Retelling) -> bool:
        other = one.seen
        if None in (seen.merchant, other.merchant) or seen.merchant == other.merchant:
            return False
        if seen.at_s is None or other.at_s is None:
            return False
        return abs(seen.at_s - other.at_s) <= self._rules.group_hours * 3600.0

    def _candidates(self, asked: Wording, starts: Numbers, ends: Numbers) -> list[int]:
        """Texts that share several of the rarest words."""
        keys = np.flatnonzero((asked.rarities >= _KEY_RARITY) & (ends > starts))
        keys = keys[np.argsort((ends - starts)[keys], kind="stable")][:_KEYS]
        if not len(keys):
            return []
        hits = [self._owners[starts[key] : min(ends[key], starts[key] + _POSTINGS)] for key in keys]
        weights = np.repeat(asked.rarities[keys], [len(hit) for hit in hits])
        texts, which = np.unique(np.concatenate(hits), return_inverse=True)
        sums = np.bincount(which, weights=weights)
        looked_up = float(asked.rarities[keys].sum())
        least = max(
            _HOPELESS * self._rules.group_evidence, _HOPELESS * looked_up * self._rules.overlap
        )
        likely = np.flatnonzero(sums >= least)
        best = likely[np.argsort(-sums[likely], kind="stable")][:_CANDIDATES]
        return [int(at) for at in texts[best]]

    def _rarities(
        self, asked: Wording, starts: Numbers, ends: Numbers, candidates: Sequence[int]
    ) -> Floats:
        """`(n,)`: rarity of each word, less where texts that are no copies write it too."""
        others = (ends - starts).astype(np.float64)
        for at in candidates:
            others -= np.isin(asked.words, self._texts[at].words, assume_unique=True)
        share = (np.maximum(others, 0.0) + 1.0) / (len(self._texts) + _PRIOR)
        rare: Floats = np.minimum(asked.rarities, (-np.log(share * COMMON)).clip(min=0.0))
        return rare

    def _likeness(
        self, asked: Wording, rarities: Floats | Rarities, at: int
    ) -> tuple[float, float, Hashes] | None:
        other = self._texts[at]
        shared, mine, theirs = np.intersect1d(
            asked.words, other.words, assume_unique=True, return_indices=True
        )
        weights = np.minimum(rarities[mine], other.rarities[theirs])
        beside = _beside(asked.places[mine], other.places[theirs])
        evidence = float((weights * np.where(beside, 1.0, _ALONE)).sum())
        both = float(weights.sum())
        either = float(asked.rarities.sum() + other.rarities.sum()) - both
        overlap = both / either if either else 0.0
        # What only one of them says speaks against a copy.
        evidence *= min(1.0, overlap / self._rules.full_overlap)
        if evidence < self._rules.group_evidence or overlap < self._rules.overlap:
            return None
        return evidence, overlap, shared[beside & (weights > 0.0)]


_NO_WORDS = np.empty(0, np.uint64)


def _beside(mine: NDArray[np.int32], theirs: NDArray[np.int32]) -> NDArray[np.bool_]:
    """`(n,)`: whether a shared word has another one near it in both texts."""
    apart = np.maximum(np.abs(mine[:, None] - mine), np.abs(theirs[:, None] - theirs))
    near: NDArray[np.bool_] = ((apart > 0) & (apart <= _NEIGHBOURS)).any(axis=1)
    return near


def _is_foreign(seen: Seen, other: Seen) -> bool:
    return other.buyer not in (None, seen.buyer) and not seen.same_case(other)


def _by_text(seens: Iterable[Seen]) -> list[list[Seen]]:
    by_text: dict[str, list[Seen]] = defaultdict(list)
    for seen in seens:
        if seen.wording is not None and seen.is_bad:
            by_text[seen.exact].append(seen)
    return [sorted(by_text[exact], key=lambda one: one.rank) for exact in sorted(by_text)]


def _wording(seen: Seen) -> Wording:
    assert seen.wording is not None
    return seen.wording
