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
from nlp_service.reviews.clauses import Clause
from nlp_service.reviews.lexicon import SeverityLexicon, blank_look_alikes, severity_lexicon, union
from nlp_service.reviews.scope import is_claimed
from nlp_service.text.offsets import NormalizedText

_EDIBLE = frozenset({"food", "fresh", "health", "beauty", "maternal_baby", "pets"})
_NOT_EDIBLE = re2.compile(
    r"衣|裤|裙|鞋|帽|袜|包包|背包|皮包|书包|床|柜|桌|椅|沙发|被子|枕|席|书|木|墙|地板|窗|皮带|手套|毛巾|凉席"
)
_NEAR_CHARS = 12  # a mouldy thing is named in its own clause or the next
# A mouldy room or a cockroach in it is bad housekeeping; elsewhere in such a text too.
_LODGING = re2.compile(r"酒店|宾馆|房间|客房|旅馆|民宿|大堂|入住|前台")


class _Hit(NamedTuple):
    start: int
    end: int


class _Patterns(NamedTuple):
    hazards: "dict[str, re2.Pattern]"
    edible: frozenset[str]
    major: "re2.Pattern"
    minor: "re2.Pattern"
    vague: frozenset[str]


def assess_severity(
    normalized: NormalizedText,
    found: Sequence[Clause],
    *,
    category: str | None,
    sentiment: Sentiment,
    aspects: Sequence[AspectOpinion],
) -> ReviewSeverity:
    """The gravest claim; spans are raw offsets.

    A hazard counts whatever the sentiment. Without any phrase of a level, a negative opinion on
    an aspect that is more than anger still is minor.
    """
    patterns = _patterns()
    masked = blank_look_alikes(normalized.text)
    for kind, hits in _hazards(masked, found, category, patterns):
        if hits:
            return _severity(normalized, "hazard", kind, hits)
    for level, pattern in (("major", patterns.major), ("minor", patterns.minor)):
        hits = list(_claims(masked, found, pattern))
        if hits:
            return _severity(normalized, level, None, hits)
    return _by_aspect(normalized, sentiment, aspects, patterns.vague)


def _hazards(
    text: str, found: Sequence[Clause], category: str | None, patterns: _Patterns
) -> Iterator[tuple[str, list[_Hit]]]:
    for kind, pattern in patterns.hazards.items():
        hits = list(_claims(text, found, pattern))
        if kind in patterns.edible:
            hits = [hit for hit in hits if _is_edible(text, hit, category)]
        yield kind, hits


def _is_edible(text: str, hit: _Hit, category: str | None) -> bool:
    if category is not None:
        return category in _EDIBLE
    if _LODGING.search(text):
        return False
    return not _NOT_EDIBLE.search(text[max(0, hit.start - _NEAR_CHARS) : hit.end + _NEAR_CHARS])


def _claims(text: str, found: Sequence[Clause], pattern: "re2.Pattern") -> Iterator[_Hit]:
    if not pattern.search(text):  # most patterns find nothing: one look instead of one a clause
        return
    for clause in found:
        for match in pattern.finditer(text[clause.start : clause.end]):
            hit = _Hit(clause.start + match.start(), clause.start + match.end())
            if is_claimed(text, clause, hit.start, hit.end):
                yield hit


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
def _patterns() -> _Patterns:
    return compile_patterns(severity_lexicon())


def compile_patterns(lexicon: SeverityLexicon) -> _Patterns:
    """One RE2 pattern a kind of hazard and a level."""
    return _Patterns(
        hazards={kind: union(hazard.patterns) for kind, hazard in lexicon.hazards.items()},
        edible=frozenset(kind for kind, hazard in lexicon.hazards.items() if hazard.edible),
        major=union([one for group in lexicon.major.values() for one in group]),
        minor=union([one for group in lexicon.minor.values() for one in group]),
        vague=frozenset(lexicon.vague),
    )
