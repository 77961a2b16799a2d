"""Which aspects a review speaks of, how it judges them, and where.

clauses -> longest phrases of aspects.yaml -> polar phrase: its own polarity, turned by 不/没
                                           -> neutral phrase: sentiment of its clause
        -> one opinion an aspect (the clearest judgement, all spans of that polarity)
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import ahocorasick

from nlp_service.domain import AspectOpinion, Sentiment, Span
from nlp_service.reviews.clauses import Clause
from nlp_service.reviews.lexicon import AspectLexicon, aspect_lexicon, blank_look_alikes
from nlp_service.reviews.scope import is_claimed, is_denied
from nlp_service.text.offsets import NormalizedText

Scorer = Callable[[str], Sentiment]
_OPPOSITE = {"positive": "negative", "negative": "positive"}
_POLAR_SCORE = 0.9  # a polar phrase was right in about nine of ten read by hand
_BARE_CHARS = 2  # "物流,慢死了": a clause that is hardly more than its cue is judged with the next
# Too short to judge without its phrase: a cue alone, "质量呢".
_UNSURE = 0.5


class Mention(NamedTuple):
    """One phrase in the normalised text; `polarity` is None where the clause decides."""

    start: int
    end: int
    aspect: str
    polarity: str | None
    clause: Clause


class _Judged(NamedTuple):
    mention: Mention
    polarity: str
    score: float


def find_aspects(
    normalized: NormalizedText, found: Sequence[Clause], score: Scorer
) -> tuple[AspectOpinion, ...]:
    """Opinions by aspect, spans in raw offsets, in the order of first mention."""
    judged: dict[str, list[_Judged]] = defaultdict(list)
    for mention in find_mentions(blank_look_alikes(normalized.text), found):
        judged[mention.aspect].append(_judge(normalized.text, mention, found, score))
    return tuple(_opinion(normalized, aspect, group) for aspect, group in judged.items())


def find_mentions(text: str, found: Sequence[Clause]) -> list[Mention]:
    """Longest non-overlapping aspect phrases of each clause, in order."""
    mentions: list[Mention] = []
    for clause in found:
        mentions += _in_clause(text, clause)
    return mentions


def _in_clause(text: str, clause: Clause) -> list[Mention]:
    hits = [
        Mention(clause.start + end + 1 - len(phrase), clause.start + end + 1, aspect, own, clause)
        for end, (phrase, aspect, own) in _automaton().iter(text[clause.start : clause.end])
    ]
    hits.sort(key=lambda hit: (hit.start - hit.end, hit.start))
    kept: list[Mention] = []
    for hit in hits:
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept)


def _judge(text: str, mention: Mention, found: Sequence[Clause], score: Scorer) -> _Judged:
    clause = mention.clause
    if mention.polarity is None:
        return _by_clause(text, mention, found, score)
    if is_denied(text, clause, mention.start, mention.end):
        return _Judged(mention, _OPPOSITE[mention.polarity], _POLAR_SCORE)
    if not is_claimed(text, clause, mention.start, mention.end):
        return _Judged(mention, "neutral", _UNSURE)
    return _Judged(mention, mention.polarity, _POLAR_SCORE)


def _by_clause(text: str, mention: Mention, found: Sequence[Clause], score: Scorer) -> _Judged:
    start, end = mention.clause
    if (end - start) - (mention.end - mention.start) <= _BARE_CHARS:
        end = next((clause.end for clause in found if clause.start >= end), end)
    sentiment = score(text[start:end])
    value = max(sentiment.positive, sentiment.neutral, sentiment.negative)
    return _Judged(mention, sentiment.label, value)


def _opinion(normalized: NormalizedText, aspect: str, judged: Sequence[_Judged]) -> AspectOpinion:
    best = max(judged, key=_clearness)
    same = [one.mention for one in judged if one.polarity == best.polarity]
    spans = tuple(normalized.raw_span(mention.start, mention.end) for mention in same)
    return AspectOpinion(aspect, best.polarity, round(best.score, 4), spans)


def _clearness(judged: _Judged) -> tuple[bool, bool, float]:
    """A judgement beats none; complaint beats praise, since a moderator looks for complaints."""
    return judged.polarity != "neutral", judged.polarity == "negative", judged.score


def vague_only(opinion: AspectOpinion, raw: str, vague: frozenset[str]) -> bool:
    """Whether the opinion rests on words of mere anger."""
    return all(_read(raw, span) in vague for span in opinion.spans)


def _read(raw: str, span: Span) -> str:
    return raw[span.start : span.end]


@lru_cache(maxsize=1)
def _automaton() -> "ahocorasick.Automaton":
    return build_automaton(aspect_lexicon())


def build_automaton(lexicon: AspectLexicon) -> "ahocorasick.Automaton":
    """All phrases of the lexicon with their aspect and polarity."""
    automaton = ahocorasick.Automaton()
    for aspect, words in lexicon.aspects.items():
        for polarity, phrases in (
            (None, words.cues),
            ("positive", words.positive),
            ("negative", words.negative),
        ):
            for phrase in phrases:
                automaton.add_word(phrase, (phrase, aspect, polarity))
    automaton.make_automaton()
    return automaton
