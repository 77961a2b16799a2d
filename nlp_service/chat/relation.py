"""What a text names by the product lexicon, and whether what is pitched has to do with the order
or with what the buyer asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import ahocorasick

from nlp_service.policy.schema import PolicyData
from nlp_service.text import segment

_PHRASE_CHARS = 3  # shorter ones stand inside other words; `goods` leaves them out word by word


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names: `families` of the lexicon, of which `wholes` by a word for all of their
    parts, and in `rest`, the text without words that name no product, goods that the lexicon may
    not have."""

    families: frozenset[str] = frozenset()
    rest: str = ""
    wholes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProductFamilies:
    """Finds product families of the policy's lexicon in a text."""

    policy: PolicyData
    _automaton: ahocorasick.Automaton = field(repr=False)

    @classmethod
    def of(cls, policy: PolicyData) -> "ProductFamilies":
        """Build the matcher once for a policy."""
        automaton = ahocorasick.Automaton()
        for word in (*policy.refusal_words, *policy.not_products):
            if len(word) >= _PHRASE_CHARS:
                automaton.add_word(word.lower(), (len(word), None))
        for family, words in policy.products.items():
            for word in words:
                automaton.add_word(word.lower(), (len(word), family))
        automaton.make_automaton()
        return cls(policy, automaton)

    def named(self, text: str) -> Named:
        """What a normalised text names; of overlapping words the longest counts."""
        hits = [
            (end - size + 1, end + 1, family) for end, (size, family) in self._automaton.iter(text)
        ]
        longest = [
            (start, end, family)
            for start, end, family in hits
            if not any(s <= start and end <= e and (s, e) != (start, end) for s, e, _ in hits)
        ]
        foreign = set(self.policy.foreign_families)
        if any(family in foreign for _, _, family in longest):
            # 刷单 stands in 牙刷单支, 代理 in 现代理念: an accusation needs a word by itself.
            edges = {edge for word in segment.words(text) for edge in (word.start, word.end)}
            longest = [hit for hit in longest if hit[2] not in foreign or edges.issuperset(hit[:2])]
        rest = text
        for start, end, family in longest:
            if family is None:
                rest = f"{rest[:start]}{' ' * (end - start)}{rest[end:]}"
        found = [(text[start:end], family) for start, end, family in longest if family]
        wholes = frozenset(family for word, family in found if word in self.policy.whole_words)
        return Named(frozenset(family for _, family in found), rest, wholes)

    def relation(
        self, pitched: frozenset[str], known: frozenset[str], category: str | None
    ) -> str | None:
        """`related`, `unrelated`, `foreign`, or None where the lexicon cannot tell.

        `known` are the families of the item, of the buyer's words and of the conversation.
        """
        pitched -= known  # the item of the order is named beside what is pitched
        if not pitched:
            return None
        # Beside other goods a foreign word tells of them: a wallet for six credit cards.
        pitched -= set(self.policy.foreign_families)
        if not pitched:
            return "foreign"
        if category is None and not known:
            return None
        trades = {family.partition("/")[0] for family in known} | {category}
        if any(family.partition("/")[0] in trades for family in pitched):
            return "related"
        return "related" if self._completes(pitched, known, category) else "unrelated"

    def _completes(
        self, pitched: Iterable[str], known: frozenset[str], category: str | None
    ) -> bool:
        around = known or {f for f in self.policy.products if f.partition("/")[0] == category}
        return any(
            set(pitched) & set(group) and around & set(group) for group in self.policy.complements
        )
