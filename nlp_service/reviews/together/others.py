"""All other reviews at hand, and what stands around one of them.

    Seen, ... --add--> Others --around(one)--> copies, retellings, partners, burst, agreement,
                                                 peers, fellows

Filled from a batch or from a file's first pass; a store adds the earlier reviews with nearly these
texts (`remember`). Order does not matter.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from nlp_service.reviews.policy import SuspicionPolicy, default_suspicion_policy
from nlp_service.reviews.together.bursts import Bursts, Look
from nlp_service.reviews.together.chance import are_usual
from nlp_service.reviews.together.index import CopyIndex
from nlp_service.reviews.together.rarity import Writing
from nlp_service.reviews.together.reworded import Retelling, Retellings
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.together.synchrony import Partner, partners
from nlp_service.reviews.together.texts import Neighbour
from nlp_service.reviews.together.timeline import Timeline

_FELLOWS = 128  # on either side in time; a moderator needs no more of them


class Peers(NamedTuple):
    """Stars that other accounts gave the same item."""

    mean: float
    reviews: int


class Others:
    """Add all first, then ask; threads may ask together."""

    def __init__(
        self, seens: Iterable[Seen] = (), *, policy: SuspicionPolicy | None = None
    ) -> None:
        self.policy = policy or default_suspicion_policy()
        self.copies = CopyIndex(self.policy.copies)
        self._seens: list[Seen] = []
        self._known: _Known | None = None
        for seen in seens:
            self.add(seen)

    def __len__(self) -> int:
        return len(self._seens)

    def add(self, seen: Seen) -> None:
        """Remember a review, with its grams or (from a store) without."""
        self._seens.append(seen)
        self.copies.add(seen)
        self._known = None

    def remember(self, copies: Iterable[Seen], writing: Writing) -> None:
        """Add likely copies out of many earlier reviews, and how those are written.

        They are looked at as copies only: picked for their texts, they say nothing of how many
        reviews a shop gets, or of who keeps step with whom.
        """
        for seen in copies:
            self.copies.add(seen)
        self.copies.writing = writing
        self._known = None

    @property
    def seens(self) -> Sequence[Seen]:
        """The added reviews, those of `remember` left out."""
        return tuple(self._seens)

    def around(self, seen: Seen) -> "Around":
        """What stands around a review; one not among the added is looked at beside them."""
        return Around(seen, self.known)

    @property
    def known(self) -> "_Known":
        """What is computed once for all."""
        known = self._known
        if known is None:  # two threads may build the same; neither harms the other
            self._known = known = _Known(self._seens, self.copies, self.policy)
        return known


class _Known:
    """Lookups over a frozen set of reviews, each answered once."""

    def __init__(self, seens: Iterable[Seen], copies: CopyIndex, policy: SuspicionPolicy) -> None:
        self.policy = policy
        some = list(seens)
        self.timeline = Timeline(some)
        self._retold = Retellings(some, policy.reworded)
        self._copies = copies
        self.bursts = Bursts(self.timeline, policy.burst, self.is_linked)
        self._neighbours: dict[tuple[str, ...], list[Neighbour]] = {}
        self._retellings: dict[tuple[str, ...], list[Retelling]] = {}
        self._linked: dict[tuple[str, ...], bool] = {}
        self._by_aim = _by_aim(some)

    def neighbours(self, seen: Seen) -> list[Neighbour]:
        """Copies of a review."""
        if seen.rank not in self._neighbours:
            self._neighbours[seen.rank] = self._copies.neighbours(seen)
        return self._neighbours[seen.rank]

    def retellings(self, seen: Seen) -> list[Retelling]:
        """Other accounts that say the same in other words."""
        if seen.rank not in self._retellings:
            self._retellings[seen.rank] = self._retold.of(seen)
        return self._retellings[seen.rank]

    def fellows(self, seen: Seen) -> list[Seen]:
        """Reviews of other accounts that send their readers to the same place, in order of time.

        Of a name that very many tell of, those nearest in time.
        """
        if seen.at_s is None:
            return []
        found: dict[tuple[str, ...], Seen] = {}
        for aim in seen.aims:
            named = self._by_aim.get(aim, [])
            at = bisect_left(named, seen.at_s, key=_time)
            near = named[max(0, at - _FELLOWS) : at + _FELLOWS]
            found |= {one.rank: one for one in near if _is_fellow(seen, one)}
        return sorted(found.values(), key=lambda one: (_time(one), one.rank))

    def partners(self, seen: Seen) -> list[Partner]:
        """Accounts that keep step with this one."""
        return partners(seen, self.timeline, self.policy.synchrony)

    def is_linked(self, seen: Seen) -> bool:
        """Whether it copies another account, is copied, or keeps step with one."""
        if seen.rank not in self._linked:
            alike = self.alike(seen)
            has_copy = bool(alike) and not are_usual(seen, alike, self.policy.copies)
            self._linked[seen.rank] = has_copy or bool(self.partners(seen))
        return self._linked[seen.rank]

    def alike(self, seen: Seen) -> list[Seen]:
        """Reviews of other accounts with this text or this story; short texts meet by chance."""
        is_long = seen.length_chars >= self.policy.copies.min_letters
        copies = [one.seen for one in self.neighbours(seen) if is_long and is_foreign(seen, one)]
        return [*copies, *(one.seen for one in self.retellings(seen))]


class Around:
    """One review among the others; computed when asked for."""

    def __init__(self, seen: Seen, known: _Known) -> None:
        self.seen = seen
        self._known = known

    @property
    def timeline(self) -> Timeline:
        """All reviews at hand by account, shop and item, in order of time."""
        return self._known.timeline

    @cached_property
    def copies(self) -> list[Neighbour]:
        """Near-duplicates of other cases, most alike first."""
        return self._known.neighbours(self.seen)

    @cached_property
    def retellings(self) -> list[Retelling]:
        """Reviews of other accounts that say the same in other words, best first."""
        copies = {one.seen.key for one in self.copies}
        retold = self._known.retellings(self.seen)
        return [one for one in retold if one.seen.key not in copies]

    @cached_property
    def alike(self) -> list[Seen]:
        """Reviews of other accounts with this text or this story."""
        return self._known.alike(self.seen)

    @cached_property
    def fellows(self) -> list[Seen]:
        """Reviews of other accounts that send their readers to the same place."""
        return self._known.fellows(self.seen)

    @cached_property
    def partners(self) -> list[Partner]:
        """Accounts that keep step with this one."""
        return self._known.partners(self.seen)

    @cached_property
    def is_linked(self) -> bool:
        """Whether the account acts with others."""
        return self._known.is_linked(self.seen)

    @cached_property
    def burst(self) -> Look:
        """The shop's burst that holds this review."""
        return self._known.bursts.of(self.seen)

    @cached_property
    def agreeing(self) -> dict[str, int]:
        """By aspect complained of here: unlinked other accounts who complain of it too."""
        named = {(seen.who, aspect) for seen in self._peers for aspect in self._shared(seen)}
        return dict(Counter(aspect for _, aspect in sorted(named)))

    @cached_property
    def peers(self) -> Peers:
        """Stars of the item from other accounts."""
        stars = [seen.rating for seen in self._peers if seen.rating is not None]
        return Peers(sum(stars) / len(stars) if stars else 0.0, len(stars))

    @property
    def _peers(self) -> list[Seen]:
        """Reviews of the same item of the same shop by other accounts, known ones only."""
        of_item = self._known.timeline.of_item.get(self.seen.item or "", [])
        return [seen for seen in of_item if self._is_peer(seen)]

    def _is_peer(self, seen: Seen) -> bool:
        is_other = None not in (seen.buyer, self.seen.buyer) and seen.buyer != self.seen.buyer
        is_here = seen.merchant == self.seen.merchant
        return is_other and is_here and not seen.same_case(self.seen)

    def _shared(self, seen: Seen) -> frozenset[str]:
        shared = seen.aspects & self.seen.aspects
        return shared if shared and seen.is_bad and not self._known.is_linked(seen) else frozenset()


def _by_aim(seens: Iterable[Seen]) -> dict[int, list[Seen]]:
    """Dated reviews of known accounts by what they send their readers to, in order of time."""
    found: dict[int, list[Seen]] = defaultdict(list)
    for seen in seens:
        if seen.at_s is not None and seen.buyer is not None:
            for aim in seen.aims:
                found[aim].append(seen)
    return {
        aim: sorted(some, key=lambda one: (_time(one), one.rank)) for aim, some in found.items()
    }


def _time(seen: Seen) -> float:
    return seen.at_s or 0.0


def _is_fellow(seen: Seen, other: Seen) -> bool:
    return other.buyer != seen.buyer and not seen.same_case(other)


def is_foreign(seen: Seen, copy: Neighbour) -> bool:
    """Whether a copy is surely of another account."""
    other = copy.seen.buyer
    return seen.buyer is not None and other is not None and other != seen.buyer
