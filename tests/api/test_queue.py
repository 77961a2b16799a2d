"""The queue over HTTP, worked by moderators."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from nlp_service.api.app import build_house, create_app
from nlp_service.api.auth import hash_key
from nlp_service.buyers import BuyerBook
from nlp_service.moderation.desk import ModerationDesk
from nlp_service.settings import ApiKey, Settings
from nlp_service.storage.database import open_database
from nlp_service.storage.keys import load_secret
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault
from tests.api.conftest import Opener
from tests.api.queue_calls import BAD, MALICIOUS, REPORT, decided, post, put, waiting
from tests.fakes import fake_engines
from tests.moderation.conftest import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    database = open_database(settings.database_url)
    yield Store(database, Vault(load_secret("", settings.var_dir / "secret")))
    database.dispose()


@pytest.fixture
def timed(settings: Settings, store: Store, clock: Clock) -> Iterator[TestClient]:
    """An app whose desk goes by the clock of the test."""
    book = BuyerBook(store, clock=clock)
    desk = ModerationDesk(store, book, clock=clock)
    # No jobs: the purge goes by the real clock, under which the test's items are past keeping.
    house = replace(build_house(settings, fake_engines()), buyers=book, desk=desk, jobs=())
    with TestClient(create_app(settings, house)) as client:
        yield client


def test_claim_expires(timed: TestClient, clock: Clock) -> None:
    item = put(timed)
    assert post(timed, item, "claim", moderator="mod-1").json()["state"] == "claimed"
    other = post(timed, item, "claim", moderator="mod-2")
    assert (other.status_code, other.json()["title"]) == (409, "Conflict")
    assert "take the next one" in other.json()["detail"]
    assert timed.post("/v1/queue/claim", json={"moderator": "mod-2"}).status_code == 204
    clock.go_on(15)
    again = timed.post("/v1/queue/claim", json={"moderator": "mod-2"})
    assert (again.status_code, again.json()["item"]) == (200, item)
    late = post(timed, item, "decide", **MALICIOUS)
    assert late.status_code == 409
    assert "claim it first" in late.json()["detail"]


def test_release_gives_an_item_back(client: TestClient) -> None:
    item = put(client)
    post(client, item, "claim", moderator="mod-1")
    assert len(waiting(client, state="claimed", moderator="mod-1")) == 1
    assert post(client, item, "release", moderator="mod-1").json()["state"] == "open"
    assert post(client, item, "release", moderator="mod-1").status_code == 409
    assert post(client, item, "claim", moderator="mod-2").status_code == 200


def test_decision_is_in_the_log_and_in_the_profile(client: TestClient, store: Store) -> None:
    item = decided(client)
    case = client.get(f"/v1/queue/{item}").json()
    assert [step["kind"] for step in case["history"]] == [
        "queue.put",
        "queue.claim",
        "queue.decide",
    ]
    assert case["history"][-1]["decision"] == "malicious"
    assert (case["state"], case["reason"]) == ("decided", "要挟")
    (listed,) = waiting(client, state="decided")
    assert (listed["item"], listed["decision"]) == (item, "malicious")
    with store.reading() as unit:
        assert unit.verify() is None
        assert [entry.kind for entry in unit.decisions.all()].count("queue.decide") == 1


def test_undo_is_for_the_decider_within_minutes(timed: TestClient, clock: Clock) -> None:
    item = decided(timed)
    assert post(timed, item, "undo", moderator="mod-2").status_code == 409
    clock.go_on(11)
    late = post(timed, item, "undo", moderator="mod-1")
    assert (late.status_code, "appeal" in late.json()["detail"]) == (409, True)
    clock.go_on(-5)
    undone = post(timed, item, "undo", moderator="mod-1").json()
    assert (undone["state"], undone["decision"], undone["reason"]) == ("open", None, None)
    assert timed.get("/v1/buyers/b-7/risk").json()["score"] == 0


def test_decider_settles_no_appeal_of_the_own_decision(client: TestClient) -> None:
    item = decided(client)
    own = post(client, item, "appeal", by="mod-1", reason="我再想想")
    assert (own.status_code, "who decided cannot appeal" in own.json()["detail"]) == (409, True)
    assert post(client, item, "appeal", by="cs-4", reason="请再看").json()["state"] == "appealed"
    for insider in ("mod-1", "cs-4"):
        assert waiting(client, moderator=insider) == []
        assert post(client, item, "claim", moderator=insider).status_code == 409
    assert post(client, item, "claim", moderator="mod-2").status_code == 200
    genuine = {"moderator": "mod-2", "decision": "genuine", "reason": "图文相符"}
    case = post(client, item, "decide", **genuine).json()
    assert (case["decision"], case["appealed_decision"]) == ("genuine", "malicious")
    assert post(client, item, "appeal", by="cs-5", reason="再来").status_code == 409


@pytest.mark.parametrize(
    ("path", "body", "field", "words"),
    [
        ("/claim", {}, "moderator", "is required"),
        ("/claim", {"moderator": ""}, "moderator", "too short"),
        ("/claim", {"moderator": "m", "kind": "order"}, "kind", "'review'"),
        ("/ITEM/claim", {"moderator": 7}, "moderator", "must be a string"),
        ("/ITEM/decide", {**MALICIOUS, "decision": "guilty"}, "decision", "'genuine'"),
        ("/ITEM/decide", {**MALICIOUS, "decision": "upheld"}, "decision", "malicious, unclear"),
        ("/ITEM/decide", {**MALICIOUS, "reason": " "}, "reason", "say why"),
        ("/ITEM/decide", {**MALICIOUS, "colour": "red"}, "colour", "unknown field"),
        ("/ITEM/appeal", {"by": "m"}, "reason", "is required"),
        ("/ITEM/appeal", {"moderator": "m", "reason": "x"}, "by", "is required"),
    ],
)
def test_wrong_fields_are_named_with_a_remedy(
    client: TestClient, path: str, body: dict[str, Any], field: str, words: str
) -> None:
    item = put(client)
    answer = client.post("/v1/queue" + path.replace("ITEM", item), json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert words in answer.json()["detail"]
    assert [step["kind"] for step in client.get(f"/v1/queue/{item}").json()["history"]] == [
        "queue.put"
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"report_id": None}, "report_id"),
        ({"reason": ""}, "reason"),
        ({"buyer_id": "b-8"}, "buyer_id"),
        ({"message": {"text": " "}}, "message.text"),
        ({"message": {"text": "好", "context": {"stage": "later"}}}, "message.context.stage"),
    ],
)
def test_wrong_reports_are_refused(client: TestClient, change: dict[str, Any], field: str) -> None:
    answer = client.post("/v1/chat/reports", json={**REPORT, **change})
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert waiting(client) == []


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("state=open", "query.state", "'waiting'"),
        ("kind=order", "query.kind", "'review'"),
        ("limit=0", "query.limit", "at least 1"),
        ("limit=many", "query.limit", "whole number"),
    ],
)
def test_wrong_queries_are_named(client: TestClient, query: str, field: str, words: str) -> None:
    answer = client.get(f"/v1/queue?{query}")
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert words in answer.json()["detail"]
    flag = client.post("/v1/reviews/score?enqueue=perhaps", json=BAD).json()
    assert flag["detail"] == "query.enqueue: must be true or false"


@pytest.mark.parametrize("item", ["ab" * 32, "nothing", "%00", "%E5%BC%A0"])
def test_unknown_item_is_404(client: TestClient, item: str) -> None:
    assert client.get(f"/v1/queue/{item}").status_code == 404
    assert client.post(f"/v1/queue/{item}/claim", json={"moderator": "m"}).status_code == 404


def test_scopes(opened: Opener) -> None:
    keys = {scope: f"key-of-{scope}" for scope in ("chat", "reviews", "risk", "queue")}
    known = tuple(ApiKey(hash_key(key), frozenset({scope})) for scope, key in keys.items())
    client = opened(api_keys=known)

    def status(method: str, path: str, scope: str, **more: Any) -> int:
        headers = {"X-API-Key": keys.get(scope, "")}
        return client.request(method, path, headers=headers, **more).status_code

    calls = [("GET", "/v1/queue"), ("GET", f"/v1/queue/{'a' * 64}"), ("POST", "/v1/queue/claim")]
    steps = ("claim", "release", "decide", "undo", "appeal")
    calls += [("POST", f"/v1/queue/{'a' * 64}/{step}") for step in steps]
    for method, path in calls:
        assert status(method, path, "") == 401
        for scope in ("chat", "reviews", "risk"):
            assert status(method, path, scope) == 403, path
        assert status(method, path, "queue", content=b"{}") not in (401, 403), path
    assert status("POST", "/v1/chat/reports", "queue", json=REPORT) == 403
    assert status("POST", "/v1/chat/reports", "chat", json=REPORT) == 202


def test_personal_data_is_neither_logged_nor_stored_in_plain_nor_in_errors(
    opened: Opener, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    client, canary = opened(), "欧阳金丝雀13900007777"
    review = {**BAD, "id": canary, "text": f"垃圾{canary}", "buyer_id": canary}
    message = {"text": f"崩溃{canary}", "context": {"buyer_id": canary}}
    report = {"report_id": canary, "buyer_id": canary, "reason": canary, "message": message}
    answers = [
        client.post("/v1/chat/reports", json={**report, "message": {"text": 1, canary[:2]: 2}}),
        client.post("/v1/queue/claim", json={"moderator": canary, "kind": canary}),
        client.get("/v1/queue", params={"state": canary}),
        client.get(f"/v1/queue/{canary}"),
    ]
    client.post("/v1/reviews/score", json=review)
    client.post("/v1/chat/reports", json=report)
    for item in waiting(client):
        name, decision = item["item"], "genuine" if item["kind"] == "review" else "upheld"
        for step, body in [
            ("decide", {"moderator": canary, "decision": decision, "reason": canary}),
            ("claim", {"moderator": canary}),
            ("decide", {"moderator": canary, "decision": "x" + canary, "reason": canary}),
            ("decide", {"moderator": canary, "decision": decision, "reason": canary}),
            ("appeal", {"by": canary, "reason": canary}),
            ("appeal", {"by": f"{canary}2", "reason": canary}),
            ("claim", {"moderator": canary}),
        ]:
            answers.append(post(client, name, step, **body))
    assert [answer.status_code for answer in answers[:4]] == [422, 422, 422, 404]
    for answer in answers:
        assert answer.status_code == 200 or "金丝雀1390" not in answer.text
    said = "".join(capfd.readouterr())
    assert "bug" in said  # the check of the report broke, and the log says so
    raw = b"".join(path.read_bytes() for path in Path(settings.var_dir).glob("test.db*"))
    for part in ("金丝雀", "13900007777"):
        assert part not in said
        assert part.encode() not in raw
