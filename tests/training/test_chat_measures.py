"""Slices, confusion, reliability and worst errors, counted by hand."""

import pytest

from nlp_service.domain import Action
from nlp_service.policy.loader import load_policy
from nlp_service.training.chat_measures import (
    BESIDE,
    confusion_of,
    f1_interval,
    fired_on_compliant,
    given_instead,
    reliability,
    slices_of,
    wilson,
    worst_errors,
)
from tests.training.chat_messages import outcome, record

POLICY = load_policy()
BUYER = {"role": "buyer", "text": "在吗"}


def test_outcome_lays_expected_beside_given() -> None:
    one = outcome(
        POLICY,
        record(labels=["upsell.misleading:block"]),
        upsell__misleading=0.8,
        conduct__abuse=0.6,
    )
    assert one.expected_action == Action.BLOCK
    assert one.missed == frozenset()
    assert one.wrong == {"conduct.abuse"}


def test_slices_count_messages_alarms_and_labels() -> None:
    outcomes = [
        outcome(POLICY, record(category="food", stage="presale"), privacy__contact=0.5),
        outcome(POLICY, record(category="food"), upsell__tying=0.9),
        outcome(POLICY, record(category="food")),
        outcome(POLICY, record(labels=["privacy.contact"], category="food"), privacy__contact=0.9),
        outcome(POLICY, record(labels=["privacy.contact"], author="x2"), upsell__tying=0.9),
    ]
    trades = slices_of(outcomes, "trade")
    assert list(trades) == ["food", "(none)"]
    assert trades["food"].to_json() == {
        "messages": 4,
        "precision": 0.3333,
        "recall": 1.0,
        "f1": 0.5,
        "support": 1,
        "compliant": 3,
        "false_alarm_share": 0.6667,
        "wrong_block_share": 0.3333,
    }
    assert trades["(none)"].to_json()["f1"] == 0.0
    assert trades["(none)"].to_json()["false_alarm_share"] is None
    assert list(slices_of(outcomes, "author")) == ["x1", "x2"]
    assert {name: part.messages for name, part in slices_of(outcomes, "stage").items()} == {
        "(none)": 4,
        "presale": 1,
    }


@pytest.mark.parametrize(
    ("turns", "name"), [(0, "0"), (1, "1-2"), (2, "1-2"), (3, "3+"), (9, "3+")]
)
def test_slices_by_length_of_history(turns: int, name: str) -> None:
    assert list(slices_of([outcome(POLICY, record(history=[BUYER] * turns))], "history")) == [name]


def test_message_counts_in_every_kind_it_has() -> None:
    outcomes = [
        outcome(POLICY, record(kinds=["hard", "pair=a1"])),
        outcome(POLICY, record(kinds=["hard", "unheard of"])),
        outcome(POLICY, record()),
    ]
    kinds = slices_of(outcomes, "kind")
    assert {name: part.messages for name, part in kinds.items()} == {
        "hard": 2,
        "(none)": 1,
        "pair": 1,
    }


def test_confusion_holds_compliant_missed_and_excess() -> None:
    contact = ["privacy.contact"]
    both = [*contact, "upsell.tying"]
    outcomes = [
        outcome(POLICY, record()),
        outcome(POLICY, record(), privacy__contact=0.9),
        outcome(POLICY, record(labels=contact)),
        outcome(POLICY, record(labels=contact), privacy__personal=0.9),
        outcome(POLICY, record(labels=contact), upsell__tying=0.9),
        outcome(POLICY, record(labels=contact), privacy__contact=0.9, upsell__tying=0.9),
        outcome(POLICY, record(labels=both), privacy__contact=0.9),
    ]
    confusion = confusion_of(outcomes, ["privacy", "upsell"])
    assert confusion.names == ("allow", "privacy", "upsell", BESIDE)
    assert confusion.cells == (
        (1, 1, 0, 0),  # compliant
        (1, 3, 1, 0),  # privacy
        (0, 0, 0, 1),  # upsell, missed beside privacy
        (0, 0, 1, 0),  # upsell, given beside privacy
    )


def test_what_fired_and_what_was_given_instead() -> None:
    outcomes = [
        outcome(POLICY, record(), privacy__contact=0.9, upsell__tying=0.9),
        outcome(POLICY, record(labels=["conduct.abuse"]), conduct__command=0.9),
        outcome(POLICY, record(labels=["conduct.abuse"])),
        outcome(POLICY, record(labels=["conduct.abuse", "conduct.threat"]), conduct__threat=0.9),
    ]
    assert fired_on_compliant(outcomes) == {"privacy.contact": 1, "upsell.tying": 1}
    assert given_instead(outcomes) == {
        "conduct.abuse": {"conduct.command": 1, "allow": 1, BESIDE: 1}
    }


def test_reliability_bins_leave_empty_ones_out() -> None:
    bins = reliability([(0.95, True), (0.95, True), (0.97, False), (0.5, True)])
    assert [(one.low, one.high, one.count) for one in bins] == [(0.4, 0.5, 1), (0.9, 1.0, 3)]
    assert bins[1].stated == pytest.approx(0.9567, abs=1e-4)
    assert bins[1].observed == pytest.approx(0.6667, abs=1e-4)


def test_wilson_interval_matches_the_published_example() -> None:
    # Newcombe 1998, table I: 81 of 263 and 0 of 20.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(1.0, 3)[1] == 1.0


def test_worst_errors_have_the_widest_gap_first_and_are_varied() -> None:
    alarms = [outcome(POLICY, record(n), upsell__tying=0.5 + n / 100) for n in range(9)]
    mild = outcome(POLICY, record(90, labels=["conduct.abuse"]))
    milder = outcome(POLICY, record(91, labels=["service.evasion"]))
    right = outcome(POLICY, record(92))
    worst = worst_errors([right, milder, *alarms, mild], limit=30)
    assert [one.record.id for one in worst] == ["x1-8", "x1-7", "x1-6", "x1-90", "x1-91"]
    assert [one.record.id for one in worst_errors([*alarms, mild], limit=2)] == ["x1-8", "x1-90"]


def test_authors_take_turns_among_what_was_missed() -> None:
    labels = ["conduct.abuse"], ["conduct.threat"], ["upsell.tying"]
    missed = [
        outcome(POLICY, record(n, labels=label, author=author))
        for author in ("x1", "x2")
        for n, label in enumerate(labels)
    ]
    worst = worst_errors(missed, limit=4)
    assert [one.record.id for one in worst] == ["x1-0", "x2-0", "x1-1", "x2-1"]


def test_interval_holds_the_figure_and_a_lead_over_itself_is_nothing() -> None:
    label = ["conduct.abuse"]
    outcomes = [outcome(POLICY, record(n, labels=label), conduct__abuse=0.9) for n in range(40)]
    outcomes += [outcome(POLICY, record(n, labels=label)) for n in range(10)]
    low, high = f1_interval(outcomes)
    assert low < 80 / 90 < high
    assert high - low < 0.2
    assert f1_interval(outcomes, outcomes) == (0.0, 0.0)
