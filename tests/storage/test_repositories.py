from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine

from nlp_service.errors import StorageError
from nlp_service.storage.database import open_database
from nlp_service.storage.repositories import ChatFact, ChatFacts, ReviewScores, StoredScore

AT = datetime(2026, 3, 1, 10, 0, tzinfo=timezone(timedelta(hours=8)))
FACT = ChatFact("k-1", AT, "default@1", "chat-guard@2", "warn", ["privacy.contact"], {"acts": []})
SCORE = StoredScore(
    "r-1", AT, "default@1", "review-sentiment@1", "negative", "none", 0.9, "high", {"text.x": 2.9}
)


def test_fact_comes_back_as_it_went(database: Engine) -> None:
    facts = ChatFacts(database)
    facts.save([FACT])
    (back,) = facts.all()
    assert back == FACT
    assert back.at.utcoffset() == timedelta(0)


def test_score_comes_back_as_it_went(database: Engine) -> None:
    scores = ReviewScores(database)
    scores.save([SCORE])
    assert list(scores.all()) == [SCORE]


def test_same_key_replaces_between_and_within_saves(database: Engine) -> None:
    facts = ChatFacts(database)
    facts.save([FACT, replace(FACT, action="allow")])
    facts.save([replace(FACT, action="block")])
    assert [fact.action for fact in facts.all()] == ["block"]


def test_facts_come_in_order_of_time_whatever_the_offset(database: Engine) -> None:
    facts = ChatFacts(database)
    later = datetime(2026, 3, 1, 2, 0, 1, tzinfo=UTC)
    facts.save([replace(FACT, message_key="b", at=later), replace(FACT, message_key="a")])
    assert [fact.message_key for fact in facts.all()] == ["a", "b"]


def test_more_than_one_statement_full_is_stored(database: Engine) -> None:
    facts = ChatFacts(database)
    many = [replace(FACT, message_key=f"k-{n}") for n in range(1_203)]
    facts.save(many)
    facts.save(many)
    assert facts.count() == 1_203


def test_nothing_to_save_is_fine(database: Engine) -> None:
    ChatFacts(database).save([])
    ReviewScores(database).save([])
    assert ReviewScores(database).count() == 0


def test_database_error_does_not_repeat_values() -> None:
    engine = open_database("sqlite://")
    with pytest.raises(StorageError) as caught:
        ChatFacts(engine).save([replace(FACT, action="geheim")])
    assert "geheim" not in caught.value.detail
    engine.dispose()
