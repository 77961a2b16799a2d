"""Confident learning on labels with known mistakes."""

import numpy as np

from nlp_service.training.label_noise import summary, suspects


def test_flipped_labels_are_found_and_odd_ones_kept() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(2000) < 0.5
    prob = np.clip(np.where(truth, 0.95, 0.05) + rng.normal(0, 0.03, 2000), 0, 1)
    prob[:50] = 0.5  # texts that no model is sure of are no suspects
    labels = truth.copy()
    labels[100:120] = ~labels[100:120]
    found = suspects(labels, prob)
    assert found[100:120].mean() > 0.4
    assert not found[:50].any()
    assert found[200:].sum() == 0


def test_one_class_alone_has_no_suspects() -> None:
    assert not suspects(np.ones(3, np.bool_), np.array([0.1, 0.2, 0.9])).any()


def test_suspects_are_counted_by_trade() -> None:
    found = np.array([True, False, True])
    assert summary(["衣服", "衣服", "书籍"], found) == {
        "书籍": {"suspects": 1, "texts": 1},
        "衣服": {"suspects": 1, "texts": 2},
    }
