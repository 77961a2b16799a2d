"""From signals to a score, a level and an advice: weights of evidence, capped by family.

    signals -> prior + capped family sums -> may this level rest on these families? -> sigmoid

Medium and higher need two families, one of them not text, or one hard fact; text alone reaches
medium only for extortion, threats and doxxing. Signals that whisper rank, but make no family speak;
what an account is like ranks low where no family speaks against this very review without it.
The service never hides a review: it asks a person.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from nlp_service.domain import Review, Sentiment, Signal, Suspicion
from nlp_service.reviews.policy import SuspicionPolicy
from nlp_service.reviews.view import ReviewView

_LOW_RATING, _CONTENT = 2, 4
_BELOW = 0.01  # how far under the next level's threshold a withheld score stays
_BEND = 0.8  # share of its ceiling up to which a withheld score is left as it is
_OVERRIDING = frozenset({"text.extortion", "text.threat"})
_SMALL = frozenset({"none", "minor"})  # claims for which next to nothing is owed
_UNCOUNTED = "(此处不计分)"
_SPITE_FAMILIES = ("fact", "behaviour")


def assess_suspicion(review: Review, view: ReviewView, signals: Sequence[Signal]) -> Suspicion:
    """Probability that a BAD review is not an honest account; good reviews are not judged.

    `signals` may hold silent ones (weight 0); the answer lists the speaking ones only, heaviest
    first, those for the buyer included; what does not count here says so.
    """
    speaking = sorted((s for s in signals if s.weight), key=lambda s: -abs(s.weight))
    is_bad = is_judged(review, view.sentiment, speaking, view.policy)
    counted = _counted(speaking, view.policy, view.severity.level)
    score = _score(counted, view.policy) if is_bad else 0.0
    level = _level(score, view.policy) if is_bad else "none"
    advice = _advice(level, view.severity.level)
    shown = (s if s in counted else replace(s, reason=s.reason + _UNCOUNTED) for s in speaking)
    return Suspicion(round(score, 4), level, advice, tuple(shown) if is_bad else ())


def is_judged(
    review: Review, sentiment: Sentiment, signals: Sequence[Signal], policy: SuspicionPolicy
) -> bool:
    """Whether this is a bad review: by its text, its stars, or a demand that it makes.

    A low rating over praise is a slip of the finger unless facts show spite; who gives four stars
    or five demands nothing for them.
    """
    if sentiment.label == "negative":
        return True
    is_content = review.rating is not None and review.rating >= _CONTENT
    if not is_content and any(signal.code in _OVERRIDING for signal in signals):
        return True
    if review.rating is None or review.rating > _LOW_RATING:
        return False
    return sentiment.label == "neutral" or any(
        family_of(signal) in _SPITE_FAMILIES and signal.weight >= policy.support
        for signal in signals
    )


def family_of(signal: Signal) -> str:
    """`text` of `text.extortion`."""
    return signal.code.partition(".")[0]


def family_sums(signals: Sequence[Signal], policy: SuspicionPolicy) -> dict[str, float]:
    """Sum of weights of each family, kept within the family's cap."""
    sums = dict.fromkeys(policy.families, 0.0)
    for signal in signals:
        sums[family_of(signal)] += signal.weight
    return {family: _capped(value, policy.families[family]) for family, value in sums.items()}


def _capped(value: float, cap: float) -> float:
    return max(-cap, min(cap, value))


def _score(signals: Sequence[Signal], policy: SuspicionPolicy) -> float:
    evidence = sum(family_sums(signals, policy).values())
    score = 1.0 / (1.0 + math.exp(-(policy.prior + evidence)))
    return _under(_ceiling(signals, policy), score)


def _under(ceiling: float, score: float) -> float:
    """The score pressed under its ceiling, so that heavier evidence still stands higher."""
    bend = _BEND * ceiling
    if ceiling >= 1.0 or score <= bend:
        return score
    return bend + (ceiling - bend) * (score - bend) / (1.0 - bend)


def _ceiling(signals: Sequence[Signal], policy: SuspicionPolicy) -> float:
    """The highest score that these kinds of evidence can carry."""
    heard = [s for s in signals if s.code not in policy.whispers]
    if not _speaking([s for s in heard if s.code not in policy.habits.codes], policy):
        return policy.habits.ceiling
    speaking = _speaking(heard, policy)
    has_two = len(speaking) >= 2 and speaking != {"text"}
    if has_two or any(_is_hard(signal, policy) for signal in signals):
        return 1.0
    if any(_is_alone(signal, policy) for signal in signals):
        return policy.levels.high - _BELOW
    return policy.levels.medium - _BELOW


def _speaking(signals: Sequence[Signal], policy: SuspicionPolicy) -> set[str]:
    """The families against the review whose sum is worth hearing."""
    sums = family_sums(signals, policy)
    return {family for family in sums if family != "counter" and sums[family] >= policy.support}


def _is_alone(signal: Signal, policy: SuspicionPolicy) -> bool:
    return signal.code in policy.alone and signal.weight >= policy.alone_weight


def _counted(signals: Sequence[Signal], policy: SuspicionPolicy, severity: str) -> Sequence[Signal]:
    """What counts of all that is shown: a good record does not unsay what the text surely says, nor
    do pictures of a small flaw a demand; a bad record is not held against who tells of a danger.
    """
    silent = set(policy.yield_to_hazard) if severity == "hazard" else set()
    is_small = severity in _SMALL
    for signal in signals:
        if _is_alone(signal, policy):
            silent.update(policy.no_excuse.get(signal.code, ()))
            silent.update(policy.no_excuse_minor.get(signal.code, ()) if is_small else ())
    return [signal for signal in signals if signal.code not in silent]


def _is_hard(signal: Signal, policy: SuspicionPolicy) -> bool:
    from_weight = policy.hard_facts.get(signal.code)
    return from_weight is not None and signal.weight >= from_weight


def _level(score: float, policy: SuspicionPolicy) -> str:
    if score >= policy.levels.high:
        return "high"
    return "medium" if score >= policy.levels.medium else "low"


def _advice(level: str, severity: str) -> str:
    """A hazard goes to a person first, however suspicious its review."""
    if severity == "hazard":
        return "review_first"
    return "review" if level in ("medium", "high") else "none"
