"""Batches with the shipped weights: copies are found, order changes nothing."""

import json
import random
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.batch.run import review_job, run_file
from nlp_service.domain import Review, ReviewScore
from nlp_service.reviews.loading import SHIPPED
from nlp_service.reviews.scorer import ReviewScorer
from tests.reviews.cases import say
from tests.reviews.together.cases import OTHER, RANT, at

MODEL_DIR = Path(__file__).parents[3] / "models" / SHIPPED


@lru_cache(maxsize=1)
def _scorer() -> ReviewScorer:
    return ReviewScorer.load(MODEL_DIR)


def _batch() -> list[Review]:
    texts = [RANT, RANT.replace("宝", "饱"), RANT + "!!", OTHER, "差评", "很好,喜欢", OTHER + "。"]
    return [
        say(
            text,
            id=f"r-{n}",
            buyer_id=f"b-{n % 4}",
            merchant_id=f"s-{n % 3}",
            item_id=f"i-{n % 3}",
            posted_at=at(n * 5.0),
            rating=5 if "喜欢" in text else 1,
        )
        for n, text in enumerate(texts)
    ]


def _codes(score: ReviewScore) -> set[str]:
    return {signal.code for signal in score.suspicion.signals}


def test_copies_in_a_batch_are_told_with_spans_of_the_raw_text() -> None:
    batch = _batch()
    scores = _scorer().score_batch(batch)
    assert [score.id for score in scores] == [review.id for review in batch]
    found = [score.id for score in scores if "copy.cross_shop" in _codes(score)]
    assert found == ["r-0", "r-1", "r-2", "r-3", "r-6"]
    for review, score in zip(batch, scores, strict=True):
        for start, end in (span for s in score.suspicion.signals for span in s.spans):
            assert 0 <= start < end <= len(review.text)


def _copies(accounts: int, shops: int) -> list[Review]:
    return [
        say(RANT, id=str(n), buyer_id=f"b{n}", merchant_id=f"s{n % shops}") for n in range(accounts)
    ]


@pytest.mark.parametrize(
    ("accounts", "shops", "level"), [(2, 2, "low"), (40, 1, "low"), (3, 3, "medium")]
)
def test_copies_reach_medium_only_as_a_ring(accounts: int, shops: int, level: str) -> None:
    for score in _scorer().score_batch(_copies(accounts, shops)):
        assert "copy.cross_shop" in _codes(score)
        assert score.suspicion.level == level


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_of_a_batch_changes_no_answer(chance: random.Random) -> None:
    batch = _batch()
    shuffled = chance.sample(batch, len(batch))
    expected = {score.id: score for score in _scorer().score_batch(batch)}
    for review, score in zip(shuffled, _scorer().score_batch(shuffled), strict=True):
        assert score == expected[review.id]


def test_pieces_beside_all_others_answer_as_one_batch() -> None:
    batch = _batch()
    others = _scorer().others()
    for piece in (batch[:3], batch[3:]):
        for seen in _scorer().seen(piece):
            others.add(seen)
    assert len(others) == len(batch)
    pieces = [
        *_scorer().score_batch(batch[:3], others=others),
        *_scorer().score_batch(batch[3:], others=others),
    ]
    assert pieces == _scorer().score_batch(batch)
    assert _scorer().score(batch[0], others=others) == pieces[0]


def test_single_review_without_others_is_not_held_against_itself() -> None:
    (score,) = _scorer().score_batch(_batch()[:1])
    assert score == _scorer().score(_batch()[0])


def test_file_is_compared_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"id": str(n), "text": text, "rating": 1, "buyer_id": f"b{n}", "merchant_id": f"s{n}"}
        for n, text in enumerate([RANT, OTHER, "差评", RANT + "!"])
    ]
    source.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    monkeypatch.setattr("nlp_service.batch.run._PIECE_ROWS", 2)
    run_file(source, out, review_job(_scorer()))
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    codes = [[s["code"] for s in answer["suspicion"]["signals"]] for answer in answers]
    assert ["copy.cross_shop" in some for some in codes] == [True, False, False, True]
