"""`risk replay` and `risk show` as a user types them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pytest

from nlp_service import cli
from nlp_service.risk.events import RiskEvent
from tests.risk.buyers import ABUSERS, HONEST, Story


@pytest.fixture(autouse=True)
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def line(event: RiskEvent, buyer: str) -> str:
    data = {name: getattr(event.data, name) for name in getattr(event.data, "__slots__", ())}
    value = {
        "event_id": f"{buyer}-{event.event_id}",
        "buyer_id": buyer,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "order_id": event.order_id,
        "category": event.category,
        "data": data,
    }
    return json.dumps(value, ensure_ascii=False)


def lines(story: Story, buyer: str) -> list[str]:
    return [line(event, buyer) for event in story.events]


def write(path: Path, content: Iterable[str]) -> Path:
    path.write_text("\n".join(content) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def good() -> list[str]:
    abuser = lines(ABUSERS["convicted_refunder"](), "b-2")
    return [*abuser, *lines(HONEST["mover"](), "b-1"), *lines(HONEST["new_buyer"](), "b-10")]


def replay(source: Path, *options: str) -> int:
    return cli.run(["risk", "replay", str(source), *options])


def test_profiles_are_written_sorted_by_buyer(good: list[str], tmp_path: Path) -> None:
    source, out = write(tmp_path / "events.jsonl", good), tmp_path / "profiles.jsonl"
    assert replay(source, "--out", str(out)) == 0
    profiles = read(out)
    assert [profile["buyer_id"] for profile in profiles] == ["b-1", "b-10", "b-2"]
    assert [profile["tier"] for profile in profiles] == ["normal", "normal", "high"]
    # One instant for all: the latest of the file.
    assert {profile["as_of"] for profile in profiles} == {"2026-05-11T02:00:00Z"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.jsonl", "profiles.jsonl"]


def test_order_and_repetition_of_lines_change_nothing(good: list[str], tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    replay(write(tmp_path / "a.jsonl", good), "--out", str(one))
    replay(write(tmp_path / "b.jsonl", [*good[::-1], *good[::3]]), "--out", str(two))
    assert one.read_bytes() == two.read_bytes()


def test_bad_lines_and_conflicts_are_listed_and_do_not_stop_the_run(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = json.loads(good[0])
    bad = [
        "{",
        json.dumps({**first, "amount": 7}),
        json.dumps({**first, "event_id": "x", "at": "2026-03-01T10:00:00"}),
        json.dumps({**first, "event_id": "y", "data": {"rating": 9}}),
        json.dumps({**first, "event_id": "z", "buyer_id": "b-1", "secret": 1}),
    ]
    source, out = write(tmp_path / "events.jsonl", [*good, *bad]), tmp_path / "p.jsonl"
    assert replay(source, "--out", str(out)) == 1
    errors = read(tmp_path / "p.errors.jsonl")
    assert [error["line"] for error in errors] == [len(good) + n for n in range(1, 6)]
    reasons = [error["reason"] for error in errors]
    assert reasons[0].startswith("the JSON is broken")
    assert reasons[1].startswith("event_id: was sent before with other content; give every")
    assert reasons[2].startswith("at: has no offset")
    assert reasons[3].startswith("data.rating: belongs to review_posted")
    assert reasons[4].startswith("secret: unknown field")
    assert len(read(out)) == 3
    assert "3 profiles, 5 lines refused" in capsys.readouterr().err


def test_clean_run_removes_the_errors_of_an_earlier_one(good: list[str], tmp_path: Path) -> None:
    source, out = write(tmp_path / "events.jsonl", ["{", *good]), tmp_path / "p.jsonl"
    assert replay(source, "--out", str(out)) == 1
    assert replay(write(source, good), "--out", str(out)) == 0
    assert not (tmp_path / "p.errors.jsonl").exists()


def test_as_of_ignores_what_came_later(good: list[str], tmp_path: Path) -> None:
    source, out = write(tmp_path / "events.jsonl", good), tmp_path / "p.jsonl"
    assert replay(source, "--out", str(out), "--as-of", "2026-03-02T10:00:00+08:00") == 0
    assert {profile["as_of"] for profile in read(out)} == {"2026-03-02T02:00:00Z"}
    assert {profile["score"] for profile in read(out)} == {0.0}
    # Before the first event there was no buyer.
    assert replay(source, "--out", str(out), "--as-of", "2025-01-01T00:00:00Z") == 0
    assert out.read_bytes() == b""


def test_empty_file_gives_an_empty_file(tmp_path: Path) -> None:
    source, out = write(tmp_path / "events.jsonl", []), tmp_path / "p.jsonl"
    assert replay(source, "--out", str(out)) == 0
    assert out.read_bytes() == b""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--out", "p.csv"], "p.csv: must be .jsonl, one JSON object a line"),
        (["--out", "no/p.jsonl"], "no/p.jsonl cannot be written"),
        (["--out", "events.jsonl"], "input and output are the same file"),
        (["--out", "p.jsonl", "--as-of", "today"], "--as-of is not ISO 8601 with offset"),
        (["--out", "p.jsonl", "--as-of", "2026-03-01T00:00:00"], "--as-of has no offset; add one"),
        ([], "Missing option '--out'"),
    ],
)
def test_unusable_arguments_give_status_2_and_one_line(
    options: list[str],
    words: str,
    good: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    before = write(Path("events.jsonl"), good).read_bytes()
    assert replay(Path("events.jsonl"), *options) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"nlp-service: {words}")
    assert said.count("\n") == 1
    assert Path("events.jsonl").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["events.jsonl"]


def test_missing_file_gives_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(tmp_path / "none.jsonl", "--out", str(tmp_path / "p.jsonl")) == 2
    assert "none.jsonl is not a file" in capsys.readouterr().err


def test_run_that_breaks_leaves_what_was_there(
    good: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError

    source, out = write(tmp_path / "events.jsonl", good), write(tmp_path / "p.jsonl", ["earlier"])
    monkeypatch.setattr("nlp_service.risk.profile.profile_of", breaks)
    with pytest.raises(RuntimeError):
        replay(source, "--out", str(out))
    assert out.read_text(encoding="utf-8") == "earlier\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.jsonl", "p.jsonl"]


def cells(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def test_profile_is_shown_to_a_person(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "events.jsonl", good)
    assert cli.run(["risk", "show", str(source), "--buyer", "b-2"]) == 0
    shown = capsys.readouterr().out
    assert "78.2 / 100, 高 (high)" in shown
    assert "请人工查看 (manual_review)" in shown
    assert "+58.2" in shown
    assert "约45天后减半" in "".join(one.strip() for one in shown.splitlines())
    assert all(cells(one) <= 80 for one in shown.splitlines())


def test_shown_buyer_cannot_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    buyer = "b\x1b[2J"
    source = write(tmp_path / "events.jsonl", lines(HONEST["new_buyer"](), buyer))
    assert cli.run(["risk", "show", str(source), "--buyer", buyer]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_json_for_a_machine_is_the_line_of_replay(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = write(tmp_path / "events.jsonl", good), tmp_path / "p.jsonl"
    replay(source, "--out", str(out))
    assert cli.run(["risk", "show", str(source), "--buyer", "b-2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == read(out)[2]


def test_lines_that_were_not_counted_are_told(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "events.jsonl", ["{", *good])
    assert cli.run(["risk", "show", str(source), "--buyer", "b-1"]) == 1
    assert "1 lines were not counted; the first is line 1: the JSON" in capsys.readouterr().err


def test_unknown_buyer_is_told_and_not_repeated(
    good: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "events.jsonl", good)
    assert cli.run(["risk", "show", str(source), "--buyer", "13912345678"]) == 2
    said = capsys.readouterr().err
    assert "has no event of this buyer" in said
    assert "13912345678" not in said
