"""Buyer risk over HTTP: once each, in any order, erased for good."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from nlp_service.settings import Settings
from tests.api.conftest import Opener

NOW = datetime.now(UTC)
EVENTS = "/v1/buyers/b-7/events"
RISK = "/v1/buyers/b-7/risk"


def event(number: int, kind: str, *, days: float = 5, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=days)).isoformat()
    return {"event_id": f"e-{number}-{kind}", "kind": kind, "at": at, **more}


def refunds(count: int = 12) -> list[dict[str, Any]]:
    """Refund-only for nearly every order after it was delivered."""
    found = []
    for number in range(count):
        order = {"order_id": f"o-{number}", "category": "digital", "amount": 99.0}
        for kind, days in (("order_placed", 20), ("order_paid", 19.9), ("order_delivered", 17)):
            found.append(event(number, kind, days=days - number * 0.1, **order))
        terms = {"data": {"type": "refund_only", "reason": "不想要了"}}
        found.append(event(number, "refund_requested", days=16 - number * 0.1, **order, **terms))
        found.append(event(number, "refund_completed", days=15 - number * 0.1, **order))
    return found


def test_an_unknown_buyer_is_normal(client: TestClient) -> None:
    profile = client.get(RISK).json()
    assert (profile["score"], profile["tier"], profile["advice"]) == (0, "normal", "ship")
    assert set(profile) == {
        "buyer_id",
        "score",
        "tier",
        "advice",
        "signals",
        "protections",
        "as_of",
        "policy",
    }


def test_an_abuser_is_seen_and_points_add_up(client: TestClient) -> None:
    answer = client.post(EVENTS, json={"items": refunds()})
    assert answer.status_code == 200, answer.text
    assert answer.json()["new"] == 60
    profile = client.get(RISK).json()
    assert profile["tier"] in ("caution", "high")
    assert sum(s["points"] for s in profile["signals"]) == pytest.approx(profile["score"])
    assert "refund_only" in {signal["code"] for signal in profile["signals"]}


def test_events_count_once_in_any_order(client: TestClient) -> None:
    items = refunds()
    client.post(EVENTS, json={"items": items})
    before = client.get(RISK).json()
    again = client.post(EVENTS, json={"items": [*reversed(items)]}).json()
    assert (again["new"], again["known"]) == (0, 60)
    after = client.get(RISK).json()
    assert after["score"] == pytest.approx(before["score"], abs=0.2)
    other = client.post("/v1/buyers/b-8/events", json={"items": []})
    assert other.status_code == 422


def test_one_event_may_come_bare(client: TestClient) -> None:
    answer = client.post(EVENTS, json=event(1, "order_placed", order_id="o-1", buyer_id="b-7"))
    assert answer.json()["new"] == 1


def test_the_same_id_with_other_content_is_a_conflict_and_stores_nothing(
    client: TestClient,
) -> None:
    first = event(1, "order_placed", order_id="o-1")
    client.post(EVENTS, json=first)
    changed = {**first, "order_id": "o-2"}
    new = event(2, "order_placed", order_id="o-3")
    answer = client.post(EVENTS, json={"items": [new, changed]})
    assert answer.status_code == 409
    assert "o-2" not in answer.text
    assert client.post(EVENTS, json=new).json()["new"] == 1  # nothing of the bad call was kept


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "order_eaten"}, "kind"),
        ({"amount": -1.0}, "amount"),
        ({"at": "2026-03-03T20:11:00"}, "at"),
        ({"buyer_id": "b-9"}, "buyer_id"),
        ({"colour": "red"}, "colour"),
        ({"order_id": None}, "order_id"),
        ({"at": (NOW + timedelta(days=2)).isoformat()}, "at"),
        ({"data": {"rating": 3}}, "data"),
    ],
)
def test_wrong_fields_are_named(client: TestClient, change: dict[str, Any], field: str) -> None:
    good = event(1, "order_placed", order_id="o-1")
    answer = client.post(EVENTS, json={"items": [good, {**good, "event_id": "e-x", **change}]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"].startswith(f"items[1].{field}")
    assert client.get(RISK).json()["score"] == 0


def test_the_feed_tells_each_change_once_and_in_order(client: TestClient) -> None:
    client.post(EVENTS, json={"items": refunds()})
    client.post("/v1/buyers/b-8/events", json=event(77, "order_placed", order_id="o-9"))
    first = client.get("/v1/feed/risk?limit=1").json()
    rest = client.get(f"/v1/feed/risk?after={first['next']}").json()
    told = [*first["items"], *rest["items"]]
    cursors = [one["cursor"] for one in told]
    assert cursors == sorted(set(cursors))
    assert [one["profile"]["buyer_id"] for one in told] == ["b-7", "b-8"]
    assert client.get(f"/v1/feed/risk?after={rest['next']}").json() == {
        "items": [],
        "next": rest["next"],
    }


def test_an_appeal_waits_once_for_a_moderator(client: TestClient) -> None:
    appeal = {"appeal_id": "a-1", "reason": "都是质量问题"}
    first = client.post("/v1/buyers/b-7/appeals", json=appeal)
    second = client.post("/v1/buyers/b-7/appeals", json=appeal)
    assert (first.status_code, first.json()) == (202, {"appeal_id": "a-1", "new": True})
    assert second.json()["new"] is False


def test_an_upheld_appeal_clears_what_came_before(client: TestClient) -> None:
    client.post(EVENTS, json={"items": refunds()})
    assert client.get(RISK).json()["score"] > 0
    client.post(EVENTS, json=event(99, "appeal_upheld", days=0))
    assert client.get(RISK).json()["score"] == 0


def test_erasure_takes_all_there_is(client: TestClient, settings: Settings) -> None:
    client.post(EVENTS, json={"items": refunds()})
    assert client.delete("/v1/buyers/b-7").status_code == 204
    assert client.get(RISK).json()["score"] == 0
    assert client.get("/v1/feed/risk").json()["items"] == []
    assert client.delete("/v1/buyers/b-7").status_code == 404
    raw = b"".join(path.read_bytes() for path in Path(settings.var_dir).glob("test.db*"))
    assert b"b-7" not in raw


def test_without_a_store_the_door_says_how_to_open_it(opened: Opener) -> None:
    answer = opened(store_facts=False).get(RISK)
    assert answer.status_code == 503
    assert "NLP_SERVICE_STORE_FACTS" in answer.json()["detail"]
