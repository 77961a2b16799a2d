"""One case of the queue as evidence: what was decided, on what, under which versions, and proof.

item --cases.case_of--> case --masked--> pack + chain of the log --signed--> JSON, HTML page
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from nlp_service.contract.moderation import ItemAnswer
from nlp_service.errors import ClientError
from nlp_service.evidence.masking import masked_json, masked_text
from nlp_service.evidence.page import page_of
from nlp_service.evidence.proof import chain_proof, signed
from nlp_service.moderation.cases import case_of
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault

FORMAT = "nlp-service-evidence/1"


def pack_of(store: Store, vault: Vault, item: str, *, now: datetime) -> dict[str, Any]:
    """The signed pack of an item, JSON; raises NotFoundError, StorageError."""
    with store.reading() as unit:
        log = unit.queue.history(item)
        case = case_of(unit.queue.get(item), log, now=now)
        chain = chain_proof(unit, log)
    pack = {
        "format": FORMAT,
        "made_at": now.isoformat(timespec="seconds"),
        "versions": _versions(case),
        "case": _masked(case),
        "chain": chain,
    }
    return signed(pack, vault)


def written(pack: Mapping[str, Any], folder: Path) -> tuple[Path, Path]:
    """Write the JSON and the page into a folder; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"evidence-{pack['case']['item'][:12]}"
    source, page = stem.with_suffix(".json"), stem.with_suffix(".html")
    source.write_text(json.dumps(pack, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page.write_text(page_of(pack), encoding="utf-8")
    return source, page


def read_pack(source: Path) -> dict[str, Any]:
    """A pack from its file; raises ClientError, OSError."""
    try:
        pack = json.loads(source.read_bytes())
    except ValueError as error:
        raise ClientError(f"{source.name} is not JSON") from error
    if not isinstance(pack, dict) or pack.get("format") != FORMAT:
        raise ClientError(f"{source.name} is no evidence pack of this version")
    return pack


def _versions(case: ItemAnswer) -> dict[str, str | None]:
    """Of the policy and the model that the case was scored with."""
    content = case.content or {}
    scored = content.get("score") or content.get("verdict") or content.get("profile") or {}
    return {name: scored.get(name) for name in ("policy", "model")}


def _masked(case: ItemAnswer) -> dict[str, Any]:
    plain = case.model_dump(mode="json")
    masked = masked_json(plain)
    # Keys, hashes and codes are no texts.
    masked |= {name: plain[name] for name in ("item", "history", "decisions")}
    text, move = masked_text(case.text or "")
    masked["text"] = None if case.text is None else text
    for side in ("against", "in_favour"):
        for piece, shown in zip(plain["evidence"][side], masked["evidence"][side], strict=True):
            shown["spans"] = [list(move((start, end))) for start, end in piece["spans"]]
    del masked["excerpt"]
    return dict(masked)
