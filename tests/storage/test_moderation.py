import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from nlp_service.errors import ConflictError, NotFoundError
from nlp_service.storage.queue_values import (
    Purged,
    QueueEntry,
    QueueItem,
    QueueRules,
    QueueState,
)
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BODY = {"text": "用了两天就坏了", "evidence": [{"code": "text.extortion", "weight": 2.9}]}
ITEM = QueueItem("r-1", "review", NOW - timedelta(days=1), BODY, "b-1", False, 0.8, 0.5)


def put(store: Store, **changes: Any) -> str:
    item = replace(ITEM, **changes)
    with store.writing() as unit:
        unit.queue.put(item, now=NOW)
        return unit.queue.item_key(item.kind, item.item_id)


def step(store: Store, name: str, key: str, who: str, *, minute: float = 0, **more: Any) -> Any:
    with store.writing() as unit:
        return getattr(unit.queue, name)(key, who, now=NOW + minute * MINUTE, **more)


def decided(store: Store, who: str = "mod-1", **changes: Any) -> str:
    key = put(store, **changes)
    step(store, "claim", key, who)
    step(store, "decide", key, who, decision="genuine", reason="图文相符")
    return key


def waiting(store: Store, minute: float = 0, **more: Any) -> list[QueueEntry]:
    with store.reading() as unit:
        return unit.queue.waiting(now=NOW + minute * MINUTE, limit=50, **more)


def history(store: Store, key: str) -> list[str]:
    with store.reading() as unit:
        assert unit.verify() is None
        return [entry.kind for entry in unit.queue.history(key)]


def test_item_comes_back_as_it_went_and_once(store: Store) -> None:
    key = put(store)
    assert put(store, body={"text": "other"}) == key
    (entry,) = waiting(store)
    assert (entry.item_key, entry.item_id, entry.buyer_id) == (key, "r-1", "b-1")
    assert (entry.body, entry.words, entry.version) == (BODY, {}, 1)
    assert (entry.state, entry.created_at) == (QueueState.OPEN, ITEM.created_at)
    assert history(store, key) == ["queue.put"]


def test_item_without_a_buyer_is_kept_too(store: Store) -> None:
    key = put(store, buyer_id=None, kind="chat_report")
    with store.reading() as unit:
        assert unit.queue.get(key).body == BODY
    assert history(store, key) == ["queue.put"]


def test_hazards_first_then_suspicion_times_harm_times_age(store: Store) -> None:
    day = timedelta(days=1)
    rows = [
        ("young hazard", {"is_hazard": True, "suspicion": 1.0, "harm": 0.9}, 1),
        ("old hazard", {"is_hazard": True, "suspicion": 0.0, "harm": 0.9}, 2),
        ("old and mild", {"suspicion": 0.5, "harm": 0.2}, 10),
        ("suspicious", {"suspicion": 0.9, "harm": 0.9}, 1),
        ("sure to be honest", {"suspicion": 0.0, "harm": 1.0}, 30),
    ]
    for name, values, days in reversed(rows):
        put(store, item_id=name, created_at=NOW - days * day, **values)
    order = [entry.item_id for entry in waiting(store)]
    hazards, others = order[:2], order[2:]
    assert hazards == ["old hazard", "young hazard"]
    assert others == ["old and mild", "suspicious", "sure to be honest"]


def test_kind_narrows_the_list(store: Store) -> None:
    put(store)
    report = put(store, kind="chat_report")
    assert [entry.item_key for entry in waiting(store, kind="chat_report")] == [report]


def test_claim_hides_an_item_until_it_runs_out(store: Store) -> None:
    key = put(store)
    entry = step(store, "claim", key, "mod-1")
    assert (entry.state, entry.version) == (QueueState.CLAIMED, 2)
    assert entry.claim_expires_at == NOW + 15 * MINUTE
    assert waiting(store, 14.9) == []
    with pytest.raises(ConflictError, match="somebody else"):
        step(store, "claim", key, "mod-2", minute=14.9)
    assert [entry.item_key for entry in waiting(store, 15)] == [key]
    step(store, "claim", key, "mod-2", minute=15)
    with pytest.raises(ConflictError, match="not claimed by this moderator"):
        step(store, "decide", key, "mod-1", minute=16, decision="genuine", reason="")


