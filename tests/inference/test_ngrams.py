"""Keys of many texts in one pass are the keys of each text."""

import numpy as np
import pytest

from nlp_service.inference.linear import LinearModel
from nlp_service.inference.ngrams import ngram_keys, ngram_keys_of_units

TEXTS = ["亲,验证码发我一下", "好", "", "您月薪多少呀", "aab", "好的好的好的"]


@pytest.mark.parametrize(("max_n", "max_gap"), [(1, 0), (3, 0), (4, 2), (3, 6)])
def test_one_pass_over_many_texts_gives_each_texts_own_keys(max_n: int, max_gap: int) -> None:
    keys, units = ngram_keys_of_units(TEXTS, max_n, max_gap)
    for number, text in enumerate(TEXTS):
        alone = ngram_keys(text, max_n, max_gap)[0]
        assert np.array_equal(np.sort(keys[units == number]), np.sort(alone))


def test_a_pair_is_the_same_whatever_stands_between() -> None:
    keys, starts, ends = ngram_keys("验甲发", 1, 2)
    other, _, _ = ngram_keys("验乙发", 1, 2)
    shared = np.isin(keys, other) & (ends - starts == 3)
    assert shared.sum() == 1


def _model(texts: list[str]) -> LinearModel:
    draw = np.random.default_rng(5)
    keys = np.unique(np.concatenate([ngram_keys(text, 3, 4)[0] for text in texts]))
    return LinearModel(
        labels=("a", "b"),
        keys=keys,
        idf=draw.uniform(1, 3, len(keys)).astype(np.float32),
        weights=draw.integers(-90, 90, (len(keys), 2)).astype(np.int8),
        scales=np.array([0.01, 0.02], np.float32),
        bias=np.array([-0.1, 0.2], np.float32),
        platt=np.array([[1.0, 1.0], [0.0, 0.0]], np.float32),
        max_n=3,
        context_weight=1.0,
        max_gap=4,
    )


def test_units_together_score_as_each_alone_and_unknown_keys_weigh_nothing() -> None:
    model = _model(TEXTS[:2])
    together = model.logits_of_units([*TEXTS, *TEXTS])
    for number, text in enumerate([*TEXTS, *TEXTS]):
        alone = model.logits_of_units([text])[0]
        assert np.allclose(together[number], alone, atol=1e-5)
        probs = model.predict(text).probs
        assert np.allclose(model.calibrate(alone), probs, atol=1e-5)
