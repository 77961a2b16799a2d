"""Cases of suspicion for the tests of this room."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MALICIOUS: dict[str, Any] = {
    "case": "x-1",
    "truth": "malicious",
    "family": "extortion",
    "why": "money for a better rating",
    "review": {"id": "x-1", "text": "加我微信退我200就改好评", "rating": 1, "buyer_id": "b-1"},
}
HONEST: dict[str, Any] = {
    "case": "x-2",
    "truth": "honest",
    "family": "owed",
    "why": "asks for the missing part",
    "review": {"id": "x-2", "text": "太差了,漏发的补给我", "rating": 1, "buyer_id": "b-2"},
}
DANGER: dict[str, Any] = {
    "case": "x-3",
    "truth": "honest",
    "family": "hazard_odd",
    "why": "a danger",
    "review": {"id": "x-3", "text": "充电宝鼓包冒烟了,加我微信退我200就改好评", "rating": 1},
}


def write_cases(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """One case a line."""
    path = folder / "cases.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
