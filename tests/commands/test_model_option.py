"""`--model` and `--labels` end to end, with a tiny checkpoint and the shipped models beside it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from fastapi.testclient import TestClient

from nlp_service import cli
from nlp_service.api.app import build_house, create_app
from nlp_service.chat.loading import SHIPPED
from nlp_service.engines import load_engines
from nlp_service.settings import Settings
from tests.inference.tiny_checkpoint import save_tiny

ROOT = Path(__file__).parents[2]
MAP = {"正常": None, "催单": "presses", "问微信": "asks:im_account"}
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(
    scope="module", params=["multi_label_classification", "single_label_classification"]
)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "mine", kind=request.param)


@pytest.fixture
def checkpoint(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory without its label map; `map.json` lies beside it, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NLP_SERVICE_HOME", str(ROOT))
    Path("map.json").write_text(json.dumps(MAP), encoding="utf-8")
    return Path(shutil.copytree(made, tmp_path / "mine"))


def test_a_text_is_checked_by_the_checkpoint(checkpoint: Path, capsys: Capture) -> None:
    shutil.copy("map.json", checkpoint / "label_map.json")
    text = ["--text", "您好,在吗,您的号发我一下"]
    assert cli.run(["chat", "check", *text, "--model", "mine", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["action"], answer["labels"][0]["code"]) == ("warn", "privacy.contact")
    assert answer["acts"][0]["attribute"] == "im_account"
    assert answer["labels"][0]["spans"] == [[6, 13]]
    assert answer["model"].startswith("mine@")
    assert cli.run(["chat", "check", "--text", "好的,这就查", "--model", "mine", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["action"] == "allow"


@pytest.mark.usefixtures("checkpoint")
def test_a_file_is_checked_with_the_map_that_is_named(capsys: Capture) -> None:
    rows = [{"id": "a", "text": "好的" * 200 + "急"}, {"id": "b", "text": "好的" * 200}]
    Path("in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    files = ["in.jsonl", "--out", "out.jsonl"]
    assert cli.run(["chat", "check", *files, "--model", "mine", "--labels", "map.json"]) == 0
    answers = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    assert [answer["action"] for answer in answers] == ["warn", "allow"]
    assert "2 answered, 0 refused" in capsys.readouterr().err


@pytest.mark.parametrize("model", [ROOT / "models", ROOT / "models" / SHIPPED])
def test_a_model_of_ours_may_be_named_too(model: Path, capsys: Capture) -> None:
    text = ["--text", "亲,身份证号发一下"]
    assert cli.run(["chat", "check", *text, "--model", str(model), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"].startswith("chat-guard@")


@pytest.mark.usefixtures("checkpoint")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--model mine", "checkpoint mine has no label map; put label_map.json"),
        ("--model mine --labels none.json", "label map none.json cannot be read"),
        ("--model none", "--model none is no model: it needs artifact.json"),
        ("--labels map.json", "--labels goes with --model only; name the model too"),
        (f"--model {ROOT / 'models'} --labels map.json", "label map map.json: --labels goes with"),
    ],
)
def test_unusable_model_is_one_line_and_status_2(options: str, words: str, capsys: Capture) -> None:
    assert cli.run(["chat", "check", "--text", "急", *options.split()]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"nlp-service: {words}")
    assert (said.err.count("\n"), said.out) == (1, "")


@pytest.mark.usefixtures("checkpoint")
def test_a_checkpoint_is_measured(capsys: Capture) -> None:
    draft = "> 您好,[presses|急]\n= upsell.pressure\n@\n> 好的,这就查\n= allow\n"
    Path("a1.txt").write_text(draft, encoding="utf-8")
    Path("corpus").mkdir()
    assert cli.run(["corpus", "build", "a1.txt", "--out", "corpus"]) == 0
    named = ["--model", "mine", "--labels", "map.json", "--json", "-"]
    capsys.readouterr()
    assert cli.run(["evaluate", "chat", "--corpus", "corpus", *named]) == 0
    first = json.loads(capsys.readouterr().out)["systems"][0]
    assert first["name"].startswith("mine@")
    assert first["micro"]["f1"] == 1.0


def test_the_service_answers_with_the_checkpoint_of_its_settings(checkpoint: Path) -> None:
    environ = {
        "NLP_SERVICE_HOME": str(ROOT),
        "NLP_SERVICE_CHAT_MODEL": str(checkpoint),
        "NLP_SERVICE_CHAT_LABELS": str(Path("map.json").resolve()),
        "NLP_SERVICE_CHAT_DEVICE": "cpu",
        "NLP_SERVICE_STORE_FACTS": "false",
    }
    settings = Settings.from_env(environ)
    engines = load_engines(settings)
    assert engines.problems == {}
    with TestClient(create_app(settings, build_house(settings, engines))) as client:
        answer = client.post("/v1/chat/check", json={"text": "急"}).json()
    assert answer["labels"][0]["code"] == "upsell.pressure"
    assert answer["model"].startswith("mine@")


def test_a_checkpoint_that_cannot_be_loaded_closes_the_chat_door_only(checkpoint: Path) -> None:
    environ = {"NLP_SERVICE_HOME": str(ROOT), "NLP_SERVICE_CHAT_MODEL": str(checkpoint)}
    engines = load_engines(Settings.from_env(environ))
    assert "checkpoint mine has no label map" in engines.problems["chat"]
    assert engines.reviews is not None
