"""Real agent turns as weak negatives, with the placeholders of the public data filled in.

About 99 of 100 such turns are compliant; those that may ask for a credential, a document or an
account teach nothing and are left out. A turn belongs to the four fifths that may be trained on, or
to the fifth kept for measuring, by a digest of its text, so the split never moves.
"""

import gzip
import json
import re
from hashlib import blake2b
from pathlib import Path

from nlp_service.errors import ClientError

_PLACEHOLDER = re.compile(r"\[([一-鿿]{2,6})[xX]?\]")
_NAMES = r"(?:验证码|密码|卡号|银行卡|身份证|qq|微信)"
_WANTS = r"(?:提供|发我|发一?下|报一?下|告诉|告知|填写?|核对|说一?下|多少|号码的|留一?下)"
_MAY_ASK = re.compile(f"{_NAMES}.{{0,12}}{_WANTS}|{_WANTS}.{{0,25}}{_NAMES}", re.IGNORECASE)
_FILLED = {
    "数字": "12",
    "电话": "13612345678",
    "姓名": "王芳",
    "地址": "幸福路18号",
    "金额": "99元",
    "时间": "15:30",
    "日期": "5月6日",
    "链接": "商品链接",
    "站点": "中心站",
    "订单": "订单号",
    "订单编号": "订单号",
    "邮箱": "邮箱",
}


def filled(text: str) -> str:
    """The turn with `[电话x]` and the like replaced by made-up values."""
    return _PLACEHOLDER.sub(lambda match: _FILLED.get(match[1], match[1]), text)


def is_held_out(text: str) -> bool:
    """Whether a turn belongs to the fifth that is only measured on."""
    return blake2b(text.encode(), digest_size=1).digest()[0] % 10 in {1, 3}


def agent_turns(data_dir: Path, *, held_out: bool) -> list[str]:
    """Distinct turns of one part of agent_turns_unlabelled.jsonl.gz.

    Every other turn is filled; the rest keep their placeholders, because logs that were
    anonymised like that are checked too, and `[数字x]` must not mean anything. Raises ClientError
    when there is no such file.
    """
    path = data_dir / "agent_turns_unlabelled.jsonl.gz"
    if not path.is_file():
        raise ClientError(f"{data_dir.name} holds no {path.name}; leave --data out", field="data")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = dict.fromkeys(json.loads(line)["text"] for line in lines)
    part = [text for text in texts if is_held_out(text) == held_out and text.strip()]
    if not held_out:
        part = [text for text in part if not _MAY_ASK.search(text)]
    return [filled(text) if number % 2 else text for number, text in enumerate(part)]
