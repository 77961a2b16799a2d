import json
import threading

import pytest
from starlette.testclient import TestClient

from nlp_service.api import chat
from nlp_service.contract.parsing import parse
from nlp_service.domain import Message, Verdict
from nlp_service.engines import Engines
from tests.api.conftest import Opener
from tests.fakes import FakeChat, FakeFacts, FakeReviews


def test_check_answers_as_in_the_contract(client: TestClient) -> None:
    answer = client.post("/v1/chat/check", json={"id": "m-1", "text": "亲,身份证号发一下"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "id": "m-1",
        "action": "block",
        "labels": [
            {
                "code": "privacy.identity",
                "name": "索要证件或生物特征",
                "score": 0.9877,
                "severity": "high",
                "action": "block",
                "spans": [[2, 5]],
                "reason": "不能索要身份证号。",
                "basis": ["PIPL-6"],
                "source": ["model"],
            }
        ],
        "acts": [{"act": "asks", "attribute": "id_document", "score": 0.9877, "spans": [[2, 5]]}],
        "entities": [{"kind": "mobile", "start": 0, "end": 1, "masked": "1**", "verified": False}],
        "suggestion": None,
        "policy": "default@1",
        "model": "chat-guard@2",
        "degraded": False,
    }


def test_raw_value_of_an_entity_is_never_answered(client: TestClient) -> None:
    answer = client.post("/v1/chat/check", json={"text": "身份证"})
    assert "13800000000" not in answer.text


def test_missing_id_is_made_up_and_differs(client: TestClient) -> None:
    ids = {client.post("/v1/chat/check", json={"text": "在的"}).json()["id"] for _ in range(3)}
    assert len(ids) == 3


def test_batch_keeps_the_order_and_fails_item_by_item(client: TestClient) -> None:
    items = [
        {"id": "a", "text": "在的"},
        {"id": "b", "text": "在的", "shop": 1},
        {"id": "c", "text": "身份证"},
        "no object",
        {"id": "e", "text": "崩溃"},
    ]
    answers = client.post("/v1/chat/check/batch", json={"items": items}).json()["items"]
    assert [answer["id"] for answer in answers] == ["a", "b", "c", None, "e"]
    assert [answer.get("action") for answer in answers] == ["allow", None, "block", None, None]
    assert answers[1]["error"]["field"] == "shop"
    assert answers[1]["error"]["status"] == 422
    assert answers[3]["error"]["field"] == "body"
    assert answers[4]["error"]["status"] == 500


def test_batch_takes_256_items_and_no_more(client: TestClient) -> None:
    item = {"text": "在的"}
    assert client.post("/v1/chat/check/batch", json={"items": [item] * 256}).status_code == 200
    answer = client.post("/v1/chat/check/batch", json={"items": [item] * 257})
    assert answer.status_code == 413
    assert answer.json()["title"] == "Too large"


def test_empty_batch_answers_empty(client: TestClient) -> None:
    assert client.post("/v1/chat/check/batch", json={"items": []}).json() == {"items": []}


def test_batch_needs_the_envelope(client: TestClient) -> None:
    bodies: list[object] = [[{"text": "在的"}], {"messages": []}, {"items": {}}]
    for body in bodies:
        assert client.post("/v1/chat/check/batch", json=body).status_code == 422


def test_lone_surrogate_is_refused_with_its_field(client: TestClient) -> None:
    answer = client.post("/v1/chat/check", content=rb'{"text": "\ud83d"}')
    assert answer.status_code == 422
    assert answer.json()["field"] == "text"


def test_escaped_emoji_is_fine(client: TestClient) -> None:
    body = json.dumps({"text": "好的😀"}, ensure_ascii=True)
    assert client.post("/v1/chat/check", content=body).status_code == 200


class WatchedChat(FakeChat):
    """Notes the thread of every check."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[str] = []

    def check_with_facts(self, message: Message) -> tuple[Verdict, FakeFacts]:
        self.threads.append(threading.current_thread().name)
        return super().check_with_facts(message)


def test_a_check_leaves_the_event_loop_free(opened: Opener) -> None:
    engine = WatchedChat()
    answer = opened(Engines(engine, FakeReviews())).post("/v1/chat/check", json={"text": "身份证"})
    assert answer.json()["action"] == "block"
    assert [name.startswith("check") for name in engine.threads] == [True]


@pytest.mark.parametrize(("chars", "in_pool"), [(3_000, False), (3_900, True)])
def test_long_body_is_read_beside_the_loop(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, chars: int, in_pool: bool
) -> None:
    threads: list[str] = []

    def watched(model: type, body: bytes) -> object:
        threads.append(threading.current_thread().name)
        return parse(model, body)

    monkeypatch.setattr(chat, "parse", watched)
    history = [{"role": "buyer", "text": "在" * chars}] * 6
    body = json.dumps({"text": "好", "context": {"history": history}}, ensure_ascii=False)
    assert client.post("/v1/chat/check", content=body.encode()).status_code == 200
    assert [name.startswith("batch") for name in threads] == [in_pool]


def test_long_bodies_that_are_wrong_are_refused_as_short_ones_are(client: TestClient) -> None:
    body = {"text": "好", "context": {"history": [{"role": "buyer"}] * 9_000}}
    answer = client.post("/v1/chat/check", json=body)
    assert answer.status_code == 422
    assert answer.json()["field"] == "context.history[0].text"


def test_unsorted_history_is_refused_as_the_readme_says(client: TestClient) -> None:
    times = ["2026-03-01T10:00:00+08:00", "2026-03-01T09:00:00+08:00"]
    history = [{"role": "buyer", "text": "在", "at": at} for at in times]
    answer = client.post("/v1/chat/check", json={"text": "好", "context": {"history": history}})
    assert answer.status_code == 422
    assert answer.json()["field"] == "context.history"
    assert "oldest first" in answer.json()["detail"]
