"""Transfer to unseen trades: what is held out, and that a cut run goes on."""

import gzip
import json
from pathlib import Path

import pytest
import torch
from transformers import ModernBertForMaskedLM

from nlp_service.training import trades
from nlp_service.training.encoder_fit import FitPlan
from nlp_service.training.pretrain_run import encoder_config
from nlp_service.training.pretrain_tokens import tokenizer_of

GOOD = ["很好用", "质量不错", "喜欢", "满意", "推荐购买"]
BAD = ["太差了", "坏得快", "失望", "垃圾", "不要买"]
TRADES = ("书籍", "平板", "水果")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    rows = [
        {"text": f"{words}{trade}{number}号{words}", "label": label, "cat": trade}
        for trade in TRADES
        for label, several in (("pos", GOOD), ("neg", BAD))
        for number in range(30)
        for words in several
    ]
    with gzip.open(folder / "reviews_os10.jsonl.gz", "wt", encoding="utf-8") as target:
        target.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return folder


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = tokenizer_of(["".join([*GOOD, *BAD, *TRADES]) + "0号"] * 9, min_count=1)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 1}
    config = encoder_config(len(tokenizer), **shape, num_attention_heads=1)
    ModernBertForMaskedLM(config).save_pretrained(folder)
    return folder


def test_a_trade_left_out_is_in_no_other_part(data: Path) -> None:
    folds = list(trades.by_trade(data))
    assert sorted(fold.name for fold in folds) == sorted(TRADES)
    for fold in folds:
        assert {review.group for review in fold.tested} == {fold.name}
        assert fold.name not in {review.group for review in [*fold.fitted, *fold.dev]}
        assert not {r.key for r in fold.fitted} & {r.key for r in fold.dev}


def test_fifths_cover_every_text_once(data: Path) -> None:
    folds = list(trades.by_fifth(data))
    tested = [review.key for fold in folds for review in fold.tested]
    assert len(tested) == len(set(tested)) == 3 * 2 * 30 * 5
    assert not {r.key for r in folds[0].fitted} & {r.key for r in folds[0].tested}


def test_a_run_measures_each_fold_and_goes_on_where_it_was_cut(
    data: Path, pretrained: Path, tmp_path: Path
) -> None:
    out = tmp_path / "transfer.json"
    first, second, _ = trades.by_trade(data)
    trades.run(iter([first]), pretrained, out, progress=lambda _: None)
    before = json.loads(out.read_text(encoding="utf-8"))[first.name]
    found = trades.run(iter([first, second]), pretrained, out, progress=lambda _: None)
    assert found[first.name] == before
    assert set(found) == {first.name, second.name}
    assert before["reviews"] == len(first.tested)
    assert before["linear"] == 1.0  # words decide here, and all of them were seen
    assert before["blend"] > 0.9


def test_the_same_seed_gives_the_same_fold(data: Path, pretrained: Path, tmp_path: Path) -> None:
    fold = next(trades.by_trade(data))
    one, two = (
        trades.measure(fold, pretrained, tmp_path / name, epochs=1, plan=FitPlan(seed=3))
        for name in ("one", "two")
    )
    assert one == two
