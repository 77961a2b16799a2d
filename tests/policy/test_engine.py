"""The policy over bare facts: no text, no model."""

import pytest

from nlp_service.domain import Act, Action, Span
from nlp_service.policy.engine import judge
from nlp_service.policy.facts import ClaimFact, ConversationFacts, EntityFact, Facts
from nlp_service.policy.loader import load_policy
from nlp_service.policy.schema import PolicyData


@pytest.fixture(scope="module")
def policy() -> PolicyData:
    return load_policy()


def _asks(attribute: str, score: float = 0.9) -> Act:
    return Act("asks", attribute, score, (Span(0, 4),))


def _codes(policy: PolicyData, facts: Facts) -> list[str]:
    return [f"{label.code}:{label.action}" for label in judge(policy, facts).labels]


@pytest.mark.parametrize(
    ("attribute", "category", "expected"),
    [
        ("body_measure", "apparel", []),
        ("body_measure", "books", ["privacy.personal:warn"]),
        ("body_measure", None, []),
        ("health", "beauty", []),
        ("health", "digital", ["privacy.sensitive:block"]),
        ("household", "furniture", []),
        ("household", "beauty", ["privacy.personal:warn"]),
        ("income", "jewelry", ["privacy.personal:warn"]),
        ("income", None, ["privacy.personal:warn"]),
        ("device_model", "food", []),
        ("credential", "digital", ["privacy.credential:block"]),
        ("im_account", None, ["privacy.contact:warn"]),
        ("bank_or_pay_account", "food", ["offsite.diversion:block"]),
        ("religion_or_ethnicity", "food", ["privacy.sensitive:block"]),
    ],
)
def test_category_matrix_decides_what_may_be_asked(
    policy: PolicyData, attribute: str, category: str | None, expected: list[str]
) -> None:
    facts = Facts(acts=(_asks(attribute),), category=category, stage="presale")
    assert _codes(policy, facts) == expected


@pytest.mark.parametrize(
    ("stage", "purposes", "expected"),
    [
        ("ordered", {"delivery": 0.9}, []),
        ("ordered", {}, ["privacy.contact:warn"]),
        ("presale", {"delivery": 0.9}, ["privacy.contact:warn"]),
        ("delivered", {"marketing": 0.9}, ["privacy.contact:warn"]),
        (None, {}, []),
    ],
)
def test_phone_is_fine_only_for_a_need_of_this_order(
    policy: PolicyData, stage: str | None, purposes: dict[str, float], expected: list[str]
) -> None:
    facts = Facts(
        acts=(_asks("phone"),),
        stage=stage,
        category="apparel" if stage else None,
        purposes=purposes,
    )
    assert _codes(policy, facts) == expected


def test_identity_papers_on_cross_border_orders_are_a_warning(policy: PolicyData) -> None:
    asked = Facts(acts=(_asks("id_document"),), stage="ordered", category="beauty")
    abroad = Facts(acts=asked.acts, stage="ordered", flags=frozenset({"cross_border"}))
    assert _codes(policy, asked) == ["privacy.identity:block"]
    assert _codes(policy, abroad) == ["privacy.identity:warn"]


def test_face_on_a_cross_border_order_stays_blocked(policy: PolicyData) -> None:
    facts = Facts(acts=(_asks("biometric"),), flags=frozenset({"cross_border"}))
    assert _codes(policy, facts) == ["privacy.identity:block"]


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ("body_measure", ["privacy.coercion:block"]),
        ("income", ["privacy.coercion:block", "privacy.personal:warn"]),
        ("photo_of_goods", ["privacy.coercion:block"]),
    ],
)
def test_asking_again_after_a_refusal_is_coercion(
    policy: PolicyData, attribute: str, expected: list[str]
) -> None:
    said = ConversationFacts(refused=frozenset({attribute}))
    facts = Facts(acts=(_asks(attribute),), category="apparel", conversation=said)
    assert _codes(policy, facts) == expected


def test_follow_up_on_what_the_buyer_brought_up_is_fine_but_never_for_a_credential(
    policy: PolicyData,
) -> None:
    said = ConversationFacts(brought=frozenset({"marital", "credential"}))
    fine = Facts(acts=(_asks("marital"),), category="jewelry", conversation=said)
    never = Facts(acts=(_asks("credential"),), category="jewelry", conversation=said)
    assert _codes(policy, fine) == []
    assert _codes(policy, never) == ["privacy.credential:block"]


