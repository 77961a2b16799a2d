import pytest
from starlette.testclient import TestClient


def test_score_answers_as_in_the_contract(client: TestClient) -> None:
    answer = client.post("/v1/reviews/score", json={"id": "r-1", "text": "垃圾"})
    assert answer.status_code == 200
    assert answer.json() == {
        "id": "r-1",
        "sentiment": {"label": "negative", "positive": 0.02, "neutral": 0.03, "negative": 0.95},
        "aspects": [{"aspect": "quality", "polarity": "negative", "score": 0.9, "spans": [[0, 2]]}],
        "severity": {"level": "none", "hazard": None, "spans": []},
        "suspicion": {
            "score": 0.9712,
            "level": "high",
            "advice": "review",
            "signals": [
                {"code": "text.extortion", "weight": 2.9, "spans": [[3, 5]], "reason": "要挟"}
            ],
        },
        "policy": "default@1",
        "model": "review-sentiment@1",
    }


@pytest.mark.parametrize("path", ["/v1/reviews/score/batch", "/v1/reviews/batch"])
def test_batch_answers_at_both_addresses(client: TestClient, path: str) -> None:
    items = [{"id": "a", "text": "很好"}, {"text": "没有 id"}, {"id": "c", "text": "崩溃"}]
    answers = client.post(path, json={"items": items}).json()["items"]
    assert answers[0]["sentiment"]["label"] == "positive"
    assert answers[1] == {"id": None, "error": answers[1]["error"]}
    assert answers[1]["error"]["field"] == "id"
    assert answers[2]["error"]["status"] == 500


def test_id_is_required(client: TestClient) -> None:
    answer = client.post("/v1/reviews/score", json={"text": "很好"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "id", "detail": "is required; send it"}]
