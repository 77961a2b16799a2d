"""How grave the claim of a review is: none, minor, major or hazard, malicious or not.

text --blank product words and figures of speech--> clauses -> patterns of severity.yaml
     -> claimed ones only (scope.py) -> the gravest level with its spans
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import re2

from nlp_service.domain import AspectOpinion, ReviewSeverity, Sentiment
from nlp_service.reviews.aspects import vague_only
from nlp_service.reviews.clauses import Clause, by_clause
from nlp_service.reviews.lexicon import Patterns, blank_look_alikes, severity_lexicon
from nlp_service.reviews.scope import Scope
from nlp_service.text.offsets import NormalizedText

_EDIBLE = frozenset({"food", "fresh", "health", "beauty", "maternal_baby", "pets"})
_NOT_EDIBLE = re2.compile(
    r"衣|裤|裙|鞋|帽|袜|包包|背包|皮包|书包|床|柜|桌|椅|沙发|被子|枕|席|书|木|墙|地板|窗|皮带|手套|毛巾|凉席"
)
_HAZARD, _LEVELS = "hazard:", ("major", "minor")  # groups of patterns, gravest first
_NEAR_CHARS = 12  # a mouldy thing is named in its own clause or the next
# A mouldy room or a cockroach in it is bad housekeeping; elsewhere in such a text too.
_LODGING = re2.compile(r"酒店|宾馆|房间|客房|旅馆|民宿|大堂|入住|前台")


class _Hit(NamedTuple):
    start: int
    end: int


class _Severe(NamedTuple):
    patterns: Patterns
    kinds: tuple[str, ...]
    edible: frozenset[str]
    vague: frozenset[str]


def assess_severity(
    normalized: NormalizedText,
    found: Sequence[Clause],
    *,
    category: str | None,
    sentiment: Sentiment,
    aspects: Sequence[AspectOpinion],
    masked: str | None = None,
) -> ReviewSeverity:
    """The gravest claim; spans are raw offsets.

    A hazard counts whatever the sentiment. Without any phrase of a level, a negative opinion on
    an aspect that is more than anger still is minor. `masked` is `blank_look_alikes` of the text,
    where it is at hand.
    """
    severe = _severe()
    read = blank_look_alikes(normalized.text) if masked is None else masked
    claims = _Claims(read, found, severe.patterns)
    for kind in severe.kinds:
        hits = claims.of(_HAZARD + kind)
        if kind in severe.edible:
            hits = [hit for hit in hits if _is_edible(read, hit, category)]
        if hits:
            return _severity(normalized, "hazard", kind, hits)
    for level in _LEVELS:
        if hits := claims.of(level):
            return _severity(normalized, level, None, hits)
    return _by_aspect(normalized, sentiment, aspects, severe.vague)


class _Claims:
    """What one text claims, by group of patterns."""

    def __init__(self, text: str, found: Sequence[Clause], patterns: Patterns) -> None:
        self._text, self._found, self._patterns = text, found, patterns
        self._words = patterns.words(text)
        self._possible = patterns.possible(self._words)
        self._scope = Scope(text)

    def of(self, group: str) -> list[_Hit]:
        """Claimed matches of a group in order."""
        numbers = self._possible.get(group, ())
        # A pattern of a text's end is looked for at the end of the review only.
        if not numbers or next(self._patterns.matches(numbers, self._text), None) is None:
            return []
        words = self._patterns.words_of(self._words, numbers)
        return [
            hit
            for clause, some in by_clause(self._found, words)
            for hit in self._in_clause(clause, self._patterns.possible(some).get(group, ()))
            if self._scope.is_claimed(clause, hit.start, hit.end)
        ]

    def _in_clause(self, clause: Clause, numbers: Sequence[int]) -> Iterator[_Hit]:
        if numbers:
            inside = self._text[clause.start : clause.end]
            for start, end in self._patterns.matches(numbers, inside):
                yield _Hit(clause.start + start, clause.start + end)


def _is_edible(text: str, hit: _Hit, category: str | None) -> bool:
    if category is not None:
        return category in _EDIBLE
    if _LODGING.search(text):
        return False
    return not _NOT_EDIBLE.search(text[max(0, hit.start - _NEAR_CHARS) : hit.end + _NEAR_CHARS])


def _severity(
    normalized: NormalizedText, level: str, hazard: str | None, hits: Sequence[_Hit]
) -> ReviewSeverity:
    spans = tuple(normalized.raw_span(hit.start, hit.end) for hit in hits)
    return ReviewSeverity(level, hazard, spans)


def _by_aspect(
    normalized: NormalizedText,
    sentiment: Sentiment,
    aspects: Sequence[AspectOpinion],
    vague: frozenset[str],
) -> ReviewSeverity:
    concrete = [
        opinion
        for opinion in aspects
        if opinion.polarity == "negative" and not vague_only(opinion, normalized.raw, vague)
    ]
    if sentiment.label == "positive" or not concrete:
        return ReviewSeverity("none")
    return ReviewSeverity("minor", None, tuple(s for opinion in concrete for s in opinion.spans))


@lru_cache(maxsize=1)
def _severe() -> _Severe:
    lexicon = severity_lexicon()
    groups = {_HAZARD + kind: hazard.patterns for kind, hazard in lexicon.hazards.items()}
    for level, lists in zip(_LEVELS, (lexicon.major, lexicon.minor), strict=True):
        groups[level] = [one for some in lists.values() for one in some]
    return _Severe(
        Patterns(groups),
        tuple(lexicon.hazards),
        frozenset(kind for kind, hazard in lexicon.hazards.items() if hazard.edible),
        frozenset(lexicon.vague),
    )
