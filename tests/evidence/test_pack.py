"""Evidence packs: they hold, they show no personal data, and no change goes unseen."""

import copy
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nlp_service import cli
from nlp_service.errors import ClientError, NotFoundError
from nlp_service.evidence.masking import masked_text
from nlp_service.evidence.pack import pack_of, read_pack, written
from nlp_service.evidence.page import page_of
from nlp_service.evidence.proof import problems_of
from nlp_service.storage.canonical import canonical_json
from nlp_service.storage.database import migrate, open_database
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault
from tests.evidence.cases import BUYER, NOW, PHONE, TEXT, decided
from tests.storage.conftest import *  # noqa: F403 - the databases of the store's tests

Pack = dict[str, Any]
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


@pytest.fixture
def pack(store: Store, vault: Vault) -> Pack:
    return pack_of(store, vault, decided(store), now=NOW)


def signed_anew(pack: Pack) -> Pack:
    """As a forger does who has no key of ours."""
    plain = {name: part for name, part in pack.items() if name != "signature"}
    public = OTHER_KEY.public_key().public_bytes_raw().hex()
    value = OTHER_KEY.sign(canonical_json(plain)).hex()
    return {**plain, "signature": {"algorithm": "Ed25519", "public_key": public, "value": value}}


def test_pack_holds_after_a_trip_through_a_file(pack: Pack, vault: Vault, tmp_path: Path) -> None:
    source, page = written(pack, tmp_path / "out")
    again = read_pack(source)
    key = vault.evidence_key().public_key().public_bytes_raw().hex()
    assert problems_of(again) == []
    assert problems_of(again, public_key=key.upper()) == []
    assert problems_of(again, vault=vault) == []
    assert page.read_text(encoding="utf-8") == page_of(again)
    assert again["versions"] == {"policy": "default@1", "model": "review-sentiment@2"}


def test_pack_tells_decision_reasons_and_both_sides(pack: Pack) -> None:
    case = pack["case"]
    assert (case["decision"], case["appealed_decision"]) == ("malicious", "malicious")
    assert (case["reason"], case["appeal"]) == ("以改评价索要钱款,维持", "是气话")
    assert [one["code"] for one in case["evidence"]["against"]] == ["text.extortion"]
    assert [one["code"] for one in case["evidence"]["in_favour"]] == ["counter.images"]
    assert [step["kind"] for step in case["history"]] == [
        *("queue.put", "queue.claim", "queue.decide"),
        *("queue.appeal", "queue.claim", "queue.decide"),
    ]


def test_personal_data_is_masked_and_spans_move_along(pack: Pack) -> None:
    said = json.dumps(pack, ensure_ascii=False) + page_of(pack)
    assert [word for word in (PHONE, BUYER, "m-1", "lawyer") if word in said] == []
    text = pack["case"]["text"]
    assert text == TEXT.replace(PHONE, "138****5678")
    (_, demand) = pack["case"]["evidence"]["against"][0]["spans"]
    assert text[slice(*demand)] == "退我200"


@pytest.mark.parametrize("span", [(0, 4), (5, 9), (9, 12), (12, 20), (4, 16), (0, 24)])
def test_spans_stay_within_the_masked_text(span: tuple[int, int]) -> None:
    text = f"我的邮箱zhangsan@163.com,电话{PHONE},快加"
    masked, move = masked_text(text)
    start, end = move(span)
    assert 0 <= start <= end <= len(masked)
    assert move((0, len(text))) == (0, len(masked))


def entry(pack: Pack, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in pack["chain"]["entries"] if e["kind"] == kind)
    return found


def decide_otherwise(pack: Pack) -> None:
    pack["case"]["decision"] = "genuine"


def reword(pack: Pack) -> None:
    pack["case"]["reason"] = "没有问题"


def drop_evidence(pack: Pack) -> None:
    pack["case"]["evidence"]["in_favour"] = []


def rewrite_entry(pack: Pack) -> None:
    for one in pack["chain"]["entries"]:
        one["body"] = one["body"].replace("malicious", "genuine")
    for step in pack["case"]["history"]:
        step["decision"] = step["decision"] and "genuine"
    pack["case"]["decision"] = "genuine"


def backdate(pack: Pack) -> None:
    entry(pack, "queue.decide")["at"] = "2026-01-01T00:00:00.000000+00:00"


