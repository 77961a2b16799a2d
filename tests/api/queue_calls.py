"""What the tests of the queue send and ask."""

from typing import Any

from starlette.testclient import TestClient

BAD = {"id": "r-1", "text": "垃圾,加我微信退我200", "buyer_id": "b-7", "merchant_id": "s-9"}
REPORT = {
    "report_id": "p-1",
    "buyer_id": "b-7",
    "reason": "要我的身份证",
    "message": {"text": "亲,身份证号发一下", "context": {"buyer_id": "b-7"}},
}
MALICIOUS = {"moderator": "mod-1", "decision": "malicious", "reason": "要挟"}


def waiting(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/v1/queue", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def put(client: TestClient, **changes: Any) -> str:
    assert client.post("/v1/reviews/score", json={**BAD, **changes}).status_code == 200
    return str(waiting(client)[-1]["item"])


def post(client: TestClient, item: str, step: str, **body: Any) -> Any:
    return client.post(f"/v1/queue/{item}/{step}", json=body)


def decided(client: TestClient) -> str:
    item = put(client)
    assert post(client, item, "claim", moderator="mod-1").status_code == 200
    assert post(client, item, "decide", **MALICIOUS).status_code == 200
    return item
