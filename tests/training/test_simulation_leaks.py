"""No plain feature may give the truth away, and the ruler must see one that does."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from nlp_service.training.simulation import baselines
from nlp_service.training.simulation.features import plain_features
from nlp_service.training.simulation.leaks import LIMIT, leaking, single_feature_aucs
from nlp_service.training.simulation.settings import SPLITS, Split
from tests.training.simulated import World, world


def _big(split: Split) -> World:
    return world(split)


@pytest.mark.parametrize("split", SPLITS)
def test_no_single_plain_feature_separates_the_malicious(split: Split) -> None:
    made = _big(split)
    assert leaking(single_feature_aucs(made.reviews, made.truth)) == []


def test_a_planted_leak_is_found() -> None:
    made = _big("tune")
    marked = [
        {**review, "images": 9 if fact["is_malicious"] else 0}
        for review, fact in zip(made.reviews, made.truth, strict=True)
    ]
    found = leaking(single_feature_aucs(marked, made.truth))
    assert [line.split(":")[0] for line in found] == ["all.images", "bad.images"]


def test_features_are_aligned_and_missing_where_the_shop_hands_over_nothing() -> None:
    made = _big("tune")
    columns = plain_features(made.reviews)
    unknown = np.array(["history" not in review for review in made.reviews])
    assert {len(column) for column in columns.values()} == {2_000}
    assert unknown.any()
    assert (np.isnan(columns["bad_ratio"]) == unknown).all()
    assert not np.isnan(columns["rating"]).any()


def test_words_alone_do_not_tell_malicious_from_honest_bad_reviews() -> None:
    seen, asked = _big("tune"), _big("held_out")
    scores = baselines.word_scores(seen.reviews, seen.truth, asked.reviews)
    assert _auc_among_bad(asked, scores) < 0.85


def test_baselines_accuse_no_good_review_and_beat_chance_only_a_little() -> None:
    seen, asked = _big("tune"), _big("held_out")
    learned = baselines.logistic_scores(seen.reviews, seen.truth, asked.reviews)
    rule = baselines.bad_ratio_scores(asked.reviews)
    chance = baselines.random_scores(asked.reviews, 1)
    good = np.array([review["rating"] > 2 for review in asked.reviews])
    for scores in (learned, rule, chance):
        assert not scores[good].any()
    assert 0.35 < _auc_among_bad(asked, chance) < 0.65
    assert 0.55 < _auc_among_bad(asked, learned) < LIMIT


def _auc_among_bad(made: World, scores: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    bad = np.array([review["rating"] <= 2 for review in made.reviews])
    guilty = np.array([fact["is_malicious"] for fact in made.truth])
    return float(roc_auc_score(guilty[bad], scores[bad]))
