"""Copies of reviews scored before: with the shipped model, over HTTP, on both databases."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from nlp_service.api.app import build_house, create_app
from nlp_service.earlier import EarlierReviews
from nlp_service.engines import Engines
from nlp_service.errors import StorageError
from nlp_service.reviews.loading import SHIPPED
from nlp_service.reviews.scorer import ReviewScorer
from nlp_service.reviews.together.others import Others
from nlp_service.reviews.together.seen import Seen
from nlp_service.settings import Settings
from nlp_service.storage.store import Store
from tests.fakes import FakeChat
from tests.reviews.together.cases import OTHER, RANT, seen
from tests.storage.conftest import *  # noqa: F403 - the databases of the store's tests

MODEL_DIR = Path(__file__).parents[1] / "models" / SHIPPED
SERVICE_SECRET = "a secret of the tests"


@lru_cache(maxsize=1)
def scorer() -> ReviewScorer:
    return ReviewScorer.load(MODEL_DIR)


@pytest.fixture
def client(database: Engine, tmp_path: Path) -> Iterator[TestClient]:
    url = database.url.render_as_string(hide_password=False)
    settings = Settings(home=tmp_path, var_dir=tmp_path, database_url=url, secret=SERVICE_SECRET)
    house = build_house(settings, Engines(FakeChat(), scorer()))
    with TestClient(create_app(settings, house)) as client:
        yield client


def score(client: TestClient, key: str, text: str = RANT, **facts: Any) -> dict[str, Any]:
    """The copy signals of a one-star review, by code."""
    review = {"id": key, "text": text, "rating": 1, "buyer_id": f"b-{key}"}
    review |= {"merchant_id": f"s-{key}", "posted_at": "2026-03-03T20:11:00+08:00", **facts}
    answer = client.post("/v1/reviews/score", json=review)
    assert answer.status_code == 200, answer.text
    signals = answer.json()["suspicion"]["signals"]
    return {s["code"]: s for s in signals if s["code"].startswith("copy.")}


def test_single_call_finds_an_earlier_copy_of_another_buyer_and_shop(client: TestClient) -> None:
    assert score(client, "1") == {}
    found = score(client, "2", RANT.replace("三个月", "两个月") + "!")
    assert list(found) == ["copy.cross_shop"]
    assert "1个其他账号在其他1家店" in found["copy.cross_shop"]["reason"]
    assert found["copy.cross_shop"]["spans"]
    assert score(client, "3", OTHER) == {}


def test_items_of_one_order_are_not_accused(client: TestClient) -> None:
    order = {"order_id": "o-1"}
    for number in range(4):
        facts = {"buyer_id": "b-1", "merchant_id": "s-1", "item_id": f"i-{number}"}
        assert score(client, f"r-{number}", order=order, **facts) == {}


def test_review_scored_again_and_its_follow_up_are_not_accused(client: TestClient) -> None:
    one = {"buyer_id": "b-1", "merchant_id": "s-1"}
    assert score(client, "r-1", **one) == {}
    assert score(client, "r-1", **one) == {}
    assert score(client, "r-2", append_of="r-1", **one) == {}


def test_same_id_at_another_shop_is_another_review(client: TestClient) -> None:
    assert score(client, "r-1", buyer_id="b-1", merchant_id="s-1") == {}
    assert list(score(client, "r-1", buyer_id="b-2", merchant_id="s-2")) == ["copy.cross_shop"]


def test_one_account_that_repeats_itself(client: TestClient) -> None:
    for number in range(2):
        found = score(client, f"r-{number}", buyer_id="b-1", merchant_id=f"s-{number}")
    assert list(found) == ["copy.self"]


def test_short_text_speaks_from_the_third_account_on(client: TestClient) -> None:
    text = "鼓包了还漏液呢"
    found = [score(client, str(number), text) for number in range(3)]
    assert found[:2] == [{}, {}]
    assert list(found[2]) == ["copy.cross_shop.short"]


def test_stock_phrases_are_no_copies(client: TestClient) -> None:
    text = "质量太差了,不值这个价,不会再买了"
    assert [score(client, str(number), text) for number in range(4)] == [{}] * 4


def test_good_reviews_are_neither_kept_nor_accused(client: TestClient) -> None:
    text = "充电宝小巧好带,冲一次能用两天,出差党强烈推荐,很喜欢"
    assert [score(client, str(n), text, rating=5) for n in range(2)] == [{}, {}]


def test_erased_buyer_is_no_witness(client: TestClient) -> None:
    assert score(client, "1") == {}
    assert client.delete("/v1/buyers/b-1").status_code == 204
    assert score(client, "2") == {}


def test_batch_is_compared_with_what_was_before(client: TestClient) -> None:
    score(client, "1")
    score(client, "2", OTHER)
    items = [
        {"id": key, "text": text, "rating": 1, "buyer_id": f"b-{key}", "merchant_id": f"s-{key}"}
        for key, text in (("3", RANT + "唉"), ("4", OTHER + "唉"), ("5", "到货很慢,差评"))
    ]
    answers = client.post("/v1/reviews/batch", json={"items": items}).json()["items"]
    codes = [[s["code"] for s in answer["suspicion"]["signals"]] for answer in answers]
    assert ["copy.cross_shop" in some for some in codes] == [True, True, False]


def alike(store: Store, asked: Seen) -> list[tuple[str, float]]:
    others = Others([asked])
    EarlierReviews(store).join(others)
    return [(n.seen.buyer or "", n.similarity) for n in others.around(asked).copies]


def test_stored_similarity_is_that_of_the_signatures(store: Store) -> None:
    edited = RANT.replace("三个月", "两个月") + ",差评"
    EarlierReviews(store).join(Others([seen("1"), seen("9", OTHER)]))
    others = Others([seen("2", edited), seen("1").without_grams()])
    ((_, kept),) = alike(store, seen("2", edited))
    assert kept == pytest.approx(others.around(seen("2", edited)).copies[0].similarity, abs=0.01)


def test_phrase_that_many_wrote_before_stops_being_rare(store: Store) -> None:
    phrase = "充一次电只能听半小时歌"
    first, second = seen("1", f"{phrase},唉"), seen("2", f"唉,{phrase}")
    tails = ["头戴着夹耳朵疼", "说明书全英文看不懂", "左边那只还总断连", "盒子磕破一个角"]
    starts = ["上个月给儿子买的", "同事推荐来的", "打折时囤的货", "换了安卓手机以后", "昨晚试了试"]
    EarlierReviews(store).join(Others([first]))
    assert len(alike(store, second)) == 1
    crowd = [
        seen(f"c{a}{b}", f"{start}{b}次,{phrase},{tail}{a}")
        for a, start in enumerate(starts)
        for b, tail in enumerate(tails)
    ]
    EarlierReviews(store).join(Others(crowd))
    assert alike(store, second) == []


def test_mass_of_copies_does_not_make_its_own_words_common(store: Store) -> None:
    EarlierReviews(store).join(Others([seen(str(n), f"{RANT}{n}") for n in range(200)]))
    found = alike(store, seen("new"))
    assert len(found) > 60
    assert min(likeness for _, likeness in found) > 0.7


def test_broken_store_does_not_stop_the_scoring(
    empty_database: Engine, vault: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier = EarlierReviews(Store(empty_database, vault))
    others = Others([seen("1")])
    earlier.join(others)
    assert earlier.failures == 1
    assert others.around(seen("1")).copies == []
    shown = capsys.readouterr()
    assert RANT[:4] not in shown.out + shown.err
    with pytest.raises(StorageError), Store(empty_database, vault).reading() as unit:
        unit.prints.newest(1)


def test_nothing_of_the_text_is_stored(store: Store) -> None:
    asked = seen("1")
    EarlierReviews(store).join(Others([asked]))
    with store.reading() as unit:
        (kept,) = unit.prints.newest(10)
    assert asked.signature is not None
    assert not np.array_equal(kept.signature, asked.signature)
    assert kept.exact_key != asked.exact