def test_pointer_to_an_open_question_carries_its_label(policy: PolicyData) -> None:
    conditions = Act("conditions", None, 0.9, (Span(0, 8),))
    open_income = ConversationFacts(pending=frozenset({"income"}))
    bare = Facts(acts=(conditions,), stage="aftersale")
    pointing = Facts(acts=(conditions,), stage="aftersale", conversation=open_income)
    assert _codes(policy, bare) == []
    assert _codes(policy, pointing) == ["privacy.coercion:block", "privacy.personal:warn"]


def test_required_photo_of_the_person_is_identity_and_coercion(policy: PolicyData) -> None:
    photo = _asks("photo_of_person")
    voluntary = Facts(acts=(photo,), category="apparel")
    required = Facts(acts=(photo, Act("conditions", None, 0.9)), category="apparel")
    assert _codes(policy, voluntary) == ["privacy.personal:warn"]
    assert _codes(policy, required) == ["privacy.coercion:block", "privacy.identity:block"]


def test_own_data_warns_and_somebody_elses_blocks(policy: PolicyData) -> None:
    own = Facts(acts=(Act("own", "phone", 0.9, (Span(0, 11),)),))
    other = Facts(acts=(Act("other", "phone", 0.9, (Span(0, 11),)),))
    assert _codes(policy, own) == ["privacy.disclosure:warn"]
    assert _codes(policy, other) == ["privacy.disclosure:block"]


def test_number_that_the_buyer_typed_before_is_disclosed_without_any_model(
    policy: PolicyData,
) -> None:
    facts = Facts(entities=(EntityFact("mobile", Span(2, 13), True, "buyer"),))
    label = judge(policy, facts).labels[0]
    assert (label.code, label.action, label.spans) == (
        "privacy.disclosure",
        Action.WARN,
        (Span(2, 13),),
    )
    assert label.source == ("state",)


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        (ConversationFacts(), []),
        (ConversationFacts(refused=frozenset({"pitch"})), ["upsell.persistent:block"]),
        (ConversationFacts(pitches_unanswered=1), []),
        (ConversationFacts(pitches_unanswered=2), ["upsell.persistent:block"]),
        (ConversationFacts(night=True), ["upsell.flooding:warn"]),
    ],
)
def test_pitch_is_judged_by_the_conversation(
    policy: PolicyData, conversation: ConversationFacts, expected: list[str]
) -> None:
    pitch = Act("pitches", None, 0.9, (Span(0, 6),))
    assert _codes(policy, Facts(acts=(pitch,), conversation=conversation)) == expected


def test_service_message_at_night_or_after_a_refused_pitch_is_fine(policy: PolicyData) -> None:
    said = ConversationFacts(refused=frozenset({"pitch"}), night=True)
    assert _codes(policy, Facts(conversation=said)) == []


@pytest.mark.parametrize(
    ("relation", "stated", "expected"),
    [
        ("foreign", 0.0, ["upsell.irrelevant:warn"]),
        ("unrelated", 0.3, ["upsell.irrelevant:warn"]),
        ("unrelated", 0.1, []),
        (None, 0.7, ["upsell.irrelevant:warn"]),
        (None, 0.3, []),
    ],
)
def test_irrelevant_pitch_needs_the_model_or_a_foreign_family(
    policy: PolicyData, relation: str | None, stated: float, expected: list[str]
) -> None:
    acts = (Act("pitches", None, 0.9), Act("pitches", "unrelated", stated))
    assert _codes(policy, Facts(acts=acts, relation=relation)) == expected


@pytest.mark.parametrize(("count", "expected"), [(1, []), (2, ["warn"]), (5, ["block"])])
def test_repeats_warn_and_block_from_twice_the_limit(
    policy: PolicyData, count: int, expected: list[str]
) -> None:
    facts = Facts(conversation=ConversationFacts(near_same_unanswered=count))
    assert [str(label.action) for label in judge(policy, facts).labels] == expected


def test_contradicted_claim_misleads_and_a_true_one_only_informs(policy: PolicyData) -> None:
    presses = Act("presses", None, 0.7, (Span(0, 6),))
    true = Facts(acts=(presses,), claims=(ClaimFact("stock", True, Span(0, 6)),))
    false = Facts(acts=(presses,), claims=(ClaimFact("stock", False, Span(0, 6)),))
    assert _codes(policy, true) == []
    assert _codes(policy, false) == ["upsell.misleading:warn"] or _codes(policy, false) == [
        "upsell.misleading:warn",
        "upsell.pressure:warn",
    ]


