"""Events: equal by content and instant, sorted, and one content an id."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest

from nlp_service.contract.risk import EventKind
from nlp_service.errors import ClientError, ConflictError
from nlp_service.risk.events import KINDS, Coupon, Place, RiskEvent, distinct, event_of

CHINA = timezone(timedelta(hours=8))
AT = datetime(2026, 3, 1, 10, 0, tzinfo=CHINA)


def event(**changes: Any) -> RiskEvent:
    fields = {"event_id": "e-1", "buyer_id": "b-1", "kind": "order_placed", "at": AT}
    return event_of({**fields, "order_id": "o-1", **changes})


def test_kinds_are_those_of_the_contract() -> None:
    assert get_args(EventKind) == KINDS


def test_same_instant_in_another_offset_is_the_same_event() -> None:
    assert event() == event(at=AT.astimezone(UTC))
    assert distinct([event(), event(at=AT.astimezone(UTC))]) == [event()]


@pytest.mark.parametrize("data", [None, {}, {"province": None, "city": None}])
def test_saying_nothing_is_the_same_however_it_is_said(data: dict[str, Any] | None) -> None:
    assert event(kind="address_changed", data=data).data == Place()


@pytest.mark.parametrize(
    "change",
    [{"kind": "order_paid"}, {"amount": 2.0}, {"buyer_id": "b-2"}, {"at": AT + timedelta(0, 1)}],
)
def test_second_content_under_one_id_is_a_conflict_that_tells_its_place_only(
    change: dict[str, Any],
) -> None:
    events = [event(event_id="e-0"), event(), event(**change)]
    with pytest.raises(ConflictError) as caught:
        distinct(events)
    assert (caught.value.status, caught.value.field) == (409, "events[2].event_id")
    assert caught.value.detail.startswith("events[2].event_id: was sent before with other content")
    assert "e-1" not in caught.value.detail


def test_events_are_sorted_by_instant_and_then_by_id() -> None:
    late, early = event(event_id="a", at=AT), event(event_id="z", at=AT - timedelta(1))
    twin = event(event_id="b", at=AT.astimezone(UTC))
    assert [e.event_id for e in distinct([twin, late, early])] == ["z", "a", "b"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"at": datetime(2026, 3, 1)}, "at"),
        ({"kind": "order_lost"}, "kind"),
        ({"data": Coupon(2.0)}, "data"),
    ],
)
def test_what_cannot_be_an_event_is_refused_by_field(change: dict[str, Any], field: str) -> None:
    fields = {"event_id": "e", "buyer_id": "b", "kind": "order_placed", "at": AT, **change}
    with pytest.raises(ClientError) as caught:
        RiskEvent(**fields)
    assert caught.value.field == field


def test_places_and_reasons_stay_out_of_repr() -> None:
    moved = event(kind="address_changed", data={"province": "四川", "city": "成都"})
    asked = event(kind="refund_requested", data={"reason": "张三的快递丢了"})
    assert "成都" not in repr(moved)
    assert "张三" not in repr(asked)
