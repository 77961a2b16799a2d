"""One shape for every error, and nothing of the input in it."""

import json
import logging
from typing import Any

import pytest
from starlette.testclient import TestClient

from nlp_service.api.auth import hash_key
from nlp_service.api.docs_page import PAGE
from nlp_service.engines import Engines
from nlp_service.settings import ApiKey
from tests.api.conftest import Opener
from tests.fakes import FakeReviews

SECRET_TEXT = "张三13912345678"


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert body.keys() <= {"type", "title", "status", "detail", "field", "errors"}
    assert body["status"] == status
    assert SECRET_TEXT not in answer.text
    if status == 500:
        assert body["type"] == "about:blank"
    else:
        anchor = body["type"].removeprefix("/docs#")
        assert f'<tr id="{anchor}"><td>{status}</td>' in PAGE
    return body


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b'{"text": NaN}', b"[" * 100_000, b'{"text": ' + b"9" * 5_000 + b"}"],
)
def test_unreadable_body_is_400(client: TestClient, content: bytes) -> None:
    assert_problem(client.post("/v1/chat/check", content=content), 400)


def test_wrong_fields_are_422_with_every_path(client: TestClient) -> None:
    body = {"text": SECRET_TEXT, "context": {"stage": SECRET_TEXT, "facts": {"stock": SECRET_TEXT}}}
    problem = assert_problem(client.post("/v1/chat/check", json=body), 422)
    assert problem["field"] == "context.stage"
    assert [item["field"] for item in problem["errors"]] == ["context.stage", "context.facts.stock"]
    assert "'presale'" in problem["detail"]


def test_unknown_address_is_404(client: TestClient) -> None:
    assert_problem(client.get(f"/v1/{SECRET_TEXT}"), 404)


def test_wrong_method_is_405_with_allow(client: TestClient) -> None:
    answer = client.get("/v1/chat/check")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "POST"


def test_large_body_is_413_declared_or_not(opened: Opener) -> None:
    client = opened(max_body_bytes=2_000)
    body = json.dumps({"text": "长" * 1_000}).encode()
    assert_problem(client.post("/v1/chat/check", content=body), 413)
    pieces = (body[i : i + 100] for i in range(0, len(body), 100))
    assert_problem(client.post("/v1/chat/check", content=pieces), 413)


def test_bug_is_500_without_its_words(
    client: TestClient, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = client.post("/v1/chat/check", json={"text": f"崩溃{SECRET_TEXT}"})
    assert_problem(answer, 500)
    logged = capsys.readouterr()
    assert "RuntimeError" in logged.out + logged.err
    assert SECRET_TEXT not in logged.out + logged.err + caplog.text


def test_missing_model_is_503_with_retry_after(opened: Opener) -> None:
    client = opened(Engines(None, FakeReviews(), {"chat": "model chat is missing"}))
    answer = client.post("/v1/chat/check", json={"text": "在的"})
    assert assert_problem(answer, 503)["detail"] == "model chat is missing"
    assert answer.headers["retry-after"] == "1"
    assert client.post("/v1/reviews/score", json={"id": "r", "text": "好"}).status_code == 200


KEYS = (ApiKey(hash_key("k-chat"), frozenset({"chat"})),)


def test_no_key_and_unknown_key_are_401(opened: Opener) -> None:
    client = opened(api_keys=KEYS)
    answer = client.post("/v1/chat/check", json={"text": "在的"})
    assert_problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    headers = {"Authorization": f"Bearer {hash_key('k-chat')}"}
    assert_problem(client.post("/v1/chat/check", json={}, headers=headers), 401)


def test_wrong_scope_is_403(opened: Opener) -> None:
    client = opened(api_keys=KEYS)
    headers = {"Authorization": "Bearer k-chat"}
    assert_problem(client.post("/v1/reviews/score", json={}, headers=headers), 403)
    assert_problem(client.get("/metrics", headers=headers), 403)


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer k-chat"}, {"X-API-Key": "k-chat"}])
def test_right_key_is_let_in(opened: Opener, headers: dict[str, str]) -> None:
    answer = opened(api_keys=KEYS).post("/v1/chat/check", json={"text": "在的"}, headers=headers)
    assert answer.status_code == 200


def test_too_many_calls_are_429_with_retry_after(opened: Opener) -> None:
    client = opened(rate_per_s=2)
    answers = [client.post("/v1/chat/check", json={"text": "在的"}) for _ in range(4)]
    assert answers[0].status_code == 200
    assert_problem(answers[-1], 429)
    assert answers[-1].headers["retry-after"] == "1"
