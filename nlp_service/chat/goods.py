"""What a sentence names as goods in words that the product lexicon does not have.

    text without words of no product --words--> runs of content words --ends--> Good, Good, ...

"家里炸锅纸够用了,磁吸壳也不要" names 炸锅纸 and 磁吸壳. Two goods are the same product
when one name ends in the other (船袜, 袜子) or both end in the same two characters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from nlp_service.policy.schema import PolicyData
from nlp_service.text.clauses import clauses
from nlp_service.text.segment import NOUN, TaggedWord, tagged_words

# Words that neither name goods nor stand inside their names: adverbs, pronouns, numbers, times.
_FUNCTION_TAGS = frozenset(
    ("d", "r", "p", "c", "u", "y", "m", "q", "t", "s", "f", "e", "o", "h", "k", "i", "l", "z")
) | {"mq", "ul", "uj", "ug", "ud", "uv", "uz", "vq", "rr", "rz"}
_ENDINGS = ("子", "儿")  # of 袜子 and 盖儿; they say nothing


@dataclass(frozen=True, slots=True)
class Good:
    """`name` is the whole compound; `is_kind`: 的 follows, as in 羊的 for any mutton."""

    name: str
    is_noun: bool
    is_kind: bool = False

    def is_same(self, other: "Good", light: str) -> bool:
        """Whether both name one product; a name that is one letter of `light` says too little."""
        if self.name == other.name or (self.is_kind and other.name.startswith(self.name)):
            return True
        shorter, longer = sorted((self, other), key=lambda good: len(_bare(good.name)))
        name, compound = _bare(shorter.name), _bare(longer.name)
        if len(name) == 1:
            return shorter.is_noun and name not in light and compound.endswith(name)
        return name[-2:] == compound[-2:]


def goods_of(text: str, policy: PolicyData) -> tuple[Good, ...]:
    """Every name of goods in `text`, which is normalised and without words of no product."""
    return tuple(good for run in _runs(text, policy) for good in _ends(run, text))


def refused_goods(text: str, policy: PolicyData) -> tuple[Good, ...]:
    """What a refusal names: the ends of its runs, of those with nouns where there are any."""
    runs = [list(_ends(run, text)) for run in _runs(text, policy)]
    named = [run for run in runs if any(good.is_noun for good in run)] or runs
    last_nouns = (good for run in named for good in [g for g in run if g.is_noun][-1:])
    return tuple(dict.fromkeys((*last_nouns, *(run[-1] for run in named))))


def refuses_all(text: str, policy: PolicyData) -> bool:
    """Whether a clause of a refusal is about offers and names none: 泳帽不要,别再推荐了."""
    parts = (text[start:end] for start, end in clauses(text))
    return any(
        any(word in part for word in policy.offering_words) and not goods_of(part, policy)
        for part in parts
    )


def _runs(text: str, policy: PolicyData) -> Iterator[list[TaggedWord]]:
    """Content words that stand side by side."""
    idle = frozenset(policy.refusal_words) | frozenset(policy.not_products)

    def names(word: TaggedWord) -> bool:
        if not word.text.isalnum() or word.text.isdecimal():
            return False
        return word.tag not in _FUNCTION_TAGS and word.text not in idle

    for is_content, run in groupby(tagged_words(text), key=names):
        if is_content:
            yield list(run)


def _ends(run: list[TaggedWord], text: str) -> Iterator[Good]:
    """The names that end in a run: a noun ends one where no other noun follows."""
    for word, following in zip(run, [*run[1:], None], strict=True):
        is_noun = word.tag == NOUN
        if is_noun and following and following.tag == NOUN:
            continue
        name = text[run[0].start : word.end]
        yield Good(name, is_noun, text[word.end : word.end + 1] == "的")


def _bare(name: str) -> str:
    return name[:-1] if len(name) > 1 and name.endswith(_ENDINGS) else name
