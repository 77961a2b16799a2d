"""Real turns as weak negatives: the split never moves, placeholders are filled or kept."""

import gzip
import json
from pathlib import Path

import pytest

from nlp_service.training.weak_negatives import agent_turns, filled, is_held_out


def _turns(folder: Path, texts: list[str]) -> None:
    with gzip.open(folder / "agent_turns_unlabelled.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps({"text": text, "src": "x"}) + "\n" for text in texts)


def test_the_two_parts_share_no_turn_and_miss_none(tmp_path: Path) -> None:
    texts = [f"好的亲第{number}句" for number in range(200)]
    _turns(tmp_path, [*texts, texts[0], "  "])
    kept, held = agent_turns(tmp_path, held_out=False), agent_turns(tmp_path, held_out=True)
    assert sorted(kept + held) == sorted(texts)
    assert all(not is_held_out(text) for text in kept)
    assert 20 < len(held) < 60


@pytest.mark.parametrize(
    ("text", "teaches"),
    [
        ("麻烦您收到验证码后提供一下", False),
        ("请您提供开户行和银行卡号", False),
        ("您的QQ邮箱多少呢", False),
        ("一般原路退回银行卡,三到五天哦", True),
        ("升级一下微信就能打开了", True),
    ],
)
def test_turns_that_may_ask_for_credentials_teach_nothing(
    text: str, teaches: bool, tmp_path: Path
) -> None:
    _turns(tmp_path, [text])
    assert not is_held_out(text)
    assert agent_turns(tmp_path, held_out=False) == ([text] if teaches else [])


def test_placeholders_become_made_up_values() -> None:
    assert filled("您的电话[电话x]对吗,[数字x]天") == "您的电话13612345678对吗,12天"
    assert filled("【活动】") == "【活动】"
