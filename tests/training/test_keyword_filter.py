"""The keyword filter: labels of the words it knows, and what disguise does to it."""

import pytest

from nlp_service.domain import Action, Message
from nlp_service.policy.loader import load_policy
from nlp_service.training.keyword_filter import KEYWORDS, KeywordFilter

POLICY = load_policy()


def test_every_word_is_listed_for_a_label_of_the_policy() -> None:
    assert set(KEYWORDS.values()) <= POLICY.labels.keys()
    assert len(KEYWORDS) == 33


@pytest.mark.parametrize(
    ("text", "codes", "action"),
    [
        ("包裹明天就到", [], Action.ALLOW),
        ("您的年龄方便说吗", ["privacy.personal"], Action.WARN),
        ("加我微信,密码发来", ["offsite.diversion", "privacy.credential"], Action.BLOCK),
        # Words without their context are what a filter sees.
        ("我们不会问您的密码", ["privacy.credential"], Action.BLOCK),
    ],
)
def test_words_fire_the_label_they_are_listed_for(
    text: str, codes: list[str], action: Action
) -> None:
    answer = KeywordFilter(POLICY).judge(Message("m", text))
    assert [label.code for label in answer.labels] == codes
    assert answer.action == action
    assert KeywordFilter(POLICY).fires(text) == bool(codes)


def test_disguised_word_is_found_in_normalised_text_only() -> None:
    disguised = "手机收到的验 証 碼发一下,QQ也行"
    plain = KeywordFilter(POLICY).judge(Message("m", disguised))
    normalised = KeywordFilter(POLICY, normalised=True).judge(Message("m", disguised))
    assert [label.code for label in plain.labels] == ["offsite.diversion"]
    assert [label.code for label in normalised.labels] == [
        "offsite.diversion",
        "privacy.credential",
    ]


def test_label_that_the_policy_switched_off_does_not_fire() -> None:
    rule = POLICY.labels["privacy.personal"].model_copy(update={"enabled": False})
    without = POLICY.model_copy(update={"labels": {**POLICY.labels, "privacy.personal": rule}})
    assert KeywordFilter(without).judge(Message("m", "年龄")).labels == ()