def test_own_claim_can_be_renewed_and_released(store: Store) -> None:
    key = put(store)
    step(store, "claim", key, "mod-1")
    entry = step(store, "claim", key, "mod-1", minute=10)
    assert entry.claim_expires_at == NOW + 25 * MINUTE
    with pytest.raises(ConflictError):
        step(store, "release", key, "mod-2", minute=11)
    assert step(store, "release", key, "mod-1", minute=11).state == QueueState.OPEN
    assert history(store, key)[-1] == "queue.release"


def test_of_many_claimers_one_wins(store: Store) -> None:
    key, results = put(store), []

    def claim(number: int) -> None:
        try:
            step(store, "claim", key, f"mod-{number}")
            results.append("won")
        except ConflictError:
            results.append("lost")

    threads = [threading.Thread(target=claim, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["lost"] * 5 + ["won"]
    assert history(store, key) == ["queue.put", "queue.claim"]


def test_decision_needs_a_living_claim(store: Store) -> None:
    key = put(store)
    for act in (lambda: None, lambda: step(store, "claim", key, "mod-1")):
        act()
        with pytest.raises(ConflictError, match="claim it first"):
            step(store, "decide", key, "mod-2", decision="genuine", reason="")
    with pytest.raises(ConflictError, match="claim it first"):
        step(store, "decide", key, "mod-1", minute=15, decision="genuine", reason="")


def test_decision_is_kept_with_its_reason(store: Store) -> None:
    key = decided(store)
    with store.reading() as unit:
        entry = unit.queue.get(key)
        last = unit.queue.history(key)[-1]
        assert entry.decided_by == unit.decisions.actor_key("mod-1") == last.actor_key
    assert (entry.state, entry.decision) == (QueueState.DECIDED, "genuine")
    assert (entry.words, entry.decided_at) == ({"reason": "图文相符"}, NOW)
    assert (entry.claimed_by, entry.claim_expires_at) == (None, None)
    assert last.values() == {"decision": "genuine"}
    assert waiting(store) == []
    with pytest.raises(ConflictError, match="appeal"):
        step(store, "claim", key, "mod-2")


def test_decision_that_is_no_code_changes_nothing(store: Store) -> None:
    key = put(store)
    step(store, "claim", key, "mod-1")
    with pytest.raises(ValueError, match="codes"):
        step(store, "decide", key, "mod-1", decision="是真的", reason="")
    assert history(store, key) == ["queue.put", "queue.claim"]


def test_undo_is_for_the_decider_and_for_minutes(store: Store) -> None:
    key = decided(store)
    with pytest.raises(ConflictError, match="only who decided"):
        step(store, "undo", key, "mod-2", minute=1)
    with pytest.raises(ConflictError, match="time to undo"):
        step(store, "undo", key, "mod-1", minute=10.1)
    entry = step(store, "undo", key, "mod-1", minute=10)
    assert (entry.state, entry.decision, entry.words) == (QueueState.OPEN, None, {})
    with pytest.raises(ConflictError, match="not decided"):
        step(store, "undo", key, "mod-1", minute=10)
    assert history(store, key)[-2:] == ["queue.decide", "queue.undo"]


def test_appeal_goes_to_somebody_who_had_no_part_in_it(store: Store) -> None:
    key = decided(store)
    with pytest.raises(ConflictError, match="who decided cannot appeal"):
        step(store, "appeal", key, "mod-1", reason="")
    entry = step(store, "appeal", key, "mod-2", reason="聊天记录没看")
    assert (entry.state, entry.decision) == (QueueState.APPEALED, None)
    assert entry.appealed_decision == "genuine"
    assert entry.words == {"appeal": "聊天记录没看", "appealed_reason": "图文相符"}
    for insider in ("mod-1", "mod-2"):
        assert waiting(store, moderator=insider) == []
        with pytest.raises(ConflictError, match="no part in it"):
            step(store, "claim", key, insider)
    assert [entry.item_key for entry in waiting(store, moderator="mod-3")] == [key]
    step(store, "claim", key, "mod-3")
    assert step(store, "release", key, "mod-3").state == QueueState.APPEALED
    step(store, "claim", key, "mod-3")
    entry = step(store, "decide", key, "mod-3", decision="malicious", reason="是敲诈")
    assert (entry.decision, entry.appealed_decision) == ("malicious", "genuine")
    assert entry.words["reason"] == "是敲诈"
    assert step(store, "undo", key, "mod-3", minute=1).state == QueueState.APPEALED
    step(store, "claim", key, "mod-3")
    step(store, "decide", key, "mod-3", decision="malicious", reason="")
    with pytest.raises(ConflictError, match="second decision stands"):
        step(store, "appeal", key, "mod-1", reason="")


def test_claimed_and_decided_items_are_listed(store: Store) -> None:
    first, second = decided(store, item_id="first"), put(store, item_id="second")
    step(store, "claim", second, "mod-2", minute=1)
    third = put(store, item_id="third", kind="chat_report")
    step(store, "claim", third, "mod-1", minute=2)

    def listed(name: str, minute: float = 3, **more: Any) -> list[str]:
        with store.reading() as unit:
            found = getattr(unit.queue, name)(now=NOW + minute * MINUTE, limit=50, **more)
        return [entry.item_key for entry in found]

    assert listed("claimed") == [second, third]
    assert listed("claimed", moderator="mod-1") == [third]
    assert listed("claimed", kind="review") == [second]
    assert listed("claimed", 16) == [third]
    step(store, "decide", third, "mod-1", minute=4, decision="upheld", reason="")
    assert listed("decided") == [third, first]
    assert listed("decided", moderator="mod-2") == []


def test_keys_are_found_by_their_start(store: Store) -> None:
    keys = sorted(put(store, item_id=f"r-{n}") for n in range(5))
    with store.reading() as unit:
        assert unit.queue.keys_from(keys[2][:12], limit=9) == [keys[2]]
        assert unit.queue.keys_from("", limit=2) == keys[:2]
        assert unit.queue.keys_from("%", limit=9) == []


def test_undecided_item_cannot_be_appealed(store: Store) -> None:
    with pytest.raises(ConflictError, match="not decided"):
        step(store, "appeal", put(store), "mod-1", reason="")


STEPS: list[Callable[[Store, str], Any]] = [
    lambda store, key: step(store, "claim", key, "m"),
    lambda store, key: step(store, "release", key, "m"),
    lambda store, key: step(store, "undo", key, "m"),
    lambda store, key: step(store, "decide", key, "m", decision="x", reason=""),
    lambda store, key: step(store, "appeal", key, "m", reason=""),
    lambda store, key: history(store, key),
]


def test_unknown_item_is_a_404(store: Store) -> None:
    for act in STEPS:
        with pytest.raises(NotFoundError) as caught:
            act(store, "ab" * 32)
        assert caught.value.status == 404


def test_purge_drops_old_texts_and_closes_what_nobody_decided(
    store: Store, database: Engine, vault: Vault
) -> None:
    short = Store(database, vault, rules=QueueRules(keep_texts=timedelta(days=30)))
    old: dict[str, Any] = {"created_at": NOW - timedelta(days=31)}
    done = decided(store, item_id="done", **old)
    left = put(store, item_id="left", **old)
    young = put(store, item_id="young", created_at=NOW - timedelta(days=29))
    with short.writing() as unit:
        assert unit.queue.purge(NOW) == Purged(dropped=2, undecided=1)
        assert unit.queue.purge(NOW) == Purged(dropped=0, undecided=0)
    with store.reading() as unit:
        entries = {key: unit.queue.get(key) for key in (done, left, young)}
    assert (entries[done].body, entries[done].words) == (None, {})
    assert (entries[done].decision, entries[left].decision) == ("genuine", "expired")
    assert entries[young].body == BODY
    assert history(store, left) == ["queue.put", "queue.purge"]
    with pytest.raises(ConflictError, match="texts"):
        step(store, "appeal", done, "mod-2", reason="")
