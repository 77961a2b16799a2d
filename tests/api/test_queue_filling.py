"""What enters the queue over HTTP: scores, reports of buyers, appeals."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from nlp_service.domain import Review, ReviewScore
from nlp_service.engines import Engines
from nlp_service.errors import StorageError
from nlp_service.moderation.desk import ModerationDesk
from tests.api.conftest import Opener
from tests.api.queue_calls import BAD, REPORT, decided, post, put, waiting
from tests.fakes import FakeChat, FakeReviews, fake_engines


def test_review_that_calls_for_a_person_waits_once(client: TestClient) -> None:
    client.post("/v1/reviews/score", json={"id": "r-0", "text": "很好"})
    put(client)
    item = put(client)
    case = client.get(f"/v1/queue/{item}").json()
    assert set(case) == {
        *("item", "kind", "state", "hazard", "suspicion", "harm", "created_at", "version"),
        *("claim_expires_at", "decision", "appealed_decision", "excerpt", "text", "evidence"),
        *("content", "decisions", "reason", "appeal", "appealed_reason", "decided_at", "history"),
    }
    assert (case["kind"], case["state"], case["suspicion"]) == ("review", "open", 0.9712)
    assert case["evidence"]["against"] == [
        {"code": "text.extortion", "weight": 2.9, "reason": "要挟", "spans": [[3, 5]]}
    ]
    assert case["content"]["review"] == BAD
    assert len(waiting(client)) == 1


def test_batch_fills_the_queue_too(client: TestClient) -> None:
    items = [{**BAD, "id": "a"}, {"id": "b", "text": "很好"}, {**BAD, "id": "c"}, {"id": "d"}]
    client.post("/v1/reviews/score/batch", json={"items": items})
    assert len(waiting(client)) == 2


@pytest.mark.parametrize(
    ("setting", "query", "count"),
    [(True, "", 1), (True, "?enqueue=false", 0), (False, "", 0), (False, "?enqueue=true", 1)],
)
@pytest.mark.parametrize("path", ["/v1/reviews/score", "/v1/reviews/score/batch"])
def test_call_says_or_else_the_settings(
    opened: Opener, setting: bool, query: str, count: int, path: str
) -> None:
    client = opened(queue_reviews=setting)
    body = {"items": [BAD]} if path.endswith("batch") else BAD
    assert client.post(path + query, json=body).status_code == 200
    assert len(waiting(client)) == count


def test_without_a_store_reviews_are_scored_unless_the_queue_is_asked_for(opened: Opener) -> None:
    client = opened(store_facts=False)
    assert client.post("/v1/reviews/score", json=BAD).status_code == 200
    for answer in (
        client.post("/v1/reviews/score?enqueue=true", json=BAD),
        client.post("/v1/chat/reports", json=REPORT),
        client.get("/v1/queue"),
    ):
        assert answer.status_code == 503
        assert "NLP_SERVICE_STORE_FACTS" in answer.json()["detail"]
        assert answer.headers["retry-after"]


def test_review_that_cannot_be_put_fails_alone(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise StorageError("the database refused")

    monkeypatch.setattr(ModerationDesk, "put_review", fail)
    assert client.post("/v1/reviews/score", json=BAD).status_code == 503
    items = [BAD, {"id": "r-2", "text": "很好"}]
    monkeypatch.setattr(
        ModerationDesk, "put_review", lambda _, review, __: fail() if "垃圾" in review.text else 0
    )
    answer = client.post("/v1/reviews/score/batch", json={"items": items}).json()["items"]
    assert (answer[0]["id"], answer[0]["error"]["status"]) == ("r-1", 503)
    assert answer[1]["sentiment"]["label"] == "positive"


class Graded(FakeReviews):
    """`severity suspicion` as the text says."""

    def score(self, review: Review) -> ReviewScore:
        level, suspicion = review.text.split()
        found = super().score(replace(review, text="垃圾"))
        severity = replace(found.severity, level=level)
        graded = replace(found.suspicion, score=float(suspicion), signals=())
        return replace(found, severity=severity, suspicion=graded)


def test_hazards_come_first_then_suspicion_times_harm(opened: Opener) -> None:
    client = opened(Engines(FakeChat(), Graded()))
    texts = ["minor 0.9", "hazard 0.01", "major 0.9", "none 0.95", "hazard 0.99", "major 0.1"]
    for number, text in enumerate(texts):
        body = {"id": f"r-{number}", "text": text}
        assert client.post("/v1/reviews/score", json=body).status_code == 200
    found = [item["excerpt"] for item in waiting(client)]
    assert found[:2] == ["hazard 0.01", "hazard 0.99"]  # the older one: suspicion does not count
    assert set(found[2:4]) == {"minor 0.9", "major 0.9"}
    assert found[5] == "major 0.1"
    assert [item["excerpt"] for item in waiting(client, limit=1)] == ["hazard 0.01"]


def test_report_waits_with_its_verdict(client: TestClient) -> None:
    first = client.post("/v1/chat/reports", json=REPORT)
    assert first.status_code == 202
    assert client.post("/v1/chat/reports", json=REPORT).json() == {**first.json(), "new": False}
    case = client.get(f"/v1/queue/{first.json()['item']}").json()
    assert (case["kind"], case["text"]) == ("chat_report", "亲,身份证号发一下")
    assert case["evidence"]["against"][0]["code"] == "privacy.identity"
    assert case["content"]["reason"] == "要我的身份证"
    assert case["decisions"] == ["upheld", "dismissed"]
    other = {**REPORT, "reason": "另一件事"}
    answer = client.post("/v1/chat/reports", json=other)
    assert (answer.status_code, answer.json()["field"]) == (409, "report_id")


@pytest.mark.parametrize(
    ("engines", "text"), [(Engines(None, None), "在的"), (fake_engines(), "崩溃")]
)
def test_report_waits_even_where_the_check_fails(
    opened: Opener, engines: Engines, text: str
) -> None:
    client = opened(engines)
    answer = client.post("/v1/chat/reports", json={**REPORT, "message": {"text": text}})
    assert answer.status_code == 202
    (item,) = waiting(client, kind="chat_report")
    assert client.get(f"/v1/queue/{item['item']}").json()["content"]["verdict"] is None


def test_appeal_of_a_profile_waits_and_upheld_clears_it(client: TestClient) -> None:
    decided(client)
    assert client.get("/v1/buyers/b-7/risk").json()["score"] == 56
    client.post("/v1/buyers/b-7/appeals", json={"appeal_id": "a-1", "reason": "我是正常买家"})
    (item,) = waiting(client, kind="risk_appeal")
    post(client, item["item"], "claim", moderator="mod-2")
    body = {"moderator": "mod-2", "decision": "upheld", "reason": "有图为证"}
    assert post(client, item["item"], "decide", **body).status_code == 200
    assert client.get("/v1/buyers/b-7/risk").json()["score"] == 0
