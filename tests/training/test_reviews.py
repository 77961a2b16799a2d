"""Training the reader of reviews on a tiny corpus: parts, files, a linear part taken over."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp_service.chat.loading import SHIPPED
from nlp_service.domain import Review
from nlp_service.errors import ClientError, ModelError
from nlp_service.inference.artifact import load_artifact, write_artifact
from nlp_service.reviews.encoder_reader import EncoderReader
from nlp_service.settings import Settings
from nlp_service.training.review_authoring import build_reviews
from nlp_service.training.reviews import train
from tests.training.pretrain_texts import save_tiny_encoder

GOOD = ["很好用", "质量不错", "喜欢得很", "满意极了", "推荐购买", "做工细致"]
BAD = ["太差劲了", "坏得真快", "失望透顶", "垃圾东西", "千万别买", "开线脱胶"]
PLAIN = ["给公司买的", "十四寸的", "还没拆开", "用了再说"]
SOURCES = {
    "reviews_os10": ("平板", "衣服", "书籍"),
    "reviews_laptop_clauses": ("电脑",),
    "reviews_nlpcc2014_noisy": ("图书",),
    "reviews_waimai": ("外卖",),
}


def _rows(trades: tuple[str, ...], *, knows_neutral: bool) -> list[dict[str, str]]:
    said = {"pos": GOOD, "neg": BAD} | ({"neu": PLAIN} if knows_neutral else {})
    return [
        {"text": f"{words}{trade}{number}号{words}", "label": label, "cat": trade}
        for trade in trades
        for label, several in said.items()
        for number in range(12)
        for words in several
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for source, trades in SOURCES.items():
        rows = _rows(trades, knows_neutral="laptop" in source)
        with gzip.open(folder / f"{source}.jsonl.gz", "wt", encoding="utf-8") as target:
            target.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for author, thing in (
        ("r1", "杯子放在办公室里喝茶用"),
        ("r2", "锅是过年回老家给妈妈买的"),
        ("r3", "灯挂在客厅朝南那面墙上"),
    ):
        lines = ["@ category=appliance item=水壶"]
        for number in range(8):
            lines += [f"> {thing}{number}[quality+|{GOOD[number % 6]}]", "= positive none"]
            lines += [f"> {thing}{number}[quality- minor|{BAD[number % 6]}]", "= negative minor"]
            lines += [f"> {thing}{number}[safety- hazard:fire|冒烟着火]", "= negative hazard:fire"]
            lines += [f"> {thing}{number}{PLAIN[number % 4]}", "= neutral none"]
        draft = folder / f"{author}.txt"
        draft.write_text("\n".join(lines), encoding="utf-8")
        build_reviews([draft], folder)
    (folder / "split.json").write_text('{"dev": ["r2"], "test": ["r3"]}', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    words = [
        "".join(
            [
                *GOOD,
                *BAD,
                *PLAIN,
                *sum(SOURCES.values(), ()),
                "杯子放在办公室里喝茶用锅是过年回老家给妈妈买的灯挂客厅朝南那面墙上冒烟着火水壶号",
            ]
        )
    ]
    save_tiny_encoder(folder, words)
    return folder


@pytest.fixture(scope="module")
def trained(
    data: Path, corpus: Path, pretrained: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("model")
    metrics = train(data, corpus, folder, pretrained=pretrained, epochs=8, rate=5e-3, threads=1)
    return folder, metrics


def test_what_is_held_out_is_measured_and_nothing_else(
    trained: tuple[Path, dict[str, Any]],
) -> None:
    _, metrics = trained
    assert metrics["own"]["reviews"] == 32
    assert "real" not in metrics
    assert metrics["trained_on"]["corpus"] == 32
    assert "reviews_waimai" not in metrics["trained_on"]
    assert sum(metrics["public"]["reviews_waimai"]["support"].values()) == 144
    assert metrics["public"]["reviews_os10"]["accuracy"] >= 0.9


def test_the_trained_reader_loads_and_tells_the_sides_apart(
    trained: tuple[Path, dict[str, Any]],
) -> None:
    folder, metrics = trained
    reader = EncoderReader.load(folder)
    good, bad = reader.read([Review("1", "灯很好用,质量不错"), Review("2", "灯太差劲了,坏得真快")])
    assert (good.sentiment.label, bad.sentiment.label) == ("positive", "negative")
    assert metrics["own"]["sentiment"]["accuracy"] >= 0.6


def test_a_linear_part_is_taken_over_as_it_is(
    trained: tuple[Path, dict[str, Any]], data: Path, corpus: Path, pretrained: Path, tmp_path: Path
) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    linear = load_artifact(trained[0]).linear
    platt = np.full((2, len(linear.labels)), 0.5, np.float32)
    write_artifact(source, name="source", version=1, linear=linear.recalibrated(platt))
    metrics = train(
        data, corpus, out, pretrained=pretrained, linear_from=source, epochs=1, threads=1
    )
    assert (out / "linear.npz").read_bytes() == (source / "linear.npz").read_bytes()
    assert (out / "linear.npz").read_bytes() != (trained[0] / "linear.npz").read_bytes()
    assert metrics["linear_kept_from"] == "source@1"


def test_a_linear_part_of_another_task_is_refused(
    data: Path, corpus: Path, pretrained: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError):
        train(data, corpus, tmp_path, pretrained=pretrained, linear_from=corpus)
    chat = Settings.from_env().home / "models" / SHIPPED
    with pytest.raises(ClientError, match="no model of sentiment"):
        train(data, corpus, tmp_path, pretrained=pretrained, linear_from=chat)
