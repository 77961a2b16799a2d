"""What the reader would say of the whole message, beside the facts; the policy decides."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from nlp_service.domain import Act, Span
from nlp_service.policy.engine import judge
from nlp_service.policy.facts import ClaimFact, ConversationFacts, EntityFact, Facts
from nlp_service.policy.loader import load_policy

POLICY = load_policy()
WORDS = (Span(2, 6),)


def _scores(facts: Facts) -> dict[str, float]:
    return {label.code: label.score for label in judge(POLICY, facts).labels}


def _asks(score: float, hints: Mapping[str, float], **facts: object) -> dict[str, float]:
    act = Act("asks", "income", score, WORDS)
    return _scores(Facts(acts=(act,), hints=hints, stage="presale", **facts))  # type: ignore[arg-type]


def test_a_doubtful_fact_counts_where_the_hint_agrees_and_not_where_it_differs() -> None:
    assert _asks(0.3, {}) == {}
    assert _asks(0.3, {"privacy.personal": 0.95})["privacy.personal"] > 0.7
    assert _asks(0.8, {})["privacy.personal"] == 0.8
    assert _asks(0.8, {"privacy.personal": 0.05}) == {}
    assert _asks(0.8, {"upsell.pressure": 0.05})["privacy.personal"] == 0.8


def test_a_hint_that_does_not_know_leaves_the_doubt_greater() -> None:
    (score,) = _asks(0.9, {"privacy.personal": 0.5}).values()
    assert 0.8 < score < 0.9


def test_the_words_of_the_fact_explain_what_the_hint_supports() -> None:
    act = Act("insults", None, 0.2, WORDS)
    (label,) = judge(POLICY, Facts(acts=(act,), hints={"conduct.abuse": 0.98})).labels
    assert (label.code, label.spans) == ("conduct.abuse", WORDS)


def test_a_hint_alone_accuses_nobody() -> None:
    assert _scores(Facts(hints=dict.fromkeys(POLICY.labels, 0.999))) == {}


def test_what_the_policy_permits_stays_permitted() -> None:
    act = Act("asks", "body_measure", 0.9, WORDS)
    hints = {"privacy.personal": 0.999}
    allowed = Facts(acts=(act,), hints=hints, category="apparel", stage="presale")
    assert _scores(allowed) == {}


@pytest.mark.parametrize("hint", [0.0, 1.0])
def test_a_hint_without_doubt_is_no_probability_and_is_left_out(hint: float) -> None:
    assert _asks(0.8, {"privacy.personal": hint}) == {"privacy.personal": 0.8}


def test_what_is_counted_or_checked_does_not_depend_on_a_hint() -> None:
    hints = dict.fromkeys(POLICY.labels, 0.01)
    many = ConversationFacts(near_same_unanswered=9, stalled=True)
    claim = ClaimFact("stock", False, Span(0, 4))
    facts = Facts(hints=hints, conversation=many, claims=(claim,))
    assert set(_scores(facts)) == {"upsell.flooding", "upsell.misleading", "service.evasion"}


def test_an_ask_that_is_permitted_but_refused_is_not_lost_by_the_hint_of_its_attribute() -> None:
    act = Act("asks", "body_measure", 0.9, WORDS)
    refused = ConversationFacts(refused=frozenset({"body_measure"}))
    hints = {"privacy.personal": 0.01, "privacy.coercion": 0.9}
    facts = Facts(
        acts=(act,), hints=hints, conversation=refused, category="apparel", stage="presale"
    )
    assert set(_scores(facts)) == {"privacy.coercion"}


def test_hints_are_stored_with_the_facts_and_may_be_missing_from_old_rows() -> None:
    facts = Facts(hints={"conduct.abuse": 0.4})
    stored = facts.to_json()
    assert Facts.from_json(stored) == facts
    del stored["hints"]
    assert Facts.from_json(stored) == Facts()


def _act(name: str, score: float) -> Act:
    head, _, attribute = name.partition(":")
    return Act(head, attribute or None, score, WORDS)


def test_no_hint_takes_a_permission_away() -> None:
    acts = (_act("asks:photo_of_person", 0.95), _act("conditions", 0.12))
    brought = ConversationFacts(brought=frozenset({"photo_of_person"}))
    facts = Facts(acts=acts, hints={"privacy.identity": 0.99}, conversation=brought)
    assert _scores(facts) == _scores(replace(facts, hints={})) == {}


def test_a_doubtful_pitch_at_night_is_no_flooding_by_a_hint() -> None:
    hints = {"upsell.persistent": 0.99, "upsell.flooding": 0.99}
    night = ConversationFacts(night=True)
    assert _scores(Facts(acts=(_act("pitches", 0.12),), hints=hints, conversation=night)) == {}
    plain = Facts(acts=(_act("pitches", 0.9),), conversation=night)
    assert set(_scores(plain)) == {"upsell.flooding"}


@pytest.mark.parametrize(
    ("acts", "conversation", "code"),
    [
        (("asks:income",), ConversationFacts(refused=frozenset({"income"})), "privacy.coercion"),
        (("pitches",), ConversationFacts(refused=frozenset({"pitch"})), "upsell.persistent"),
        (("other:phone",), ConversationFacts(), "privacy.disclosure"),
        (("asks:income", "conditions"), ConversationFacts(), "privacy.coercion"),
    ],
)
def test_doubtful_acts_count_for_the_label_that_the_hint_names(
    acts: tuple[str, ...], conversation: ConversationFacts, code: str
) -> None:
    doubtful = tuple(_act(name, 0.3) for name in acts)
    hints = {code: 0.97, "privacy.personal": 0.05}
    facts = Facts(acts=doubtful, hints=hints, conversation=conversation, stage="presale")
    assert set(_scores(facts)) == {code}
    assert _scores(replace(facts, hints={})) == {}


def test_an_ask_that_the_hint_clears_does_not_stand_before_what_was_asked_before() -> None:
    acts = (_act("asks:income", 0.6), _act("conditions", 0.9))
    pending = ConversationFacts(pending=frozenset({"id_document"}))
    hints = {"privacy.personal": 0.01, "privacy.coercion": 0.6, "privacy.identity": 0.6}
    facts = Facts(acts=acts, hints=hints, conversation=pending)
    weaker = replace(facts, acts=(_act("asks:income", 0.2), acts[1]))
    assert set(_scores(weaker)) == {"privacy.coercion", "privacy.identity"}
    assert set(_scores(facts)) == {"privacy.coercion"}


def test_an_ask_counts_by_the_hint_of_labels_that_it_can_have() -> None:
    acts = (_act("asks:income", 0.2), _act("conditions", 0.9))
    pending = ConversationFacts(pending=frozenset({"id_document"}))
    hints = {"privacy.personal": 0.01, "privacy.identity": 0.99}
    facts = Facts(acts=acts, hints=hints, conversation=pending)
    assert set(_scores(facts)) == {"privacy.coercion", "privacy.identity"}


def test_a_pitch_that_a_hint_lets_in_does_not_hide_a_sure_one() -> None:
    acts = (_act("pitches", 0.2), _act("ties", 0.9))
    refused = ConversationFacts(refused=frozenset({"pitch"}), night=True)
    facts = Facts(acts=acts, hints={"upsell.persistent": 0.9}, conversation=refused)
    assert set(_scores(facts)) == {"upsell.tying", "upsell.persistent", "upsell.flooding"}


def test_a_sure_press_does_not_hide_the_third_pitch() -> None:
    acts = (_act("pitches", 0.3), _act("presses", 0.9))
    ignored = ConversationFacts(pitches_unanswered=2)
    facts = Facts(acts=acts, hints={"upsell.persistent": 0.95}, conversation=ignored)
    assert set(_scores(facts)) == {"upsell.persistent", "upsell.pressure"}
    assert set(_scores(replace(facts, acts=acts[1:]))) == {"upsell.pressure"}


def test_a_condition_stands_behind_what_it_asks_for_again() -> None:
    condition = _act("conditions", 0.3)
    pending = ConversationFacts(pending=frozenset({"id_document"}))
    hints = {"privacy.coercion": 0.9, "privacy.identity": 0.9}
    facts = Facts(acts=(condition,), hints=hints, conversation=pending)
    for flags in (frozenset[str](), frozenset({"cross_border"})):
        judgement = judge(POLICY, replace(facts, flags=flags))
        assert "privacy.identity" in {label.code for label in judgement.labels}
        assert judgement.acts == (condition,)


def test_what_makes_a_pitch_irrelevant_is_told_with_it() -> None:
    acts = (_act("pitches", 0.9), _act("pitches:unrelated", 0.4))
    judgement = judge(
        POLICY, Facts(acts=acts, hints={"upsell.irrelevant": 0.9}, relation="unrelated")
    )
    assert [label.code for label in judgement.labels] == ["upsell.irrelevant"]
    assert judgement.acts == acts


def test_the_acts_behind_a_label_are_told_with_it() -> None:
    words = (Span(0, 2),)
    over = Act("asks", "size", 0.9, WORDS)
    pitch, insult = Act("pitches", None, 0.3, words), Act("insults", None, 0.42, WORDS)
    refused = ConversationFacts(refused=frozenset({"pitch"}))
    hints = {"conduct.abuse": 0.9, "upsell.persistent": 0.9}
    facts = Facts(acts=(over, pitch, insult), hints=hints, conversation=refused, stage="presale")
    judgement = judge(POLICY, facts)
    assert {label.code for label in judgement.labels} == {"conduct.abuse", "upsell.persistent"}
    assert judgement.acts == (pitch, insult)


def test_a_label_that_is_switched_off_stays_off() -> None:
    rule = POLICY.labels["conduct.abuse"].model_copy(update={"enabled": False})
    policy = POLICY.model_copy(update={"labels": {**POLICY.labels, "conduct.abuse": rule}})
    facts = Facts(acts=(_act("insults", 0.9),), hints={"conduct.abuse": 0.99})
    assert judge(policy, facts).labels == ()


def test_the_buyers_own_number_is_shown_whatever_the_hint() -> None:
    entity = EntityFact("mobile", Span(0, 11), True, "buyer")
    facts = Facts(entities=(entity,), hints={"privacy.disclosure": 0.001})
    assert _scores(facts)["privacy.disclosure"] > 0.9
