"""Training the chat models on a tiny corpus: splits by author, files, repeatability."""

import gzip
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForTokenClassification, AutoTokenizer

from nlp_service.chat.checker import ChatChecker
from nlp_service.chat.encoder_reader import EncoderReader
from nlp_service.cli import run
from nlp_service.domain import Action, Message
from nlp_service.errors import ClientError, ModelError
from nlp_service.inference.artifact import repin
from nlp_service.inference.encoder import EXPORT, TokenEncoder
from nlp_service.policy.loader import load_policy
from nlp_service.training.authoring import build
from nlp_service.training.chat import train
from nlp_service.training.chat_corpus import read_corpus, units_of
from nlp_service.training.encoder_export import reexport
from tests.training.pretrain_texts import save_tiny_encoder

ASKS = ["您一个月挣多少", "月薪大概多少呀", "年收入方便说吗", "工资高不高呀", "收入怎么样"]
FINE = ["包裹明天就到", "已经给您发货", "尺码偏小一码", "支持七天无理由", "这边帮您查一下"]


@dataclass(frozen=True)
class Trained:
    path: Path
    found: Any
    said: list[str]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    drafts = []
    for author, tail in (("x1", ""), ("x2", "呢"), ("x3", "哈")):
        lines = [
            f"> 亲{number},[asks:income|{ask}{tail}]\n= privacy.personal | purpose:curious"
            for number, ask in enumerate(ASKS)
        ]
        lines += [f"> {fine}{tail}{number}\n= allow" for number, fine in enumerate(FINE)]
        lines += [f"B{{refuse:pitch}}: 不用了{n}\n> 好的{n}\n= allow" for n in range(5)]
        draft = folder / f"{author}.txt"
        draft.write_text("\n".join(lines), encoding="utf-8")
        drafts.append(draft)
    build(drafts, folder)
    return folder


VOICES = {
    "x1": (
        [
            "您一个月挣多少",
            "月薪大概多少呀",
            "工资高不高",
            "收入怎么样",
            "一年能挣几万",
            "挣得多吗",
        ],
        ["包裹明天就到", "尺码偏小一码", "支持退货", "这边帮您查一下", "面料是棉的", "马上安排"],
    ),
    "x2": (
        ["方便说下工资吗", "收入有多少", "每月挣几千", "您挣多少", "问下月薪", "年收入多少"],
        ["快递在路上了", "颜色没有色差", "可以开发票", "仓库今天发货", "质保一年", "洗了不缩水"],
    ),
    "x3": (
        ["月薪能说说吗", "你工资多少", "家里收入高吗", "打听下收入", "挣几个钱", "月薪多少"],
        ["已经发货", "这个码合适", "客服在线", "赠品随单寄", "运费我们出", "请放心使用"],
    ),
}


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three voices that share words, not sentences."""
    folder = tmp_path_factory.mktemp("voices")
    for author, (asks, fine) in VOICES.items():
        lines = [f"> [asks:income|{ask}]\n= privacy.personal | purpose:curious" for ask in asks]
        lines += [f"B{{refuse:pitch}}: 不用了{text}\n> {text}\n= allow" for text in fine]
        draft = folder / f"{author}.txt"
        draft.write_text("\n".join(lines), encoding="utf-8")
        build([draft], folder)
    (folder / "split.json").write_text('{"dev": ["x2"], "test": ["x3"]}', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def pretrained(voices: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder that knows the letters of the corpus and has learnt nothing."""
    folder = tmp_path_factory.mktemp("encoder")
    save_tiny_encoder(folder, (record.text for record in read_corpus(voices)))
    return folder