def drop_entry(pack: Pack) -> None:
    pack["chain"]["entries"].remove(entry(pack, "queue.appeal"))


def cut_the_end(pack: Pack) -> None:
    pack["chain"]["entries"].pop()


def move_head(pack: Pack) -> None:
    last = pack["chain"]["entries"].pop()
    pack["chain"]["head"] |= {"sequence": last["sequence"] - 1, "hash": last["previous_hash"]}


CHANGES = [decide_otherwise, reword, drop_evidence, rewrite_entry, backdate]
CHANGES += [drop_entry, cut_the_end, move_head]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_found(pack: Pack, vault: Vault, change: Callable[[Pack], None]) -> None:
    changed = copy.deepcopy(pack)
    change(changed)
    assert "it was changed after it was signed" in problems_of(changed)
    forged = signed_anew(changed)
    key = pack["signature"]["public_key"]
    assert "it is signed with another key" in problems_of(forged, public_key=key)
    assert "it is signed with another key" in problems_of(forged, vault=vault)


@pytest.mark.parametrize("change", [rewrite_entry, backdate, move_head])
def test_forged_log_is_found_by_its_hashes(
    pack: Pack, vault: Vault, change: Callable[[Pack], None]
) -> None:
    change(pack)
    found = " ".join(problems_of(signed_anew(pack), vault=vault))
    assert "not as it was written" in found or "head of the log was changed" in found


@pytest.mark.parametrize("change", [decide_otherwise, drop_entry, cut_the_end])
def test_contradictions_are_found_by_anybody(pack: Pack, change: Callable[[Pack], None]) -> None:
    change(pack)
    assert problems_of(signed_anew(pack)) != []


def test_pack_of_nothing_and_no_pack(store: Store, vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        pack_of(store, vault, "a" * 64, now=NOW)
    with pytest.raises(ClientError):
        problems_of({"format": "x"})
    for text in ("{", "[]", "{}"):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(ClientError):
            read_pack(tmp_path / "x.json")


class Outside(HTMLParser):
    """What a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.opened: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.found += [name for name, _ in attrs if name in ("src", "href") or name[:2] == "on"]


def test_page_loads_and_runs_nothing_and_escapes(pack: Pack) -> None:
    pack["case"]["text"] = "<script>alert(1)</script>" + pack["case"]["text"]
    outside = Outside()
    outside.feed(page_of(pack))
    assert outside.found == []
    assert not {"script", "link", "img", "iframe"} & set(outside.opened)
    assert "恶意评价" in page_of(pack)


SERVICE_SECRET = "a-secret-of-some-length"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NLP_SERVICE_HOME", str(tmp_path))
    monkeypatch.setenv("NLP_SERVICE_SECRET", SERVICE_SECRET)
    engine = open_database(f"sqlite:///{tmp_path / 'var' / 'nlp_service.db'}")
    migrate(engine)
    found = decided(Store(engine, Vault(SERVICE_SECRET.encode())))
    engine.dispose()
    return found


def test_command_writes_and_checks(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["audit", "evidence", key[:10], "--out", str(tmp_path / "ev")]) == 0
    written_out = capsys.readouterr()
    source, page = map(Path, written_out.out.split())
    public = written_out.err.split()[-1]
    assert cli.run(["audit", "check", str(source)]) == 0
    assert cli.run(["audit", "check", str(source), "--public-key", public]) == 0
    assert cli.run(["audit", "check", str(source), "--own"]) == 0
    assert cli.run(["audit", "check", str(source), "--public-key", "ab" * 32]) == 1
    page.write_text(page.read_text("utf-8").replace("恶意评价", "真实评价"), encoding="utf-8")
    capsys.readouterr()
    assert cli.run(["audit", "check", str(source)]) == 1
    assert "page beside it" in capsys.readouterr().out
    source.write_text(source.read_text("utf-8").replace("维持", "撤销"), encoding="utf-8")
    assert cli.run(["audit", "check", str(source)]) == 1
    assert "changed after it was signed" in capsys.readouterr().out


@pytest.mark.usefixtures("key")
def test_unknown_case_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["audit", "evidence", "ffff", "--out", str(tmp_path / "ev")]) == 2
    assert not (tmp_path / "ev").exists()
    assert "no such item" in capsys.readouterr().err
