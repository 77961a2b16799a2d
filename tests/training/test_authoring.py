"""Drafts become records; every slip is reported with its line."""

from pathlib import Path

import pytest

from nlp_service.errors import MalformedError
from nlp_service.training.authoring import build, read_draft

DRAFT = """
@ category=apparel stage=presale item=连衣裙 flags=cross_border,custom_made facts=stock:3
B{ask:product}: M码多大?
M(2026-03-01T10:00:00+08:00): [pitches|这条半裙]也好看
> 亲,[asks:body_measure|身高体重]发我\\n[asks:income|月薪]也说下
= privacy.personal | purpose:sizing kind:hard
@
> 好的
= allow
"""


def _draft(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "voice.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_markup_becomes_facts_with_raw_offsets(tmp_path: Path) -> None:
    first, second = read_draft(_draft(tmp_path, DRAFT))
    assert first["text"] == "亲,身高体重发我\n月薪也说下"
    assert [first["text"][a:b] for a, b in (f["span"] for f in first["facts"])] == [
        "身高体重",
        "月薪",
    ]
    assert first["labels"] == ["privacy.personal"]
    assert first["purpose"] == ["sizing"]
    assert first["kind"] == ["hard"]
    assert first["context"]["facts"] == {"stock": 3}
    assert first["context"]["order"] == {"flags": ["cross_border", "custom_made"]}
    assert first["context"]["history"][0] == {
        "role": "buyer",
        "text": "M码多大?",
        "tags": ["ask:product"],
    }
    assert first["context"]["history"][1]["facts"] == [{"fact": "pitches", "span": [0, 4]}]
    assert second["labels"] == []
    assert "context" not in second


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("> 你好\n= privacy.nothing\n", "privacy.nothing"),
        ("> [asks:shoe|你好]\n= allow\n", "asks:shoe"),
        ("> [asks:age|你好\n= allow\n", "square bracket"),
        ("@ colour=red\n> 你好\n= allow\n", "colour"),
        ("= allow\n", "without a message"),
        ("B{want:pizza}: 你好\n> 好\n= allow\n", "want:pizza"),
        ("> 你好\n= allow | purpose:fun\n", "purpose:fun"),
        ("hello\n", "not an '@'"),
        ("@ category=shoes\n> 你好\n= allow\n", "line 2: context.category"),
        ("> \n= ?\n", "line 1: text"),
        ("> 你好\n= ? privacy.contact\n", "stands alone"),
        ("> 你好\n= | purpose:curious\n", "no verdict"),
        ("B: 不要\n> 你好\n= ?\n", "needs tags on every buyer turn"),
        ("> 你好\n=\n", "no verdict"),
    ],
)
def test_slips_are_named_with_their_line(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(MalformedError, match="line") as caught:
        read_draft(_draft(tmp_path, text))
    assert named in caught.value.detail


def test_build_writes_nothing_for_a_draft_with_a_slip(tmp_path: Path) -> None:
    bad = _draft(tmp_path, "> 你好\n= nothing\n")
    with pytest.raises(MalformedError):
        build([bad], tmp_path)
    assert not (tmp_path / "voice.jsonl").exists()


def test_a_verdict_may_be_left_to_the_policy(tmp_path: Path) -> None:
    text = (
        "> [asks:income|月薪多少]\n= ? | purpose:curious kind:hard\n> 好的\n= ?\n"
        "> [absolute|全网最好]\n= ?\n> [medical|包治百病]\n= ?\n"
    )
    records = read_draft(_draft(tmp_path, text))
    assert [record["labels"] for record in records] == [
        ["privacy.personal"],
        [],
        ["upsell.misleading"],
        ["upsell.misleading:block"],
    ]
    assert records[0]["kind"] == ["hard", "policy"]


@pytest.mark.parametrize("verdict", ["conduct.abuse", "allow", "?"])
def test_what_the_policy_judged_is_not_said_by_hand(tmp_path: Path, verdict: str) -> None:
    draft = _draft(tmp_path, f"> [insults|滚]\n= {verdict} | kind:policy\n")
    with pytest.raises(MalformedError, match=r"kind:policy is written by the verdict '\?' alone"):
        read_draft(draft)


def test_a_figure_that_is_no_decimal_is_a_word(tmp_path: Path) -> None:
    with pytest.raises(MalformedError, match=r"line 2: .*stock"):
        read_draft(_draft(tmp_path, "@ facts=stock:²\n> 好的\n= allow\n"))


def test_nothing_is_built_where_one_draft_is_bad(tmp_path: Path) -> None:
    good, bad = tmp_path / "a.txt", tmp_path / "b.txt"
    good.write_text("> 好的\n= ?\n", encoding="utf-8")
    bad.write_text("@ category=shoes\n> 好的\n= ?\n", encoding="utf-8")
    with pytest.raises(MalformedError, match=r"b\.txt: line 2"):
        build([good, bad], tmp_path)
    assert not list(tmp_path.glob("*.jsonl"))
