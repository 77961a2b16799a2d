"""Small annotated messages for tests of the chat measures, as records and as a corpus."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlp_service.domain import Action, Label
from nlp_service.policy.engine import Judgement
from nlp_service.policy.schema import PolicyData
from nlp_service.training.chat_corpus import Record
from nlp_service.training.chat_measures import Outcome

SALARY, WECHAT, PARCEL = "您一个月工资多少呀", "加我微信私下转账给您便宜", "包裹明天就到"


def record(
    number: int = 1,
    text: str = PARCEL,
    labels: Sequence[str] = (),
    kinds: Sequence[str] = (),
    author: str = "x1",
    **context: Any,
) -> Record:
    return Record(
        f"{author}-{number}", author, text, (), tuple(labels), frozenset(), tuple(kinds), context
    )


def outcome(policy: PolicyData, one: Record, **given: float) -> Outcome:
    """`privacy__contact=0.9` gives `privacy.contact`."""
    return Outcome.of(one, judgement(policy, **given), policy)


def judgement(policy: PolicyData, **given: float) -> Judgement:
    labels = []
    for name, score in given.items():
        code = name.replace("__", ".")
        rule = policy.labels[code]
        labels.append(
            Label(code, rule.name, score, rule.severity, rule.action, (), "", (), ("model",))
        )
    action = max((label.action for label in labels), key=lambda a: a.rank, default=Action.ALLOW)
    return Judgement(action, tuple(labels))


def write_corpus(folder: Path, records: Sequence[Record]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(
            {
                "id": one.id,
                "author": one.author,
                "text": one.text,
                "facts": [],
                "labels": list(one.labels),
                "purpose": [],
                "kind": list(one.kinds),
                "context": one.context,
            },
            ensure_ascii=False,
        )
        for one in records
    ]
    (folder / "x.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
