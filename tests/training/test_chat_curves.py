"""The threshold sweep: what a policy with other thresholds would have said."""

import pytest

from nlp_service.domain import Act, Action, Span
from nlp_service.policy.engine import judge
from nlp_service.policy.facts import Facts
from nlp_service.policy.loader import load_policy
from nlp_service.training.chat_curves import ALL, sweep, thresholds_of, with_threshold

POLICY = load_policy()
ABUSE = frozenset({"conduct.abuse"})


def insults(score: float) -> Facts:
    return Facts(acts=(Act("insults", None, score, (Span(0, 2),)),))


JUDGED = [
    (ABUSE, insults(0.9)),
    (ABUSE, insults(0.3)),
    (frozenset[str](), insults(0.4)),
    (frozenset[str](), Facts()),
]


def test_sweep_trades_recall_for_precision() -> None:
    done: list[int] = []
    found = sweep(POLICY, JUDGED, thresholds=(0.2, 0.35, 0.5, 0.95), progress=done.append)
    points = found.curves["conduct.abuse"]
    assert [(point.precision, point.recall) for point in points] == [
        (0.6667, 1.0),
        (0.5, 0.5),
        (1.0, 0.5),
        (None, 0.0),
    ]
    assert found.curves["conduct"] == points == found.curves[ALL]
    assert found.false_alarms == [0.5, 0.5, 0.0, 0.0]
    assert done == [1, 2, 3, 4]
    best = found.best("conduct.abuse")
    assert best is not None
    assert (best.threshold, best.f1) == (0.2, 0.8)
    assert found.best("privacy") is None


def test_scores_below_the_policys_threshold_come_from_the_lowest_of_the_sweep() -> None:
    found = sweep(POLICY, JUDGED, thresholds=(0.1, 0.5))
    assert sorted(found.scored) == [(0.3, True), (0.4, False), (0.9, True)]
    assert judge(POLICY, insults(0.3)).labels == ()


def test_moving_thresholds_leaves_the_policy_itself_alone() -> None:
    before = POLICY.model_dump()
    moved = with_threshold(POLICY, 0.9)
    assert {rule.threshold for rule in moved.labels.values()} == {0.9}
    assert POLICY.model_dump() == before
    assert moved.labels["conduct.abuse"].action == POLICY.labels["conduct.abuse"].action


@pytest.mark.parametrize("family", ["privacy", "upsell", "conduct"])
def test_families_do_not_read_each_others_thresholds(family: str) -> None:
    facts = Facts(
        acts=tuple(
            Act(act, attribute, 0.6, (Span(0, 2),))
            for act, attribute in (
                ("asks", "income"),
                ("conditions", None),
                ("pitches", None),
                ("presses", None),
                ("insults", None),
            )
        )
    )
    low = with_threshold(POLICY, 0.1)
    labels = {
        code: rule.model_copy(update={"threshold": 0.1 if code.startswith(family) else 0.9})
        for code, rule in POLICY.labels.items()
    }
    alone = POLICY.model_copy(update={"labels": labels})
    together = {one.code for one in judge(low, facts).labels if one.code.startswith(family)}
    assert together
    assert {one.code for one in judge(alone, facts).labels} == together


def test_thresholds_of_a_family_come_with_their_actions() -> None:
    assert thresholds_of(POLICY, "conduct") == {
        (0.6, Action.WARN): ["conduct.command"],
        (0.5, Action.BLOCK): ["conduct.threat"],
        (0.4, Action.BLOCK): ["conduct.abuse"],
    }
    assert thresholds_of(POLICY, "upsell")[0.6, Action.WARN] == [
        "upsell.irrelevant",
        "upsell.misleading",
    ]
