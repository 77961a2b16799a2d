"""`nlp-service queue` as a moderator types it, within 80 columns."""

import getpass
import json
import os
from collections.abc import Callable
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from nlp_service import cli
from nlp_service.buyers import BuyerBook
from nlp_service.moderation.desk import ModerationDesk
from nlp_service.storage.database import migrate, open_database
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault
from tests.moderation.cases import report, review, score

SECRET = "a-secret-of-some-length"
LONG = "充电的时候电池鼓起来了,烫得不敢碰," * 20
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("NLP_SERVICE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NLP_SERVICE_HOME", str(tmp_path))
    monkeypatch.setenv("NLP_SERVICE_SECRET", SECRET)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(getpass, "getuser", lambda: "login")
    engine = open_database(f"sqlite:///{tmp_path / 'var' / 'nlp_service.db'}")
    migrate(engine)
    store = Store(engine, Vault(SECRET.encode()))
    book = BuyerBook(store)
    desk = ModerationDesk(store, book)
    desk.put_review(review(), score())
    desk.put_review(review("r-2", text=LONG), score(0.1, "hazard", ()))
    history = [{"role": "buyer", "text": "我要退款\x1b[2J"}]
    desk.put_report(report(message={"text": "加我微信", "context": {"history": history}}), None)
    book.appeal("b-7", "a-1", "我是正常买家")
    engine.dispose()
    return tmp_path


@pytest.fixture
def typed(home: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    assert home.is_dir()

    def run(*words: str) -> tuple[int, str, str]:
        status = cli.run(["queue", *words])
        said = capsys.readouterr()
        assert all(cells(line) <= 80 for line in said.out.splitlines() if "{" not in line)
        return status, said.out, said.err

    return run


def cells(line: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


def keys(typed: Typed, *words: str) -> list[str]:
    return [line.split()[0] for line in typed("list", *words)[1].splitlines()[1:]]


def reviews(typed: Typed) -> str:
    return keys(typed, "--kind", "review")[1]


def test_list_puts_the_hazard_first(typed: Typed) -> None:
    status, said, _ = typed("list")
    lines = said.splitlines()
    assert (status, len(lines)) == (0, 5)
    assert lines[0].split() == ["item", "!", "kind", "susp", "harm", "age", "state", "text"]
    assert lines[1].split()[1:7] == ["!", "review", "10%", "1.00", "0m", "open"]
    assert "充电的时候" in lines[1]
    assert "97%" in lines[2]
    assert len(keys(typed, "--limit", "2")) == 2


def test_json_is_that_of_the_api(typed: Typed) -> None:
    (line,) = typed("list", "--kind", "risk_appeal", "--json")[1].splitlines()
    item = json.loads(line)
    assert (item["kind"], item["excerpt"]) == ("risk_appeal", "我是正常买家")
    case = json.loads(typed("show", item["item"], "--json")[1])
    assert case["content"]["profile"]["buyer_id"] == "b-7"


def test_show_sets_evidence_against_and_for_side_by_side(typed: Typed) -> None:
    _, said, _ = typed("show", reviews(typed))
    assert "垃圾,【加我微信退我200就改好评】" in said
    lines = [line.split() for line in said.splitlines()]
    assert ["against", "+2.90", "text.extortion:", "要挟"] in lines
    assert ["for", "-0.60", "counter.images:", "附有图片"] in lines


def test_texts_cannot_steer_the_terminal(typed: Typed) -> None:
    _, said, _ = typed("show", keys(typed, "--kind", "chat_report")[0])
    assert "buyer" in said
    assert "不想加" in said
    assert "\x1b" not in said


def test_claim_decide_undo_appeal(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    item = reviews(typed)
    assert "claimed until" in typed("claim", item)[1]
    assert keys(typed, "--state", "claimed", "--as", "login") == [item]
    status, said, _ = typed("decide", item, "malicious", "--reason", "要挟")
    assert (status, said) == (0, f"{item} decided: malicious\n")
    assert typed("undo", item)[1] == f"{item} open; waits to be claimed\n"
    typed("claim", item)
    typed("decide", item, "malicious", "--reason", "要挟")
    status, _, wrong = typed("appeal", item, "--reason", "请再看")
    assert (status, "who decided cannot appeal" in wrong) == (2, True)
    assert typed("appeal", item, "--reason", "请再看", "--as", "cs-4")[0] == 0
    status, _, wrong = typed("claim", item)
    assert (status, "no part in it" in wrong) == (2, True)
    assert typed("claim", item, "--as", "mod-2")[0] == 0
    assert typed("decide", item, "genuine", "--reason", "图文相符", "--as", "mod-2")[0] == 0
    _, said, _ = typed("show", item)
    words = said.split()
    assert words[words.index("before") + 1 :][:2] == ["malicious:", "要挟"]
    assert words[words.index("now") + 1 :][:2] == ["genuine:", "图文相符"]
    assert "genuine" in typed("list", "--state", "decided")[1]
    assert cli.run(["audit", "verify"]) == 0
    assert "decision log whole: 12 entries" in capsys.readouterr().out


def test_next_is_the_most_urgent_of_a_kind(typed: Typed) -> None:
    assert "hazard" in typed("claim")[1]
    assert "risk_appeal" in typed("claim", "--kind", "risk_appeal")[1]
    status, said, told = typed("claim", "--kind", "risk_appeal")
    assert (status, said, told) == (0, "", "nothing waits\n")
    assert typed("claim", "ab", "--kind", "review")[0] == 2
    item = keys(typed, "--state", "claimed")[0]
    assert "open; waits" in typed("release", item)[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "zz"], "no such item"),
        (["show", "0" * 64], "no such item"),
        (["decide", "ITEM", "guilty", "--reason", "x"], "'genuine'"),
        (["decide", "ITEM", "upheld", "--reason", "x"], "genuine, malicious, unclear"),
        (["decide", "ITEM", "genuine", "--reason", " "], "reason: is empty; say why"),
        (["decide", "ITEM", "genuine"], "--reason"),
        (["decide", "ITEM", "genuine", "--reason", "x"], "claim it first"),
        (["undo", "ITEM"], "not decided"),
        (["list", "--state", "gone"], "--state"),
        (["list", "--limit", "0"], "--limit"),
    ],
)
def test_wrong_words_are_2_and_say_what_to_do(typed: Typed, words: list[str], said: str) -> None:
    item = reviews(typed)
    status, out, err = typed(*(item if word == "ITEM" else word for word in words))
    assert (status, out) == (2, "")
    assert said in err


def test_nobody_logged_in_is_told_to_say_who_acts(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("uid")

    monkeypatch.setattr(getpass, "getuser", nobody)
    status, _, err = typed("claim")
    assert (status, "--as NAME" in err) == (2, True)
    assert typed("claim", "--as", "mod-1")[0] == 0


def test_empty_queue_says_so(typed: Typed) -> None:
    assert typed("list", "--state", "decided")[1] == "nothing here\n"


@pytest.mark.usefixtures("home")
def test_missing_secret_is_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NLP_SERVICE_SECRET")
    assert cli.run(["queue", "list"]) == 2
    assert "NLP_SERVICE_SECRET" in capsys.readouterr().err
