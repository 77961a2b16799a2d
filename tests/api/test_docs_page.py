import re
from typing import Any

from starlette.testclient import TestClient

CALLS = {
    "/v1/chat/check",
    "/v1/chat/check/batch",
    "/v1/chat/reports",
    "/v1/queue",
    "/v1/queue/claim",
    "/v1/queue/{item}",
    "/v1/queue/{item}/appeal",
    "/v1/queue/{item}/claim",
    "/v1/queue/{item}/decide",
    "/v1/queue/{item}/release",
    "/v1/queue/{item}/undo",
    "/v1/reviews/score",
    "/v1/reviews/score/batch",
    "/v1/buyers/{buyer_id}",
    "/v1/buyers/{buyer_id}/appeals",
    "/v1/buyers/{buyer_id}/events",
    "/v1/buyers/{buyer_id}/risk",
    "/v1/feed/risk",
    "/healthz",
    "/readyz",
    "/metrics",
}


def test_docs_need_no_other_host(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert not re.search(r"(src|href)=.?https?://", page.text)
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_root_leads_to_the_docs(client: TestClient) -> None:
    assert client.get("/").url.path == "/docs"


def test_every_call_is_described(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    assert set(api["paths"]) == CALLS


def test_every_reference_leads_somewhere(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    found = set(_references(api))
    assert "#/components/schemas/ChatRequest" in found
    assert {name.removeprefix("#/components/schemas/") for name in found} <= set(
        api["components"]["schemas"]
    )


def test_examples_of_the_description_are_accepted(client: TestClient) -> None:
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        body = methods.get("post", {}).get("requestBody")
        if body:
            example = body["content"]["application/json"]["example"]
            address = path.replace("{buyer_id}", "b-7").replace("{item}", "a" * 64)
            # No such item waits; that its body is fine is seen before.
            fine = (404,) if "{item}" in path else (200, 202, 204)
            assert client.post(address, json=example).status_code in fine, path


def test_every_problem_has_its_line_without_javascript(client: TestClient) -> None:
    page = client.get("/docs").text.partition("<script>")[0]
    for status in (400, 401, 403, 404, 405, 413, 422, 429, 503):
        assert page.count(f'id="problem-{status}"') == 1
    assert "@ERRORS@" not in page


def test_description_says_that_reviews_are_compared(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    words = api["paths"]["/v1/reviews/score/batch"]["post"]["description"]
    assert "beside the others" in words


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [ref for value in node.values() for ref in _references(value)]
    if isinstance(node, list):
        return [ref for value in node for ref in _references(value)]
    return []
