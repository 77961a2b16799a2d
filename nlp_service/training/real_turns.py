"""Real agent turns: what they say is annotated by digest, their texts stay in the data folder.

data/agent_turns_unlabelled.jsonl.gz + corpora/chat/public/agent_turns.jsonl --> Record

All turns were read once; those that the annotation does not name say nothing the policy asks about.
A turn belongs to the four fifths that may be trained on, or to the fifth kept for measuring, by a
digest of its text, so the split never moves.
"""

import gzip
import json
import re
from hashlib import blake2b
from pathlib import Path
from typing import Any

from nlp_service.chat.reader import Reader
from nlp_service.domain import ChatContext
from nlp_service.errors import ClientError
from nlp_service.training.chat_corpus import Record, model_facts
from nlp_service.training.public_annotations import PUBLIC, digest_of

ANNOTATION = "agent_turns.jsonl"
_AUTHOR = "agent turns"
_STATED = 0.5
_PLACEHOLDER = re.compile(r"\[([一-鿿]{2,6})[xX]?\]")
_REST_CHARS = 6  # beside it: a province, a form of address
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


def agent_turns(data_dir: Path, corpus_dir: Path, *, held_out: bool) -> list[Record]:
    """Distinct turns of one part, with the facts that `corpus_dir` marks in them; no verdict.

    Every other turn is filled; the rest keep their placeholders, because logs that were
    anonymised like that are checked too, and `[数字x]` must not mean anything: there, data that
    a placeholder stands for is not shown. Raises ClientError when the turns or their annotation
    are missing: unread turns may not pass for silent ones.
    """
    path = data_dir / "agent_turns_unlabelled.jsonl.gz"
    if not path.is_file():
        raise ClientError(f"{data_dir.name} holds no {path.name}; leave --data out", field="data")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = dict.fromkeys(json.loads(line)["text"] for line in lines)
    part = [text for text in texts if is_held_out(text) == held_out and text.strip()]
    marked = _annotations(corpus_dir / PUBLIC / ANNOTATION)
    return [
        _record(text, marked.get(digest_of(text), {}), is_filled=bool(number % 2))
        for number, text in enumerate(part)
    ]


def acts_found(turns: list[Record], reader: Reader) -> dict[str, float]:
    """How well acts with their attributes are read off `turns`: F1, precision, recall, support."""
    right = said = true = 0
    for turn in turns:
        truth = {label for fact, _, _ in turn.facts for label in model_facts(fact)}
        acts = reader.read(turn.text, ChatContext()).message.acts
        found = {_label(act.act, act.attribute) for act in acts if act.score >= _STATED}
        right, said, true = right + len(found & truth), said + len(found), true + len(truth)
    return {
        "turns": len(turns),
        "f1": round(2 * right / max(said + true, 1), 4),
        "precision": round(right / max(said, 1), 4),
        "recall": round(right / max(true, 1), 4),
        "support": true,
    }


def _label(act: str, attribute: str | None) -> str:
    return act if attribute is None or act in {"own", "other"} else f"{act}:{attribute}"


def _annotations(path: Path) -> dict[str, dict[str, Any]]:
    """What is marked, by digest of the turn."""
    if not path.is_file():
        raise ClientError(
            f"{path.parent.name}/{path.name} of the corpus is missing", field="corpus"
        )
    stored = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {turn["digest"]: turn for turn in stored}


def _record(text: str, marked: dict[str, Any], *, is_filled: bool) -> Record:
    facts = sorted((*fact["span"], fact["fact"]) for fact in marked.get("facts", ()))
    pieces: list[str] = []
    placed: list[tuple[str, int, int]] = []
    at = length = 0
    for start, end, fact in facts:
        before, words = (_shown(text[a:b], is_filled) for a, b in ((at, start), (start, end)))
        if fact.startswith(("own:", "other:")) and _stands_masked(words):
            continue
        pieces += [before, words]
        placed.append((fact, length + len(before), length + len(before) + len(words)))
        at, length = end, placed[-1][2]
    pieces.append(_shown(text[at:], is_filled))
    purposes = frozenset(marked.get("purpose", ()))
    name = digest_of(text)
    return Record(name, _AUTHOR, "".join(pieces), tuple(placed), (), purposes, (), {})


def _shown(text: str, is_filled: bool) -> str:
    return filled(text) if is_filled else text


def _stands_masked(words: str) -> bool:
    """Whether `words` are placeholders and hardly anything else."""
    rest, holes = _PLACEHOLDER.subn("", words)
    return holes > 0 and len(rest) <= _REST_CHARS
