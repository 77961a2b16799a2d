"""Real turns: the split never moves, marks follow filled placeholders, the unmarked are silent."""

import gzip
import json
from pathlib import Path

import pytest

from nlp_service.chat.reader import MerchantReading, TalkReading
from nlp_service.domain import Act, ChatContext
from nlp_service.errors import ClientError
from nlp_service.policy.loader import load_policy
from nlp_service.text.normalize import normalize
from nlp_service.training.agreement import judged
from nlp_service.training.public_annotations import PUBLIC, digest_of
from nlp_service.training.real_turns import (
    ANNOTATION,
    acts_found,
    agent_turns,
    filled,
    is_held_out,
)

ASKED = "好的[姓名x]亲,[电话x]发一下,还有收货地址"


def _turns(folder: Path, texts: list[str]) -> None:
    with gzip.open(folder / "agent_turns_unlabelled.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps({"text": text, "src": "x"}) + "\n" for text in texts)


def _mark(folder: Path, text: str, *facts: tuple[str, str]) -> None:
    (folder / PUBLIC).mkdir(exist_ok=True)
    marks = [
        {"fact": fact, "span": [text.index(words), text.index(words) + len(words)]}
        for fact, words in facts
    ]
    line = {"digest": digest_of(text), "facts": marks, "purpose": ["delivery"]}
    (folder / PUBLIC / ANNOTATION).write_text(json.dumps(line) + "\n", encoding="utf-8")


def test_the_two_parts_share_no_turn_and_miss_none(tmp_path: Path) -> None:
    texts = [f"好的亲第{number}句" for number in range(200)]
    _turns(tmp_path, [*texts, texts[0], "  "])
    _mark(tmp_path, "别的")
    kept = [turn.text for turn in agent_turns(tmp_path, tmp_path, held_out=False)]
    held = [turn.text for turn in agent_turns(tmp_path, tmp_path, held_out=True)]
    assert sorted(kept + held) == sorted(texts)
    assert all(not is_held_out(text) for text in kept)
    assert 20 < len(held) < 60


@pytest.mark.parametrize("before", [0, 1], ids=["as it is", "filled"])
def test_marks_stand_on_the_same_words_when_placeholders_are_filled(
    before: int, tmp_path: Path
) -> None:
    other = next(text for text in map(str, range(99)) if not is_held_out(text))
    assert not is_held_out(ASKED)
    _turns(tmp_path, [*[other] * before, ASKED])
    _mark(tmp_path, ASKED, ("asks:phone", "[电话x]发一下"), ("asks:address", "收货地址"))
    turn = agent_turns(tmp_path, tmp_path, held_out=False)[-1]
    assert turn.text == (filled(ASKED) if before else ASKED)
    said = {fact: turn.text[start:end] for fact, start, end in turn.facts}
    phone = "13612345678" if before else "[电话x]"
    assert said == {"asks:phone": f"{phone}发一下", "asks:address": "收货地址"}
    assert turn.purposes == {"delivery"}


@pytest.mark.parametrize("before", [0, 1], ids=["as it is", "filled"])
def test_data_shown_is_learnt_only_where_a_value_stands(before: int, tmp_path: Path) -> None:
    other = next(text for text in map(str, range(99)) if not is_held_out(text))
    _turns(tmp_path, [*[other] * before, ASKED])
    _mark(tmp_path, ASKED, ("own:full_name", "[姓名x]亲"), ("asks:address", "收货地址"))
    facts = [fact for fact, _, _ in agent_turns(tmp_path, tmp_path, held_out=False)[-1].facts]
    assert facts == (["own:full_name"] if before else []) + ["asks:address"]


def test_an_unmarked_turn_says_nothing(tmp_path: Path) -> None:
    _turns(tmp_path, [ASKED])
    _mark(tmp_path, "别的")
    (turn,) = agent_turns(tmp_path, tmp_path, held_out=False)
    assert (turn.facts, turn.purposes, turn.context, turn.labels) == ((), frozenset(), {}, ())


def test_what_the_policy_says_of_the_marks_is_the_verdict(tmp_path: Path) -> None:
    _turns(tmp_path, [ASKED])
    _mark(tmp_path, ASKED, ("asks:credential", "[电话x]发一下"))
    turns = agent_turns(tmp_path, tmp_path, held_out=False)
    assert judged(turns, load_policy())[0].labels == ("privacy.credential",)


def test_unread_turns_do_not_pass_for_silent_ones(tmp_path: Path) -> None:
    _turns(tmp_path, [ASKED])
    with pytest.raises(ClientError, match="public/agent_turns"):
        agent_turns(tmp_path, tmp_path, held_out=False)


def test_missing_turns_are_named(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="agent_turns_unlabelled"):
        agent_turns(tmp_path, tmp_path, held_out=False)


class _Says:
    """Hears one ask for a phone and one brush-off in every message."""

    label = "says"

    def read(self, text: str, _: ChatContext) -> TalkReading:
        acts = (Act("asks", "phone", 0.9, ()), Act("evades", None, 0.4, ()))
        return TalkReading(MerchantReading(normalize(text), (), acts, {}))


def test_acts_are_counted_with_their_attributes(tmp_path: Path) -> None:
    _turns(tmp_path, [ASKED, "好的亲"])
    _mark(tmp_path, ASKED, ("asks:phone", "发一下"), ("asks:address", "收货地址"))
    turns = agent_turns(tmp_path, tmp_path, held_out=False)
    assert len(turns) == 2
    expected = {"turns": 2, "f1": 0.5, "precision": 0.5, "recall": 0.5, "support": 2}
    assert acts_found(turns, _Says()) == expected


def test_placeholders_become_made_up_values() -> None:
    assert filled("您的电话[电话x]对吗,[数字x]天") == "您的电话13612345678对吗,12天"
    assert filled("【活动】") == "【活动】"
