"""Several systems over the same messages: scores, the keyword filters, the run without context."""

import json
from pathlib import Path

import pytest

from nlp_service.chat.checker import ChatChecker
from nlp_service.domain import Message
from nlp_service.policy.facts import Facts
from nlp_service.policy.loader import load_policy
from nlp_service.training.chat_corpus import Record
from nlp_service.training.chat_evaluation import (
    Contender,
    Evaluation,
    evaluate,
    fitted_on,
    steps_of,
    write_figures,
)
from nlp_service.training.chat_report import measure
from tests.chat.reader import ScriptedReader
from tests.training.chat_messages import PARCEL, record

POLICY = load_policy()
REFUSED = [{"role": "buyer", "text": "手套不要"}]
PITCH, INSULT = "再带一副手套吧", "你这人有毛病"
RECORDS = [
    record(1, PITCH, ["upsell.persistent"], ["pair=p1a"], history=REFUSED),
    record(2, PITCH, [], ["pair=p1b"]),
    record(3, INSULT, ["conduct.abuse"], ["evasion"], author="x2"),
    record(4, PARCEL, [], author="x2"),
]
READER = ScriptedReader(
    acts={PITCH: ("pitches",), INSULT: ("insults",), PARCEL: ("threatens",)},
    tags={"手套不要": ("refuse:pitch",)},
)
CHECKER = ChatChecker(READER, POLICY)


def contender(reader: ScriptedReader = READER, **seen: frozenset[str]) -> Contender:
    checker = ChatChecker(reader, POLICY)
    return Contender(reader.label, lambda message, _: checker.facts(message), **seen)


def evaluated(*contenders: Contender) -> Evaluation:
    return evaluate(RECORDS, contenders or (contender(),), POLICY, corpus="tiny")


def test_main_model_is_scored_as_measure_scores_it() -> None:
    found = evaluated().main.scores.to_json()
    assert found == measure((one, CHECKER) for one in RECORDS).to_json()
    assert found["micro"] == {"precision": 0.6667, "recall": 1.0, "f1": 0.8, "support": 2}
    assert found["false_alarm_share"] == found["wrong_block_share"] == 0.5
    assert found["pairs_both_right"] == found["evasion_recall"] == 1.0


def test_without_context_the_pair_is_no_longer_told_apart() -> None:
    alone = evaluated().systems[-1]
    assert alone.name == "scripted@1 without context"
    assert alone.scores.to_json()["pairs_both_right"] == 0.0
    assert alone.scores.labels["upsell.persistent"].fn == 1
    assert alone.outcomes[0].record.context == {"history": REFUSED}


def test_systems_stand_side_by_side_in_order() -> None:
    found = evaluated(contender(), contender(ScriptedReader(label="other@1")))
    assert [system.name for system in found.systems] == [
        "scripted@1",
        "other@1",
        "keyword filter",
        "keyword filter, normalised",
        "scripted@1 without context",
    ]
    assert all(system.scores.messages == 4 for system in found.systems)
    assert found.systems[1].scores.micro.tp == 0


def test_keywords_state_no_score_so_none_is_held_against_the_truth() -> None:
    records = [record(1, "你收入多少", ["privacy.personal"])]
    found = evaluate(records, [contender()], POLICY, corpus="tiny")
    keywords = found.to_json()["systems"][1]
    assert keywords["micro"]["f1"] == 1.0
    assert keywords["expected_calibration_error"] is None


def test_facts_may_depend_on_the_author_so_that_nobody_is_judged_by_an_own_fit() -> None:
    asked: list[tuple[str, str]] = []

    def facts(message: Message, one: Record) -> Facts:
        asked.append((message.id, one.author))
        return CHECKER.facts(message)

    evaluate(RECORDS, [Contender("folds", facts)], POLICY, corpus="tiny")
    assert asked[:4] == [(one.id, one.author) for one in RECORDS]


def test_share_of_messages_by_authors_fitted_on_is_told() -> None:
    systems = evaluated(contender(fitted_on=frozenset({"x2"}))).to_json()["systems"]
    shares = [system["share_of_messages_by_authors_fitted_on"] for system in systems]
    assert shares == [0.5, None, None, 0.5]


@pytest.mark.parametrize(
    ("metrics", "authors"),
    [
        ({"voices": {"train": ["a"], "dev": ["b"], "test": ["c"]}, "authors": {"c": {}}}, "ab"),
        ({"authors": {"a": {}, "c": {}}}, "ac"),
        ({}, ""),
        (None, ""),
    ],
)
@pytest.mark.parametrize("folder", [".", "chat/17"])
def test_metrics_of_a_model_tell_whom_it_was_fitted_on(
    metrics: dict[str, object] | None, authors: str, folder: str, tmp_path: Path
) -> None:
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    if metrics is not None:
        (tmp_path / folder / "metrics.json").write_text(json.dumps(metrics), "utf-8")
    assert fitted_on(tmp_path) == frozenset(authors)


def test_figures_hold_everything_but_texts(tmp_path: Path) -> None:
    write_figures(tmp_path / "f.json", evaluated())
    written = (tmp_path / "f.json").read_text("utf-8")
    figures = json.loads(written)
    assert figures["policy_thresholds"]["conduct.threat"] == {"threshold": 0.5, "action": "block"}
    assert figures["slices"]["author"]["x2"]["messages"] == 2
    assert figures["fired_on_compliant"] == {"conduct.threat": 1}
    assert figures["worst_errors"] == ["x2-4"]
    assert figures["confusion"]["names"][0] == "allow"
    assert len(figures["sweep"]["curves"]["conduct"]) == len(figures["sweep"]["thresholds"])
    assert figures["reliability"] == [
        {"low": 0.9, "high": 1.0, "count": 3, "stated": 0.95, "observed": 0.6667}
    ]
    assert not any(one.text in written for one in RECORDS)


def test_progress_ends_where_steps_of_says() -> None:
    done: list[int] = []
    many = RECORDS * 40
    evaluate(many, [contender()], POLICY, corpus="tiny", progress=done.append)
    assert done == sorted(done)
    assert done[-1] == steps_of(len(many), 1)
