"""The linear trainer: features equal at run time, int8 close to float, honest calibration."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nlp_service.inference.linear import LinearModel
from nlp_service.inference.ngrams import context_key
from nlp_service.training.linear_features import choose_features, document_keys, feature_matrix
from nlp_service.training.linear_fit import _splits, fit_linear, fit_linear_with_report, quantise

_GOODS = ("杯子", "裙子", "耳机", "苹果", "书包", "台灯", "毛巾", "键盘")
_GOOD = ("很好用", "质量不错", "很喜欢", "非常满意")
_BAD = ("坏了", "太差了", "不喜欢", "非常失望")


def _corpus() -> tuple[list[str], NDArray[np.int8], list[str]]:
    texts, rows, groups = [], [], []
    for goods in _GOODS:
        for words, row in ((_GOOD, [1, 0, 0]), (_BAD, [0, 1, 0])):
            for word in words:
                texts.append(f"{goods}{word},{word}")
                rows.append(row)
                groups.append(goods)
    return texts, np.array(rows, np.int8), groups


def _fit(**changes: object) -> tuple[LinearModel, list[str], NDArray[np.int8]]:
    texts, targets, groups = _corpus()
    options: dict[str, object] = {"labels": ["good", "bad", "never"], "groups": groups, "min_df": 2}
    model = fit_linear(texts, targets, **{**options, **changes})  # type: ignore[arg-type]
    return model, texts, targets


def test_labels_are_learnt_and_a_label_without_examples_stays_low() -> None:
    model, texts, targets = _fit()
    probs = np.stack([model.predict(text).probs for text in texts])
    assert ((probs[:, :2] > 0.5) == (targets[:, :2] == 1)).all()
    assert probs[:, 2].max() < 0.05


def test_training_matrix_equals_run_time_features() -> None:
    texts, targets, _ = _corpus()
    texts = [*texts, "好好好好,好", "", "没有见过的字"]
    targets = np.concatenate([targets, np.zeros((3, 3), np.int8)])
    contexts = [["stage=presale", "category=food"] if row % 2 else [] for row in range(len(texts))]
    vocabulary = choose_features(
        document_keys(texts, 3), targets, contexts=contexts, min_df=2, max_features=60
    )
    blank = vocabulary.blank_model(max_n=3, context_weight=0.4)
    matrix = feature_matrix(blank, vocabulary, texts, contexts)
    weights = np.random.default_rng(1).integers(-127, 128, (len(vocabulary.keys), 2), np.int8)
    model = LinearModel(
        labels=("a", "b"),
        keys=vocabulary.keys,
        idf=vocabulary.idf,
        weights=weights,
        scales=np.full(2, 0.01, np.float32),
        bias=np.array([0.1, -0.2], np.float32),
        platt=np.array([[1, 1], [0, 0]], np.float32),
        max_n=3,
        context_weight=0.4,
    )
    expected = matrix @ (weights * np.float32(0.01)) + np.array([0.1, -0.2])
    for row, (text, context) in enumerate(zip(texts, contexts, strict=True)):
        probs = model.predict(text, context).probs
        assert np.log(probs / (1 - probs)) == pytest.approx(expected[row], abs=1e-4)


def test_features_survive_saving_unchanged(tmp_path: Path) -> None:
    model, texts, _ = _fit()
    model.save(tmp_path / "linear.npz")
    loaded = LinearModel.load(tmp_path / "linear.npz")
    for text in texts:
        assert loaded.predict(text).probs == pytest.approx(model.predict(text).probs, abs=1e-6)


def test_rare_features_are_dropped_and_the_telling_ones_kept() -> None:
    texts, targets, _ = _corpus()
    vocabulary = choose_features(
        document_keys(texts, 2), targets, contexts=None, min_df=4, max_features=12
    )
    kept = set(vocabulary.keys.tolist())
    telling = document_keys(["坏了"], 2)[0]
    assert len(kept) == 12
    everything = choose_features(
        document_keys([*texts, "罕"], 1),
        np.concatenate([targets, targets[:1]]),
        contexts=None,
        min_df=2,
        max_features=999,
    )
    assert not set(document_keys(["罕"], 1)[0].tolist()) <= set(everything.keys.tolist())
    assert kept & set(telling.tolist())


def test_context_features_are_learnt_and_always_kept() -> None:
    texts = ["发一下"] * 40
    contexts = [["stage=presale"] if row % 2 else ["stage=shipped"] for row in range(40)]
    targets = np.array([[row % 2] for row in range(40)])
    model = fit_linear(
        texts, targets, labels=["asks"], contexts=contexts, context_weight=1.0, min_df=1
    )
    presale = model.predict("发一下", ["stage=presale"]).probs[0]
    shipped = model.predict("发一下", ["stage=shipped"]).probs[0]
    assert presale > 0.9
    assert shipped < 0.1
    assert context_key("stage=presale") != context_key("stage=shipped")


def test_sample_weight_moves_the_decision() -> None:
    texts = ["一样的话"] * 20
    targets = np.array([[1]] * 10 + [[0]] * 10)
    heavy = fit_linear(
        texts, targets, labels=["x"], sample_weight=[9.0] * 10 + [1.0] * 10, min_df=1
    )
    assert heavy.predict("一样的话").probs[0] > 0.8


def test_groups_are_never_split() -> None:
    groups = ["a", "a", "b", "b", "c", "c", "c"]
    for train, held in _splits(7, groups, 5, 0):
        assert not {groups[row] for row in train} & {groups[row] for row in held}


def test_out_of_fold_probs_are_calibrated_on_unlearnable_labels() -> None:
    texts, _, groups = _corpus()
    chance = np.random.default_rng(3).integers(0, 2, (len(texts) * 4, 1))
    model, report = fit_linear_with_report(
        texts * 4, chance, labels=["coin"], groups=groups * 4, min_df=2
    )
    assert report.oof_probs.mean() == pytest.approx(chance.mean(), abs=0.05)
    assert np.abs(report.oof_probs - 0.5).max() < 0.35
    assert model.labels == ("coin",)


def test_quantisation_stays_within_half_a_step_inside_its_range() -> None:
    weights = np.random.default_rng(0).normal(0, 1, 5000).astype(np.float32)
    table, scale = quantise(weights, np.ones(5000, np.float32))
    inside = np.abs(weights) <= scale * 127
    assert np.abs(table * scale - weights)[inside].max() <= scale / 2 + 1e-6
    assert inside.mean() > 0.99


def test_a_rare_giant_weight_does_not_coarsen_the_frequent_ones() -> None:
    weights = np.array([100.0, *np.linspace(-1, 1, 200)], np.float32)
    importance = np.array([1e-9, *np.ones(200)], np.float32)
    _, scale = quantise(weights, importance)
    assert scale < 100 / 127 / 5


def test_unknown_targets_are_left_out_of_their_label() -> None:
    texts, targets, groups = _corpus()
    halved = targets.copy()
    halved[targets[:, 0] == 0, 0] = -1
    halved[0, 0] = 0
    model = fit_linear(texts, halved, labels=["good", "bad", "never"], groups=groups, min_df=2)
    assert model.predict("耳机坏了,坏了").probs[0] > 0.5
    assert model.predict("耳机坏了,坏了").probs[1] > 0.5


def test_quantisation_loss_is_reported_and_small() -> None:
    texts, targets, groups = _corpus()
    _, report = fit_linear_with_report(
        texts, targets, labels=["good", "bad", "never"], groups=groups, min_df=2
    )
    assert 0 < report.quantisation_mean < 0.05
    assert report.quantisation_flips == 0
    assert report.summary()["features"] == report.features


@pytest.mark.parametrize("smoothing", [None, 1.0])
def test_same_seed_gives_the_same_model(smoothing: float | None) -> None:
    first, texts, _ = _fit(nb_smoothing=smoothing, seed=5)
    second, _, _ = _fit(nb_smoothing=smoothing, seed=5)
    for text in texts:
        assert (first.predict(text).probs == second.predict(text).probs).all()
