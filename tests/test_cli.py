"""The command line as a user types it: exit status, words, files."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from nlp_service import cli, engines
from nlp_service.domain import Act, Span
from nlp_service.policy.facts import Facts
from nlp_service.settings import Settings
from nlp_service.storage.database import open_database
from nlp_service.storage.repositories import ChatFact, ChatFacts, ReviewScores
from tests.fakes import FakeChat, FakeReviews, fake_engines

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fake engines, a home of its own and 80 columns."""
    for name in [name for name in os.environ if name.startswith("NLP_SERVICE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NLP_SERVICE_HOME", str(tmp_path))
    monkeypatch.setenv("NLP_SERVICE_SAMPLES_DIR", str(ROOT / "corpora" / "samples"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(engines, "load_chat", lambda _: FakeChat())
    monkeypatch.setattr(engines, "load_reviews", lambda _: FakeReviews())
    monkeypatch.setattr(engines, "load_engines", lambda _: fake_engines())


def lines_file(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


Read = Callable[[], tuple[str, str]]


@pytest.fixture
def read(capsys: pytest.CaptureFixture[str]) -> Read:
    def reader() -> tuple[str, str]:
        captured = capsys.readouterr()
        return captured.out, captured.err

    return reader


def test_text_is_shown_with_the_words_marked(read: Read) -> None:
    assert cli.run(["chat", "check", "--text", "亲,身份证号发一下"]) == 0
    shown, _ = read()
    assert "亲,【身份证】号发一下" in shown
    assert "不能发送 (block)" in shown
    assert "privacy.identity" in shown
    assert "不能索要身份证号。" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_text_cannot_steer_the_terminal(read: Read) -> None:
    assert cli.run(["chat", "check", "--text", "身份证\x1b[2J\r好"]) == 0
    assert "\x1b" not in read()[0]


def test_json_for_a_machine_is_the_answer_of_the_api(read: Read) -> None:
    assert cli.run(["chat", "check", "--text", "身份证", "--category", "food", "--json"]) == 0
    answer = json.loads(read()[0])
    assert (answer["action"], answer["labels"][0]["spans"]) == ("block", [[2, 5]])


def test_review_text_is_shown(read: Read) -> None:
    assert cli.run(["reviews", "score", "--text", "垃圾东西退钱", "--rating", "1"]) == 0
    shown, _ = read()
    assert "垃圾东【西退】钱" in shown
    assert "negative 95%" in shown
    assert "+2.9 text.extortion" in shown


def test_file_is_answered_and_bad_lines_give_status_1(tmp_path: Path, read: Read) -> None:
    source = lines_file(tmp_path / "in.jsonl", '{"text": "在的"}', "{", '{"text": "身份证"}')
    out = tmp_path / "out.jsonl"
    assert cli.run(["chat", "check", str(source), "--out", str(out)]) == 1
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2
    errors = (tmp_path / "out.errors.jsonl").read_text(encoding="utf-8")
    assert json.loads(errors)["line"] == 2
    assert "2 answered, 1 refused" in read()[1]


@pytest.mark.parametrize("name", ["scores.jsonl", "scores.csv", "scores.parquet"])
def test_reviews_are_scored_into_every_format(tmp_path: Path, name: str) -> None:
    source = ROOT / "corpora" / "samples" / "reviews.jsonl"
    arguments = ["reviews", "score", str(source), "--out", str(tmp_path / name)]
    assert cli.run([*arguments, "--engine", "local"]) == 0
    assert (tmp_path / name).stat().st_size > 0


FILES = ["in.jsonl", "--out", "out.jsonl"]
TEXT_ONLY = ["--json", "--category food"]


def unusable() -> list[list[str]]:
    return [
        [],
        ["nope"],
        ["chat", "check"],
        ["chat", "check", "--text", ""],
        ["chat", "check", "--text", "好", "--nope"],
        ["chat", "check", "--text", "好", "--category", "nope"],
        ["chat", "check", "in.jsonl"],
        ["chat", "check", "in.jsonl", "--text", "好"],
        ["chat", "check", "none.jsonl", "--out", "out.jsonl"],
        ["chat", "check", "in.jsonl", "--out", "in.jsonl"],
        ["chat", "check", "in.jsonl", "--out", "no/out.jsonl"],
        ["chat", "check", "in.jsonl", "--out", "out.txt"],
        ["chat", "check", "--text", "好", "--out", "out.jsonl"],
        *(["chat", "check", *FILES, *wrong.split()] for wrong in TEXT_ONLY),
        ["reviews", "score", "--text", "好", "--out", "out.jsonl"],
        ["reviews", "score", "--text", "好", "--rating", "6"],
        ["reviews", "score", "--text", "好", "--engine", "ray"],
        *(["reviews", "score", *FILES, *wrong.split()] for wrong in TEXT_ONLY),
        ["reviews", "score", *FILES, "--rating", "0"],
        ["reviews", "score", *FILES, "--engine", "spark"],
        ["policy", "explain", "no.such.code"],
        ["policy", "show", "--policy", "none.yaml"],
        ["policy", "replay"],
        ["policy", "replay", "--policy", "none.yaml"],
        ["samples", "load"],
        ["keys", "new", "--scope", "everything"],
        ["serve", "--host", "0.0.0.0"],
        ["serve", "--port", "70000"],
        ["train", "sentiment"],
        ["evaluate", "chat", "--corpus", "."],
    ]


@pytest.mark.parametrize("arguments", unusable(), ids=" ".join)
def test_unusable_arguments_give_status_2_and_one_line(
    arguments: list[str], tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = lines_file(tmp_path / "in.jsonl", '{"text": "在的"}')
    before = source.read_bytes()
    assert cli.run(arguments) == 2
    _, words = read()
    assert len(words.splitlines()) == (1 if arguments else 0)
    assert "Traceback" not in words
    assert source.read_bytes() == before
    assert not (tmp_path / "out.jsonl").exists()


def test_output_that_cannot_be_written_gives_status_2(tmp_path: Path, read: Read) -> None:
    source = lines_file(tmp_path / "in.jsonl", '{"text": "在的"}')
    # /proc takes no new files, not even from root.
    assert cli.run(["chat", "check", str(source), "--out", "/proc/o.jsonl"]) == 2
    assert "cannot be written" in read()[1]


def test_wrong_setting_gives_status_2(monkeypatch: pytest.MonkeyPatch, read: Read) -> None:
    monkeypatch.setenv("NLP_SERVICE_PROT", "1")
    assert cli.run(["db", "migrate"]) == 2
    assert "NLP_SERVICE_PROT is not a setting" in read()[1]


def test_samples_are_loaded_once_however_often(tmp_path: Path) -> None:
    assert cli.run(["db", "migrate"]) == 0
    assert cli.run(["samples", "load"]) == 0
    assert cli.run(["samples", "load"]) == 0
    database = open_database(Settings.from_env().database_url)
    assert (ChatFacts(database).count(), ReviewScores(database).count()) == (20, 20)
    database.dispose()
    assert (tmp_path / "var" / "secret").exists()


def store_fact(**changes: Any) -> None:
    facts = Facts(acts=(Act("pitches", None, 0.9, (Span(0, 4),)),))
    stored: dict[str, Any] = {
        "message_key": "a" * 64,
        "at": datetime.fromisoformat("2026-03-01T10:00:00+08:00"),
        "policy": "default@1",
        "model": "chat-guard@2",
        "action": "block",
        "codes": ["conduct.abuse"],
        "facts": facts.to_json(),
    }
    database = open_database(Settings.from_env().database_url)
    ChatFacts(database).save([ChatFact(**{**stored, **changes})])
    database.dispose()


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    return lines_file(tmp_path / "new.yaml", "id: trial", "version: 2")


def test_replay_shows_whose_verdict_changes(layer: Path, read: Read) -> None:
    cli.run(["db", "migrate"])
    store_fact()
    store_fact(message_key="b" * 64, facts={"old": "format"})
    read()
    assert cli.run(["policy", "replay", "--policy", str(layer)]) == 0
    shown, words = read()
    assert "block > allow" in shown
    assert "-conduct.abuse" in shown
    assert "1 stored messages, 1 would change" in words
    assert "not readable by this version: 1" in words


def test_replay_without_changes_says_so(layer: Path, read: Read) -> None:
    cli.run(["db", "migrate"])
    store_fact(action="allow", codes=[])
    read()
    assert cli.run(["policy", "replay", "--policy", str(layer), "--json"]) == 0
    shown, words = read()
    assert shown == ""
    assert "1 stored messages, 0 would change" in words


def test_policy_is_shown_linted_and_explained(layer: Path, read: Read) -> None:
    assert cli.run(["policy", "show", "--policy", str(layer)]) == 0
    assert "id: default@1+trial@2" in read()[0]
    assert cli.run(["policy", "lint", str(layer)]) == 0
    assert cli.run(["policy", "explain", "privacy.contact"]) == 0
    assert "索要私人联系方式" in read()[0]
    broken = lines_file(layer.with_name("broken.yaml"), "id: x", "version: 1", "lables: {}")
    assert cli.run(["policy", "lint", str(broken)]) == 1
    assert "lables" in read()[0]


def test_new_key_fits_the_settings(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli.run(["keys", "new", "--scope", "chat", "--scope", "metrics"]) == 0
    setting = read()[0].splitlines()[1].split("NLP_SERVICE_API_KEYS=")[1]
    monkeypatch.setenv("NLP_SERVICE_API_KEYS", setting)
    assert Settings.from_env().api_keys[0].scopes == {"chat", "metrics"}


def test_taken_port_gives_status_2(read: Read) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert cli.run(["serve", "--port", str(port)]) == 2
    assert "is not free" in read()[1]


SERVER = """
from nlp_service import cli, engines
from tests.fakes import fake_engines
engines.load_engines = lambda _: fake_engines()
raise SystemExit(cli.run(["db", "migrate"]) or cli.run(["serve", "--port", "0"]))
"""


def test_server_answers_and_stops_when_asked() -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert server.stderr
        words = ""
        while "listening at" not in words:
            words = server.stderr.readline()
            assert words, "the server stopped before it listened"
        address = words.split()[2]
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            assert json.load(answer) == {"status": "ok"}
        server.terminate()
        deadline = time.monotonic() + 20
        while server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert server.poll() is not None
    finally:
        server.kill()
        server.communicate()
