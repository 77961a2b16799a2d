"""Events as callers send them: what is refused, by which field, and with which remedy."""

from datetime import UTC, datetime
from typing import Any

import pytest

from nlp_service.contract.parsing import InvalidFieldsError, validate
from nlp_service.contract.requests import LARGEST
from nlp_service.contract.risk import EventRequest, ProfileAnswer
from nlp_service.risk.events import KINDS, RefundTerms, event_of
from nlp_service.risk.profile import profile_of

EVENT = {
    "event_id": "e-1",
    "buyer_id": "b-7",
    "kind": "refund_requested",
    "at": "2026-03-01T10:00:05+08:00",
    "merchant_id": "s-9",
    "order_id": "o-1",
    "category": "digital",
    "amount": 199,
    "data": {"type": "refund_only", "reason": "未收到货"},
}
BARE = {"event_id": "e-1", "buyer_id": "b-7", "at": EVENT["at"], "order_id": "o-1"}


def refusal(value: object) -> str:
    with pytest.raises(InvalidFieldsError) as caught:
        validate(EventRequest, value)
    return caught.value.detail


def test_event_of_the_contract_becomes_a_value() -> None:
    event = event_of(validate(EventRequest, EVENT).to_fields())
    assert event.at == datetime(2026, 3, 1, 2, 0, 5, tzinfo=UTC)
    assert event.data == RefundTerms("refund_only", "未收到货")
    assert (event.order_id, event.amount) == ("o-1", 199)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [{}, {"data": {}}, {"data": None}, {"merchant_id": None}])
def test_every_kind_may_leave_out_what_is_optional(kind: str, data: dict[str, Any]) -> None:
    event = event_of(validate(EventRequest, {**BARE, "kind": kind, **data}).to_fields())
    assert event == event_of(validate(EventRequest, {**BARE, "kind": kind}).to_fields())


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith(("order", "ref"))])
def test_what_is_not_of_an_order_needs_none(kind: str) -> None:
    bare = {name: value for name, value in BARE.items() if name != "order_id"}
    assert validate(EventRequest, {**bare, "kind": kind}).order_id is None


@pytest.mark.parametrize("missing", ["event_id", "buyer_id", "kind", "at"])
def test_required_fields_are_named(missing: str) -> None:
    value = {name: given for name, given in EVENT.items() if name != missing}
    assert refusal(value).startswith(f"{missing}: is required; send it")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": -1}, "amount: must be at least 0"),
        ({"amount": LARGEST + 1}, "amount: must be at most"),
        ({"amount": "199"}, "amount: must be a number"),
        ({"kind": "order_lost"}, "kind: unknown code; use one of 'order_placed'"),
        ({"at": "2026-03-01T10:00:05"}, "at: has no offset; add one, e.g. +08:00"),
        ({"at": 1_772_000_000}, "at: must be a string in ISO 8601"),
        ({"at": "yesterday"}, "at: is not ISO 8601 with offset"),
        ({"category": "hats"}, "category: unknown code"),
        ({"order_id": None}, "order_id: is required for refund_requested; send it"),
        ({"event_id": ""}, "event_id: is too short"),
        ({"buyer": "b-7"}, "buyer: unknown field; remove it"),
        ({"data": []}, "data: must be a JSON object"),
        ({"data": {"type": "refund"}}, "data.type: unknown code; use one of 'return_refund'"),
        ({"data": {"why": "坏"}}, "data.why: unknown field; remove it"),
        (
            {"data": {"rating": 1}},
            "data.rating: belongs to review_posted, not to refund_requested; remove it",
        ),
        ({"kind": "coupon_used", "data": {"amount": -1}}, "data.amount: must be at least 0"),
        ({"kind": "order_paid"}, "data.type: belongs to refund_requested, not to order_paid"),
        ({"kind": "appeal_upheld", "data": {"x": 1}}, "data.x: unknown field"),
    ],
)
def test_wrong_event_is_refused_by_field_and_remedy(change: dict[str, Any], words: str) -> None:
    assert refusal({**EVENT, **change}).startswith(words)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"rating": 0}, "data.rating: must be at least 1"),
        ({"rating": 6}, "data.rating: must be at most 5"),
        ({"rating": 4.5}, "data.rating: must be a whole number"),
        ({"rating": True}, "data.rating: must be a whole number"),
        ({"suspicion": 1.1}, "data.suspicion: must be at most 1"),
        ({"suspicion": -0.1}, "data.suspicion: must be at least 0"),
        ({"rating": 6, "suspicion": 2}, "data.rating: must be at most 5 (and 1 more)"),
    ],
)
def test_review_marks_out_of_range_are_refused(data: dict[str, Any], words: str) -> None:
    assert refusal({**BARE, "kind": "review_posted", "data": data}).startswith(words)


def test_refusal_repeats_nothing_that_was_sent() -> None:
    detail = refusal({**EVENT, "data": {"type": "13912345678", "reason": 5}})
    assert "13912345678" not in detail


def test_profile_stands_in_the_order_of_the_contract() -> None:
    event = {**BARE, "kind": "review_confirmed_malicious"}
    value = event_of(validate(EventRequest, event).to_fields())
    answer = ProfileAnswer.of(profile_of("b-7", [value], as_of=value.at)).model_dump(mode="json")
    assert list(answer) == [
        "buyer_id", "score", "tier", "advice", "signals", "protections", "as_of", "policy",
    ]  # fmt: skip
    (signal,) = answer["signals"]
    assert list(signal) == ["code", "value", "baseline", "points", "reason"]
    assert (signal["points"], answer["score"], answer["tier"]) == (56.0, 56.0, "caution")
    assert answer["as_of"] == "2026-03-01T02:00:05Z"
    assert [list(one) for one in answer["protections"]] == [["code", "reason"]]
