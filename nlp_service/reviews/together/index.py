"""Near-duplicates among reviews, of other cases only.

Seen, ... -> Texts (candidates, weighted Jaccard) -> reviews of those texts -> other cases
"""

from dataclasses import dataclass, field

from nlp_service.reviews.rules import CopyRules
from nlp_service.reviews.together.rarity import Writing
from nlp_service.reviews.together.seen import Seen
from nlp_service.reviews.together.texts import MOST_COPIES, Neighbour, Texts


@dataclass
class CopyIndex:
    """Reviews by their texts. Add all first, then ask; threads may ask together."""

    rules: CopyRules
    writing: Writing | None = None
    _all: list[Seen] = field(default_factory=list)
    _built: Texts | None = None

    def add(self, seen: Seen) -> None:
        """Remember a review, with its grams or (from a store) without."""
        self._all.append(seen)
        self._built = None

    def __len__(self) -> int:
        return len(self._all)

    def neighbours(self, seen: Seen) -> list[Neighbour]:
        """Other cases with nearly the same text, most alike first; `seen` may be among the added.

        A short text (under `min_letters`) has neighbours only where it reads the same. What
        ordinary buyers write alike has none.
        """
        if seen.grams is None or seen.length_chars < self.rules.short_letters:
            return []
        found = self._texts.alike(seen)
        copies = [one for one in found if not seen.same_case(one.seen)]
        return sorted(copies, key=lambda one: (-one.similarity, one.seen.rank))[:MOST_COPIES]

    @property
    def _texts(self) -> Texts:
        built = self._built
        if built is None:  # two threads may build the same; neither harms the other
            self._built = built = Texts(self._all, self.rules, self.writing)
        return built