def test_medical_claim_blocks_where_an_absolute_one_warns(policy: PolicyData) -> None:
    medical = Facts(acts=(Act("medical", None, 0.9),))
    absolute = Facts(acts=(Act("absolute", None, 0.9),))
    assert _codes(policy, medical) == ["upsell.misleading:block"]
    assert _codes(policy, absolute) == ["upsell.misleading:warn"]


def test_evasion_needs_a_complaint_or_to_be_plain(policy: PolicyData) -> None:
    evades = Act("evades", None, 0.8)
    upset = Facts(acts=(evades,), conversation=ConversationFacts(complained=True))
    assert _codes(policy, upset) == ["service.evasion:warn"]
    assert _codes(policy, Facts(acts=(Act("evades", None, 0.95),))) == []
    assert _codes(policy, Facts(acts=(Act("evades", None, 0.97),))) == ["service.evasion:warn"]


def test_weak_acts_do_not_count(policy: PolicyData) -> None:
    assert _codes(policy, Facts(acts=(_asks("income", 0.3), Act("threatens", None, 0.4)))) == []


def test_strongest_label_gives_the_action_and_stands_first(policy: PolicyData) -> None:
    facts = Facts(acts=(_asks("income"), Act("diverts", None, 0.9), Act("commands", None, 0.9)))
    judgement = judge(policy, facts)
    assert judgement.action == Action.BLOCK
    assert [label.code for label in judgement.labels] == [
        "offsite.diversion",
        "privacy.personal",
        "conduct.command",
    ]


def test_every_reason_is_a_full_chinese_sentence(policy: PolicyData) -> None:
    acts = tuple(_act(name) for name in policy.acts)
    asks = tuple(_asks(attribute) for attribute in policy.attributes)
    labels = judge(policy, Facts(acts=acts + asks, relation="foreign")).labels
    assert len(labels) >= 14
    for label in labels:
        assert "{" not in label.reason
        assert label.reason.endswith("。")
        assert label.basis


def _act(name: str) -> Act:
    head, _, attribute = name.partition(":")
    return Act(head, attribute or None, 0.99)


def test_facts_survive_storage_as_plain_values() -> None:
    facts = Facts(
        acts=(_asks("income"),),
        entities=(EntityFact("mobile", Span(2, 13), True, "buyer"),),
        claims=(ClaimFact("stock", False, Span(0, 6)),),
        purposes={"delivery": 0.7},
        flags=frozenset({"cross_border"}),
        conversation=ConversationFacts(refused=frozenset({"phone"})),
    )
    assert Facts.from_json(facts.to_json()) == facts


def test_facts_stored_by_an_earlier_version_are_still_read() -> None:
    facts = Facts(conversation=ConversationFacts(refused=frozenset({"phone"})))
    stored = facts.to_json()
    stored["conversation"]["known"] = True
    assert Facts.from_json(stored) == facts


@pytest.mark.parametrize(
    ("score", "expected"), [(0.95, ["conduct.threat:block"]), (0.6, ["conduct.threat:warn"])]
)
def test_a_block_needs_more_certainty_than_a_warning(
    policy: PolicyData, score: float, expected: list[str]
) -> None:
    facts = Facts(acts=(Act("threatens", None, score, (Span(0, 4),)),))
    assert _codes(policy, facts) == expected


def test_credentials_block_from_their_threshold_on(policy: PolicyData) -> None:
    rule = policy.labels["privacy.credential"]
    facts = Facts(acts=(_asks("credential", rule.threshold),))
    assert _codes(policy, facts) == ["privacy.credential:block"]


@pytest.mark.parametrize(("prob", "expected"), [(0.7, []), (0.97, ["privacy.sensitive:block"])])
def test_only_a_plain_purpose_takes_a_permission_away(
    policy: PolicyData, prob: float, expected: list[str]
) -> None:
    purposes = {"curious": prob}
    facts = Facts(acts=(_asks("health"),), purposes=purposes, category="beauty", stage="presale")
    assert _codes(policy, facts) == expected


def test_a_refusal_is_placed_in_the_reason(policy: PolicyData) -> None:
    conversation = ConversationFacts(refused=frozenset({"income"}), refused_back={"income": 2})
    facts = Facts(acts=(_asks("income"),), conversation=conversation)
    (coercion,) = [
        label for label in judge(policy, facts).labels if label.code == "privacy.coercion"
    ]
    assert coercion.reason.endswith("(见前面倒数第2条消息)。")
    assert Facts.from_json(facts.to_json()) == facts