@pytest.fixture(scope="module")
def trained(voices: Path, pretrained: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("model")
    said: list[str] = []
    found = train(
        voices,
        folder,
        pretrained=pretrained,
        data_dir=None,
        seed=1,
        epochs=20,
        threads=1,
        progress=said.append,
    )
    return Trained(folder, found, said)


def test_only_the_test_voice_is_measured_by_every_system(trained: Trained) -> None:
    scores = trained.found.scores
    assert {name: len(found.authors) for name, found in scores.items()} == {
        "blend": 1,
        "linear": 1,
        "keyword filter": 1,
        "blend, no context": 1,
    }
    assert scores["blend"].messages == 12
    assert scores["blend"].labels["privacy.personal"].tp >= 4
    assert scores["blend"].false_alarms <= 1
    assert "epoch 20 of 20" in "\n".join(trained.said)


def test_several_fits_learn_beside_each_other(
    voices: Path, pretrained: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    train(voices, tmp_path, pretrained=pretrained, data_dir=None, seed=1, epochs=1, fits=2)
    said = capfd.readouterr().out
    assert "seed 1, epoch 1 of 1" in said
    assert "seed 2, epoch 1 of 1" in said
    assert json.loads((tmp_path / "metrics.json").read_text("utf-8"))["fits"] == 2
    assert EncoderReader.load(tmp_path).label.startswith("chat-guard@")


def test_the_start_keeps_the_share_that_is_asked_for(
    voices: Path, pretrained: Path, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"data_dir": None, "seed": 1, "epochs": 4, "rate": 1e-2}
    moved = {}
    for share in (0.0, 1.0):
        out = tmp_path / str(share)
        train(
            voices,
            out,
            pretrained=pretrained,
            start_share=share,
            progress=lambda _: None,
            **settings,
        )
        begun, kept = (load_file(path / "model.safetensors") for path in (pretrained, out))
        name = "model.layers.0.mlp.Wo.weight"
        moved[share] = float((kept[name].float() - begun[name].float()).abs().max())
        assert json.loads((out / "metrics.json").read_text("utf-8"))["start_share"] == share
    assert moved[1.0] < 1e-3 < moved[0.0] / 2


def _real_turns(folder: Path, voices: Path) -> Path:
    """Data of one silent turn, which no voice of the corpus has."""
    with gzip.open(folder / "agent_turns_unlabelled.jsonl.gz", "wt", encoding="utf-8") as turns:
        turns.write(json.dumps({"text": "好的亲"}) + "\n")
    (voices / "public").mkdir(exist_ok=True)
    (voices / "public" / "agent_turns.jsonl").touch()
    return folder


def test_what_is_known_already_is_replayed_in_part(
    voices: Path, pretrained: Path, trained: Trained, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"data_dir": None, "seed": 1, "epochs": 1, "progress": lambda _: 0}
    train(voices, tmp_path, pretrained=trained.path, replay=0.5, **settings)
    assert json.loads((tmp_path / "metrics.json").read_text("utf-8"))["replay"] == 0.5
    real = _real_turns(tmp_path, voices)
    for data_dir in (None, real):
        none_left = {**settings, "data_dir": data_dir, "replay": 0.0}
        with pytest.raises(ClientError, match="has learnt all of it"):
            train(voices, tmp_path, pretrained=trained.path, **none_left)
    with pytest.raises(ClientError, match="does not name the voices learnt"):
        train(voices, tmp_path, pretrained=pretrained, replay=0.5, **settings)


def test_metrics_name_the_voices_of_every_part(trained: Trained) -> None:
    metrics = json.loads((trained.path / "metrics.json").read_text("utf-8"))
    assert metrics["voices"] == {"train": ["x1"], "dev": ["x2"], "test": ["x3"]}
    assert metrics["labels"]["privacy.personal"]["support"] == 6
    assert set(metrics["beside"]) == {"linear", "keyword filter", "blend, no context"}
    assert "(1 layers of 32, fine-tuned from" in (trained.path / "card.md").read_text("utf-8")


def test_the_trained_model_is_loaded_and_marks_words_of_the_message(trained: Trained) -> None:
    checker = ChatChecker(EncoderReader.load(trained.path), load_policy())
    raw = "已经给您发货,您一个月挣多少"
    verdict = checker.check(Message("m", raw))
    assert verdict.model == "chat-guard@17"
    assert verdict.action == Action.WARN
    assert all(0 <= start < end <= len(raw) for start, end in verdict.labels[0].spans)
    assert verdict.labels[0].spans


def test_transformers_loads_the_trained_directory_and_says_the_same(trained: Trained) -> None:
    model = AutoModelForTokenClassification.from_pretrained(trained.path).eval()
    tokenizer = AutoTokenizer.from_pretrained(trained.path)
    encoder = TokenEncoder.load(trained.path)
    ids = tokenizer("[MERCHANT]您一个月挣多少")["input_ids"]
    with torch.no_grad():
        expected = model(input_ids=torch.tensor([ids])).logits[0].numpy()
    names = list(model.config.id2label.values())
    assert "act:asks:income" in names
    np.testing.assert_allclose(encoder.logits(ids), expected, atol=0.35)


def test_the_graph_is_exported_anew_and_the_model_still_loads(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(trained.path, tmp_path / "copy"))
    (copy / EXPORT).write_bytes(b"broken")
    with pytest.raises(ModelError, match="was altered"):
        EncoderReader.load(copy)
    assert run(["export", str(copy)]) == 0
    assert "MiB, at most 0." in capsys.readouterr().out
    assert EncoderReader.load(copy).label == "chat-guard@17"


def test_an_export_accepts_no_other_altered_file(trained: Trained, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(trained.path, tmp_path / "copy"))
    (copy / "blend.json").write_text("{}")
    with pytest.raises(ModelError, match=r"blend\.json was altered"):
        reexport(copy)


def test_a_blend_of_another_encoder_is_refused(trained: Trained, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(trained.path, tmp_path / "copy"))
    blend = json.loads((copy / "blend.json").read_text("utf-8"))
    blend["columns"].append("act:pitches")
    (copy / "blend.json").write_text(json.dumps(blend))
    repin(copy, "blend.json")
    with pytest.raises(ModelError, match="the encoder states"):
        EncoderReader.load(copy)


def test_what_the_encoder_cannot_read_is_a_model_error(trained: Trained) -> None:
    with pytest.raises(ModelError, match="failed on 1 tokens"):
        TokenEncoder.load(trained.path).logits([10**6])


def test_training_again_with_the_same_seed_gives_the_same_metrics(
    trained: Trained, voices: Path, pretrained: Path, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {
        "pretrained": pretrained,
        "data_dir": None,
        "seed": 1,
        "epochs": 20,
        "threads": 1,
    }
    train(voices, tmp_path, progress=lambda _: None, **settings)
    for file in ("blend.json", "metrics.json", "card.md"):
        assert (tmp_path / file).read_bytes() == (trained.path / file).read_bytes()


def test_without_a_pretrained_encoder_one_line_says_so(voices: Path, tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="no pretrained encoder"):
        train(voices, tmp_path, pretrained=tmp_path, data_dir=None, seed=1)


def test_units_carry_the_facts_said_in_them(corpus: Path) -> None:
    record = next(r for r in read_corpus(corpus) if r.facts)
    units = list(units_of(0, record))
    assert units[0].facts == {"asks:income"}
    assert all(unit.message == 0 for unit in units)
