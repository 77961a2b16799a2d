from typing import Any, get_args

import pytest

from nlp_service.contract.moderation import DECISIONS, Decision, ItemKind, ReportRequest
from nlp_service.contract.parsing import InvalidFieldsError, validate

REPORT: dict[str, Any] = {
    "report_id": "p-1",
    "buyer_id": "b-7",
    "reason": "一直让我加微信",
    "message": {"text": "加我微信才能退款哦"},
}


def test_every_kind_has_decisions_and_every_decision_a_kind() -> None:
    assert set(DECISIONS) == set(get_args(ItemKind))
    assert {one for those in DECISIONS.values() for one in those} == set(get_args(Decision))


def test_report_may_leave_the_context_out_or_repeat_its_buyer() -> None:
    assert validate(ReportRequest, REPORT).message.context is None
    for context in ({}, {"buyer_id": None}, {"buyer_id": "b-7"}):
        message = {**REPORT["message"], "context": context}
        assert validate(ReportRequest, {**REPORT, "message": message}).buyer_id == "b-7"


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"message": {"text": "好", "context": {"buyer_id": "b-8"}}}, "buyer_id", "mend one"),
        ({"message": None}, "message", "must be a JSON object"),
        ({"reason": "\n"}, "reason", "say why"),
        ({"reason": "字" * 2_001}, "reason", "at most 2000"),
        ({"phone": "13900007777"}, "phone", "unknown field"),
    ],
)
def test_wrong_reports_are_told_field_and_remedy(
    change: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(InvalidFieldsError) as caught:
        validate(ReportRequest, {**REPORT, **change})
    (error,) = caught.value.errors
    assert (error.field, words in error.detail) == (path, True)
    assert "13900007777" not in str(caught.value)
