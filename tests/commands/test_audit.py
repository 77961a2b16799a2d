"""`nlp-service audit verify`: exit status and the place of the damage, within 80 columns."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from nlp_service import cli
from nlp_service.storage.database import migrate, open_database
from nlp_service.storage.keys import load_secret
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault

SECRET = "a-secret-of-some-length"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
Change = Callable[[str], None]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NLP_SERVICE_HOME", str(tmp_path))
    monkeypatch.setenv("NLP_SERVICE_SECRET", SECRET)
    monkeypatch.setenv("COLUMNS", "80")
    engine = open_database(f"sqlite:///{tmp_path / 'var' / 'nlp_service.db'}")
    migrate(engine)
    with Store(engine, Vault(SECRET.encode())).writing() as unit:
        for n in range(5):
            unit.decisions.append(
                actor="m", kind="a.b", subject_key="ab" * 32, body={"n": n}, now=NOW
            )
    engine.dispose()
    return tmp_path


@pytest.fixture
def change(home: Path) -> Change:
    def run(statement: str) -> None:
        engine = open_database(f"sqlite:///{home / 'var' / 'nlp_service.db'}")
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    return run


def test_whole_log_is_0_and_leaves_an_anchor(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["audit", "verify"]) == 0
    assert capsys.readouterr().out == "decision log whole: 5 entries\n"
    assert (home / "var" / "decisions.head").is_file()
    assert cli.run(["audit", "verify", "--anchor", str(home / "other")]) == 0
    assert (home / "other").is_file()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE decisions SET body = '{}' WHERE sequence = 2", "entry 2: the entry was changed"),
        ("DELETE FROM decisions WHERE sequence = 3", "entry 3: an entry is missing"),
        ("DELETE FROM decisions WHERE sequence > 3", "entry 4: the end of the log is missing"),
        ("DELETE FROM heads", "entry 6: the head of the log is missing or was changed"),
    ],
)
def test_broken_log_is_1_and_names_the_place(
    home: Path, change: Change, statement: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(statement)
    assert cli.run(["audit", "verify"]) == 1
    said = capsys.readouterr().out
    assert said == f"decision log broken at {words}\n"
    assert len(said) <= 81
    assert not (home / "var" / "decisions.head").exists()


def test_log_shorter_than_the_anchor_is_1(
    change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["audit", "verify"]) == 0
    change("DELETE FROM decisions")
    change("UPDATE heads SET sequence = 0, hash = '', seal = ''")
    capsys.readouterr()
    assert cli.run(["audit", "verify"]) == 1
    assert "entry 1: the end of the log is missing" in capsys.readouterr().out


@pytest.mark.usefixtures("home")
def test_missing_secret_is_2_and_makes_no_new_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NLP_SERVICE_SECRET")
    assert cli.run(["audit", "verify"]) == 2
    assert "NLP_SERVICE_SECRET" in capsys.readouterr().err
    assert not (tmp_path / "var" / "secret").exists()
    load_secret("", tmp_path / "var" / "secret")
    assert cli.run(["audit", "verify"]) == 1


def test_database_without_the_tables_is_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NLP_SERVICE_HOME", str(tmp_path))
    monkeypatch.setenv("NLP_SERVICE_SECRET", SECRET)
    assert cli.run(["audit", "verify"]) == 2
    assert "nlp-service db migrate" in capsys.readouterr().err
