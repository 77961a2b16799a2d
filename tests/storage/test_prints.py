"""Prints of reviews: found by band and by text, gone with their buyer, never a word in plain."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, text

from nlp_service.storage.prints import ReviewPrint, StoredPrint
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SIGNATURE = np.arange(128, dtype=np.uint16)


def a_print(number: int, *, same: int = 128, **changes: Any) -> ReviewPrint:
    """A print whose first `same` values are those of SIGNATURE."""
    signature = np.where(np.arange(128) < same, SIGNATURE, 1_000 + number).astype(np.uint16)
    bands = [signature[at : at + 4].tobytes() for at in range(0, 128, 4)]
    one = ReviewPrint(
        review_id=f"r-{number}",
        exact=f"text {number}",
        buyer_id=f"b-{number}",
        merchant_id=f"s-{number}",
        order_id=f"o-{number}",
        append_of=None,
        posted_at=NOW,
        length_chars=30,
        grams=27,
        signature=signature,
        bands=bands,
    )
    return replace(one, **changes)


def save(store: Store, *prints: ReviewPrint, days: float = 0) -> list[StoredPrint]:
    with store.writing() as unit:
        return unit.prints.save(prints, now=NOW + timedelta(days=days))


def found(store: Store, asked: StoredPrint) -> list[str]:
    with store.reading() as unit:
        return [one.review_key for one in unit.prints.candidates(asked)]


def test_reviews_with_a_common_band_are_found(store: Store) -> None:
    first, alike, _ = save(store, a_print(1), a_print(2, same=4), a_print(3, same=3))
    assert set(found(store, first)) == {first.review_key, alike.review_key}


def test_short_text_is_found_by_itself_only(store: Store) -> None:
    first, same, _ = save(
        store,
        a_print(1, bands=(), exact="差评差评差评"),
        a_print(2, bands=(), exact="差评差评差评"),
        a_print(3, bands=()),
    )
    assert set(found(store, first)) == {first.review_key, same.review_key}


def test_keyed_signatures_agree_where_the_signatures_do(store: Store) -> None:
    one, other = save(store, a_print(1), a_print(2, same=64))
    agreed = one.signature == other.signature
    assert agreed.tolist() == [True] * 64 + [False] * 64
    assert not np.array_equal(one.signature, SIGNATURE)


def test_scored_again_replaces_and_another_shop_does_not(store: Store) -> None:
    save(store, a_print(1))
    again, elsewhere = save(store, a_print(1, same=0), a_print(1, merchant_id="s-9"))
    assert again.review_key != elsewhere.review_key
    assert found(store, again) == [again.review_key]
    with store.reading() as unit:
        assert len(unit.prints.newest(10)) == 2


def test_same_review_twice_in_a_call_is_stored_once(store: Store) -> None:
    assert len(save(store, a_print(1), a_print(1))) == 2
    with store.reading() as unit:
        assert len(unit.prints.newest(10)) == 1


def count(database: Engine, table: str) -> int:
    with database.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_prints_go_with_their_buyer(store: Store, database: Engine) -> None:
    save(store, a_print(1), a_print(2), a_print(3, buyer_id=None))
    assert count(database, "review_bands") == 96
    assert store.erase_buyer("b-1", actor="dpo", now=NOW)
    assert (count(database, "review_prints"), count(database, "review_bands")) == (2, 64)


def test_old_prints_are_purged(store: Store, database: Engine) -> None:
    save(store, a_print(1))
    save(store, a_print(2), days=10)
    done = store.purge(NOW + timedelta(days=181))
    assert (done.prints, bool(done)) == (1, True)
    assert (count(database, "review_prints"), count(database, "review_bands")) == (1, 32)
    assert not store.purge(NOW + timedelta(days=181))


def test_another_secret_finds_nothing(store: Store, database: Engine) -> None:
    (first,) = save(store, a_print(1))
    (other,) = save(Store(database, Vault(b"another secret")), a_print(2))
    assert set(first.band_keys).isdisjoint(other.band_keys)
    assert (first.signature == other.signature).mean() < 0.1


@pytest.mark.parametrize("word", ["r-1", "b-1", "s-1", "o-1", "text 1"])
def test_no_name_stands_in_a_row(store: Store, database: Engine, word: str) -> None:
    save(store, a_print(1))
    with database.connect() as connection:
        row = connection.execute(text("SELECT * FROM review_prints")).one()
    assert word not in [str(value) for value in row]


def test_many_with_one_band_are_cut_to_the_newest(store: Store) -> None:
    stored = save(store, *(a_print(n, same=4) for n in range(100)))
    assert len(found(store, stored[0])) == 64 + 1
