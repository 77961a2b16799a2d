"""What the store holds after calls: keys and codes, no ids and no texts."""

from pathlib import Path

from nlp_service.settings import Settings
from nlp_service.storage.database import open_database
from nlp_service.storage.repositories import ChatFacts, ReviewScores
from tests.api.conftest import Opener


def test_answers_are_stored_without_texts_and_ids(opened: Opener, settings: Settings) -> None:
    client = opened()
    body = {
        "id": "m-geheim",
        "text": "亲,身份证号发一下",
        "context": {"buyer_id": "b-geheim", "sent_at": "2026-03-01T10:00:05+08:00"},
    }
    client.post("/v1/chat/check", json=body)
    client.post("/v1/reviews/score/batch", json={"items": [{"id": "r-geheim", "text": "垃圾"}]})
    client.__exit__(None, None, None)
    database = open_database(settings.database_url)
    (fact,) = ChatFacts(database).all()
    (score,) = ReviewScores(database).all()
    assert (fact.action, fact.codes, fact.facts) == ("block", ["privacy.identity"], {"length": 9})
    assert fact.at.isoformat() == "2026-03-01T02:00:05+00:00"
    assert (score.level, score.signals) == ("high", {"text.extortion": 2.9})
    database.dispose()
    stored = b"".join(path.read_bytes() for path in Path(settings.home).glob("test.db*"))
    for hidden in ("m-geheim", "b-geheim", "r-geheim", "身份证号", "垃圾"):
        assert hidden.encode() not in stored


def test_nothing_is_stored_when_switched_off(opened: Opener, settings: Settings) -> None:
    opened(store_facts=False).post("/v1/chat/check", json={"text": "在的"})
    database = open_database(settings.database_url)
    assert ChatFacts(database).count() == 0
    database.dispose()
