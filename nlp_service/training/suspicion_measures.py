"""What suspicion is worth on cases whose truth is known; wrong accusations lead.

    cases --ReviewScorer--> ReviewScore --count--> caught and wrong, queue, ablation, fidelity

Medium or high counts as accused. Each call scores its cases as one batch: copies and crowds are
seen only among the cases at hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp_service.domain import Review, ReviewScore, Signal
from nlp_service.reviews.policy import FAMILIES, SuspicionPolicy
from nlp_service.reviews.reading import ReviewReader, ReviewReading
from nlp_service.reviews.scorer import ReviewScorer
from nlp_service.reviews.suspicion import family_of
from nlp_service.training.chat_measures import wilson
from nlp_service.training.suspicion_cases import Case

_ACCUSED = ("medium", "high")
_PER = 10_000
QUEUE = 100  # reviews that moderators can look at


class RememberedReader:
    """Reads each text once, however often it is scored."""

    def __init__(self, reader: ReviewReader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, str | None, str | None], ReviewReading] = {}
        self.label = reader.label

    def read(self, reviews: Sequence[Review]) -> list[ReviewReading]:
        """One reading a review, in order."""
        unread = [review for review in reviews if _key(review) not in self._known]
        for review, reading in zip(unread, self._reader.read(unread), strict=True):
            self._known[_key(review)] = reading
        return [self._known[_key(review)] for review in reviews]


def _key(review: Review) -> tuple[str, str | None, str | None]:
    return review.text, review.category, review.item_title


def is_accused(score: ReviewScore) -> bool:
    """Whether a moderator is told that this review is likely not honest."""
    return score.suspicion.level in _ACCUSED


def measure_cases(
    cases: Sequence[Case], reader: ReviewReader, policy: SuspicionPolicy
) -> dict[str, Any]:
    """Caught and wrong by group, hazards, and the same with each family of signals switched off."""
    scores = ReviewScorer(reader, policy=policy).score_batch([case.review for case in cases])
    rates = _caught_and_wrong(cases, scores)
    hazards = [
        score
        for case, score in zip(cases, scores, strict=True)
        if not case.is_malicious and score.severity.level == "hazard"
    ]
    return {
        **rates,
        "by_group": _by_group(cases, scores),
        "hazards": {
            "honest": len(hazards),
            "sent_first": sum(score.suspicion.advice == "review_first" for score in hazards),
        },
        "without": {
            family: _caught_and_wrong(
                cases,
                ReviewScorer(reader, policy=without_family(policy, family)).score_batch(
                    [case.review for case in cases]
                ),
            )
            for family in FAMILIES
        },
    }


def measure_world(cases: Sequence[Case], scores: Sequence[ReviewScore]) -> dict[str, Any]:
    """Precision among the first QUEUE, wrong accusations per 10,000 honest bad reviews."""
    score = np.array([one.suspicion.score for one in scores])
    guilty = np.array([case.is_malicious for case in cases])
    judged = [
        (case, one)
        for case, one in zip(cases, scores, strict=True)
        if one.suspicion.level != "none" and not case.is_malicious
    ]
    groups = sorted({case.group for case, _ in judged})
    return {
        "reviews": len(cases),
        "malicious": int(guilty.sum()),
        "queue_precision": queue_precision(score, guilty),
        **_caught_and_wrong(cases, scores),
        "by_group": _by_group(cases, scores),
        "honest_bad": _wrongly(judged),
        "honest_bad_by_population": {
            group: _wrongly([pair for pair in judged if pair[0].group == group]) for group in groups
        },
    }


def queue_precision(score: NDArray[np.float64], guilty: NDArray[np.bool_]) -> float:
    """Share of malicious ones among the QUEUE most suspicious; ties count as chance would."""
    order = np.argsort(-score, kind="stable")[:QUEUE]
    cut = score[order[-1]]
    sure, tied = score > cut, score == cut
    rest = QUEUE - int(sure.sum())
    found = float(guilty[sure].sum()) + rest * float(guilty[tied].mean())
    return round(found / QUEUE, 4)


def fidelity(
    cases: Sequence[Case], reader: ReviewReader, policy: SuspicionPolicy
) -> dict[str, Any]:
    """How often the score falls when the evidence cited as heaviest is taken away."""
    scorer = ReviewScorer(reader, policy=policy)
    scores = scorer.score_batch([case.review for case in cases])
    everybody = scorer.others()
    for seen in scorer.seen([case.review for case in cases]):
        everybody.add(seen)
    fell = []
    for case, score in zip(cases, scores, strict=True):
        if not is_accused(score):
            continue
        heaviest = max(score.suspicion.signals, key=lambda signal: signal.weight)
        alone = family_of(heaviest) == "copy" or heaviest.code in _AMONG_OTHERS
        cut = _without(case.review, heaviest)
        after = scorer.score(cut, others=None if alone else everybody)
        fell.append(after.suspicion.score < score.suspicion.score)
    return {"accused": len(fell), "fell": sum(fell), "share": _share(np.array(fell, np.bool_))}


_AMONG_OTHERS = frozenset(
    {
        "behaviour.synchrony",
        "behaviour.burst",
        "behaviour.pile_on",
        "behaviour.account.series",
        "behaviour.again",
    }
)


def _without(review: Review, signal: Signal) -> Review:
    """The review without what the signal rests on: words, facts of the order, or history."""
    if signal.spans and family_of(signal) == "text":
        text = review.text
        for span in sorted(signal.spans, key=lambda span: -span.start):
            text = text[: span.start] + text[span.end :]
        return replace(review, text=text)
    if family_of(signal) == "fact":
        return replace(review, order=None)
    return replace(review, history=None)


def without_family(policy: SuspicionPolicy, family: str) -> SuspicionPolicy:
    """The policy under which every signal of a family is silent."""
    silent = {
        code: 0.0 if code.startswith(f"{family}.") else weight
        for code, weight in policy.weights.items()
    }
    return policy.model_copy(update={"weights": silent})


def _caught_and_wrong(cases: Sequence[Case], scores: Sequence[ReviewScore]) -> dict[str, float]:
    accused = np.array([is_accused(score) for score in scores])
    guilty = np.array([case.is_malicious for case in cases])
    return {
        "malicious": int(guilty.sum()),
        "honest": int((~guilty).sum()),
        "caught": _share(accused[guilty]),
        "wrong": _share(accused[~guilty]),
    }


def _by_group(
    cases: Sequence[Case], scores: Sequence[ReviewScore]
) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = {"malicious": {}, "honest": {}}
    for case, score in zip(cases, scores, strict=True):
        truth = "malicious" if case.is_malicious else "honest"
        row = found[truth].setdefault(case.group, {"cases": 0, "accused": 0})
        row["cases"] += 1
        row["accused"] += is_accused(score)
    return {truth: dict(sorted(rows.items())) for truth, rows in found.items()}


def _wrongly(judged: Iterable[tuple[Case, ReviewScore]]) -> dict[str, float]:
    """Wrong accusations per 10,000 honest bad reviews, with a Wilson interval of 95 %."""
    accused = [is_accused(score) for _, score in judged]
    share = sum(accused) / max(len(accused), 1)
    low, high = wilson(share, len(accused)) if accused else (0.0, 1.0)
    return {
        "reviews": len(accused),
        "accused": sum(accused),
        "per_10000": round(_PER * share, 1),
        "low": round(_PER * low, 1),
        "high": round(_PER * high, 1),
    }


def _share(values: NDArray[np.bool_]) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0
