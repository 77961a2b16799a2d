from starlette.testclient import TestClient

from nlp_service.engines import Engines
from tests.api.conftest import Opener
from tests.fakes import FakeChat


def test_healthz_and_readyz_are_ok(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_readyz_names_the_missing_model(opened: Opener) -> None:
    client = opened(Engines(FakeChat(), None, {"reviews": "no such folder"}))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "reviews: no such folder"
    assert client.get("/healthz").status_code == 200


def test_metrics_count_by_code_and_carry_no_text(client: TestClient) -> None:
    client.post("/v1/chat/check", json={"id": "m-geheim", "text": "身份证"})
    client.post("/v1/reviews/score", json={"id": "r-geheim", "text": "垃圾"})
    page = client.get("/metrics").text
    assert 'nlp_chat_actions_total{action="block"} 1.0' in page
    assert 'nlp_chat_labels_total{code="privacy.identity"} 1.0' in page
    assert 'nlp_review_levels_total{level="high"} 1.0' in page
    assert 'nlp_requests_total{route="/v1/chat/check",status="200"} 1.0' in page
    assert "degraded" not in page
    assert "geheim" not in page
    assert "身份证" not in page


def test_metrics_of_unknown_addresses_share_one_name(client: TestClient) -> None:
    client.get("/a")
    client.get("/b")
    assert 'nlp_requests_total{route="unknown",status="404"} 2.0' in client.get("/metrics").text
