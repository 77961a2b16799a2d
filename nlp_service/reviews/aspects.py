"""Which aspects a review speaks of, how it judges them, and where.

clauses -> longest phrases of aspects.yaml -> polar phrase: its own polarity, turned by 不/没
                                           -> neutral phrase: sentiment of its clause
        -> one opinion an aspect (the clearest judgement, all spans of that polarity)
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import ahocorasick

from nlp_service.domain import AspectOpinion, Sentiment, Span
from nlp_service.reviews.clauses import Clause, by_clause
from nlp_service.reviews.lexicon import AspectLexicon, aspect_lexicon, blank_look_alikes
from nlp_service.reviews.scope import Scope
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
    decides: Clause  # what is asked for its sentiment where there is no polarity


class _Judged(NamedTuple):
    mention: Mention
    polarity: str
    score: float


class _Phrase(NamedTuple):
    start: int
    end: int
    aspect: str
    polarity: str | None


def find_aspects(
    normalized: NormalizedText, found: Sequence[Clause], score: Scorer
) -> tuple[AspectOpinion, ...]:
    """Opinions by aspect, spans in raw offsets, in the order of first mention."""
    mentions = find_mentions(blank_look_alikes(normalized.text), found)
    return judge_mentions(normalized, mentions, score)


def find_mentions(text: str, found: Sequence[Clause]) -> list[Mention]:
    """Longest non-overlapping aspect phrases of each clause of the blanked text, in order."""
    phrases = (
        _Phrase(last + 1 - size, last + 1, aspect, polarity)
        for last, (size, aspect, polarity) in _automaton().iter(text)
    )
    return [
        Mention(*phrase, clause, _decides(found, clause, phrase))
        for clause, some in by_clause(found, phrases)
        for phrase in _longest(some)
    ]


def judge_mentions(
    normalized: NormalizedText, mentions: Sequence[Mention], score: Scorer
) -> tuple[AspectOpinion, ...]:
    """The opinions that these mentions are; `score` is asked for what `asked` names."""
    judged: dict[str, list[_Judged]] = defaultdict(list)
    scope = Scope(normalized.text)
    for mention in mentions:
        judged[mention.aspect].append(_judge(normalized.text, mention, scope, score))
    return tuple(_opinion(normalized, aspect, group) for aspect, group in judged.items())


def asked(text: str, mentions: Iterable[Mention]) -> list[str]:
    """The stretches whose sentiment decides what a mention says."""
    return [_deciding(text, mention) for mention in mentions if mention.polarity is None]


def _longest(phrases: list[_Phrase]) -> list[_Phrase]:
    if len(phrases) == 1:
        return phrases
    phrases.sort(key=lambda one: (one.start - one.end, one.start))
    kept: list[_Phrase] = []
    for one in phrases:
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _decides(found: Sequence[Clause], clause: Clause, phrase: _Phrase) -> Clause:
    """The clause, with the next one where it is hardly more than the phrase."""
    start, end = clause
    if phrase.polarity is not None or (end - start) - (phrase.end - phrase.start) > _BARE_CHARS:
        return clause
    following = bisect_left(found, end, key=lambda one: one.start)
    return Clause(start, found[following].end) if following < len(found) else clause


def _judge(text: str, mention: Mention, scope: Scope, score: Scorer) -> _Judged:
    if mention.polarity is None:
        sentiment = score(_deciding(text, mention))
        value = max(sentiment.positive, sentiment.neutral, sentiment.negative)
        return _Judged(mention, sentiment.label, value)
    if scope.is_denied(mention.clause, mention.start, mention.end):
        return _Judged(mention, _OPPOSITE[mention.polarity], _POLAR_SCORE)
    if not scope.is_claimed(mention.clause, mention.start, mention.end):
        return _Judged(mention, "neutral", _UNSURE)
    return _Judged(mention, mention.polarity, _POLAR_SCORE)


def _deciding(text: str, mention: Mention) -> str:
    return text[mention.decides.start : mention.decides.end]


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
                automaton.add_word(phrase, (len(phrase), aspect, polarity))
    automaton.make_automaton()
    return automaton
