"""One evaluation of the chat check: several systems on the same messages in the same run.

records --facts--> judge --> outcomes, scores       a system each: models, keyword filters,
              \\--> threshold sweep (first model)    the first model without context
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from nlp_service.chat.checker import ChatChecker
from nlp_service.chat.loading import SHIPPED
from nlp_service.domain import Message
from nlp_service.policy.engine import judge
from nlp_service.policy.facts import Facts
from nlp_service.policy.schema import PolicyData
from nlp_service.training.chat_corpus import Record
from nlp_service.training.chat_curves import THRESHOLDS, Sweep, families_of, sweep
from nlp_service.training.chat_measures import (
    SLICINGS,
    Outcome,
    confusion_of,
    f1_interval,
    fired_on_compliant,
    given_instead,
    reliability,
    slices_of,
    worst_errors,
)
from nlp_service.training.chat_report import Answer, Scores, add, ratio, to_message
from nlp_service.training.keyword_filter import KeywordFilter

Progress = Callable[[int], None]
_SWEEP_SHARE = 60  # judging stored facts again takes about a sixtieth of finding them


@dataclass(frozen=True, slots=True)
class Contender:
    """A model to measure; `fitted_on` names the authors whose messages it was fitted on.

    `facts` may take a different fit for each author, so that none is judged by its own.
    """

    name: str
    facts: Callable[[Message, Record], Facts]
    fitted_on: frozenset[str] = frozenset()

    @classmethod
    def of(cls, checker: ChatChecker, model_dir: Path) -> "Contender":
        """A loaded checker under its model's name; `model_dir` tells whom it was fitted on."""
        name = checker.check(Message("name", "您好")).model
        return cls(name, lambda message, _: checker.facts(message), fitted_on(model_dir))


@dataclass(frozen=True, slots=True)
class System:
    """What one system made of every message; `seen` is the share of messages by known authors."""

    name: str
    scores: Scores
    outcomes: Sequence[Outcome]
    seen: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All systems, the model in question first, and its threshold sweep."""

    corpus: str
    policy: PolicyData
    systems: Sequence[System]
    sweep: Sweep

    @property
    def main(self) -> System:
        """The system that the detailed figures are about."""
        return self.systems[0]

    def to_json(self) -> dict[str, Any]:
        """Every figure, no text."""
        main = self.main
        return {
            "corpus": self.corpus,
            "policy": self.policy.id,
            "systems": [self._system_json(system) for system in self.systems],
            "slices": {
                by: {name: part.to_json() for name, part in slices_of(main.outcomes, by).items()}
                for by in SLICINGS
            },
            "policy_thresholds": {
                code: {"threshold": rule.threshold, "action": rule.action.value}
                for code, rule in self.policy.labels.items()
            },
            "sweep": self.sweep.to_json(),
            "reliability": [asdict(one) for one in reliability(main.scores.calibration)],
            "confusion": confusion_of(main.outcomes, families_of(self.policy)).to_json(),
            "fired_on_compliant": dict(fired_on_compliant(main.outcomes).most_common()),
            "given_instead": {
                code: dict(counts.most_common())
                for code, counts in given_instead(main.outcomes).items()
            },
            "worst_errors": [outcome.record.id for outcome in worst_errors(main.outcomes)],
        }

    def _system_json(self, system: System) -> dict[str, Any]:
        lead = None
        if system is not self.main:
            lead = f1_interval(system.outcomes, self.main.outcomes)
        return {
            "name": system.name,
            **system.scores.to_json(),
            "how": f"over {self.corpus}",
            "share_of_messages_by_authors_fitted_on": system.seen,
            "micro_f1_interval_95": f1_interval(system.outcomes),
            "micro_f1_lead_interval_95": lead,
        }


def evaluate(
    records: Sequence[Record],
    contenders: Sequence[Contender],
    policy: PolicyData,
    *,
    corpus: str,
    progress: Progress = lambda _: None,
) -> Evaluation:
    """Measure all contenders, two keyword filters and the first contender without context.

    `progress` gets the steps done of `steps_of`.
    """
    first = contenders[0]
    meter = _Meter(progress)
    messages = [to_message(record) for record in records]
    facts = [_stated(first, records, messages, meter)]
    systems = [_judged(first, records, facts[0], policy)]
    for other in contenders[1:]:
        found = _stated(other, records, messages, meter)
        systems.append(_judged(other, records, found, policy))
    for normalised, name in ((False, "keyword filter"), (True, "keyword filter, normalised")):
        answers = map(KeywordFilter(policy, normalised).judge, messages)
        systems.append(_unscored(_system(name, records, answers, policy)))
    bare = [Message(message.id, message.text) for message in messages]
    alone = replace(first, name=f"{first.name} without context")
    systems.append(_judged(alone, records, _stated(alone, records, bare, meter), policy))
    expected = [outcome.expected for outcome in systems[0].outcomes]
    swept = sweep(
        policy,
        list(zip(expected, facts[0], strict=True)),
        progress=lambda _: meter.add(len(records) // _SWEEP_SHARE),
    )
    return Evaluation(corpus, policy, systems, swept)


def steps_of(records: int, contenders: int) -> int:
    """How far `progress` of `evaluate` counts."""
    return records * (contenders + 1) + records // _SWEEP_SHARE * len(THRESHOLDS)


def write_figures(path: Path, evaluation: Evaluation) -> None:
    """Write every figure as JSON."""
    text = json.dumps(evaluation.to_json(), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


class _Meter:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done = 0

    def add(self, steps: int) -> None:
        self._done += steps
        self._progress(self._done)


def _stated(
    contender: Contender, records: Sequence[Record], messages: Sequence[Message], meter: _Meter
) -> list[Facts]:
    found = []
    for record, message in zip(records, messages, strict=True):
        found.append(contender.facts(message, record))
        meter.add(1)
    return found


def _judged(
    contender: Contender, records: Sequence[Record], facts: Iterable[Facts], policy: PolicyData
) -> System:
    answers = (judge(policy, stated) for stated in facts)
    seen = None
    if contender.fitted_on:
        seen = ratio(sum(r.author in contender.fitted_on for r in records), len(records))
    return replace(_system(contender.name, records, answers, policy), seen=seen)


@dataclass(frozen=True, slots=True)
class _Under:
    policy: PolicyData


def _system(
    name: str, records: Sequence[Record], answers: Iterable[Answer], policy: PolicyData
) -> System:
    scores, outcomes = Scores(), []
    for record, answer in zip(records, answers, strict=True):
        add(scores, record, answer, _Under(policy))
        outcomes.append(Outcome.of(record, answer, policy))
    return System(name, scores, outcomes)


def _unscored(system: System) -> System:
    """A keyword states no score, so there is none to hold against the truth."""
    system.scores.calibration.clear()
    return system


def fitted_on(model_dir: Path) -> frozenset[str]:
    """The authors that a model was fitted or calibrated on, as its metrics.json says.

    Empty where nothing says so: a checkpoint, or a model without metrics.
    """
    for path in (model_dir, model_dir / SHIPPED):
        if (path / "metrics.json").is_file():
            metrics = json.loads((path / "metrics.json").read_text(encoding="utf-8"))
            parts = metrics.get("voices", {"train": list(metrics.get("authors", ()))})
            return frozenset(parts.get("train", ())) | frozenset(parts.get("dev", ()))
    return frozenset()
