"""Drafts of annotated chat messages, as authors type them, turned into JSON Lines.

    draft.txt --read--> records: facts, spans, the author's verdict --> corpora/chat/AUTHOR.jsonl

The format is described in corpora/chat/GUIDE.md. Every problem is reported with its line; a file
with a problem is not built.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nlp_service.errors import MalformedError
from nlp_service.policy.loader import describe, load_policy
from nlp_service.training.agreement import judged
from nlp_service.training.chat_corpus import BY_POLICY, record_of
from nlp_service.training.chat_report import to_message
from nlp_service.training.chat_words import is_code, is_fact, is_purpose, is_tag

_ROLES = {"B": "buyer", "M": "merchant", "S": "system"}
_MARKUP = re.compile(r"\[([a-z_:]+)\|([^\[\]|]+)\]")
_TURN = re.compile(r"^([BMS])(\([^)]*\))?(\{[^}]*\})?[::]\s?(.*)$")
_LEFT = "?"  # the verdict is left to the policy
_CONTEXT_KEYS = frozenset(["category", "stage", "flags", "item", "facts", "at", "channel"])


@dataclass
class _Draft:
    context: dict[str, str] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    message: str | None = None
    line: int = 0


def read_draft(path: Path) -> list[dict[str, Any]]:
    """All records of a draft; raises MalformedError that lists every bad line.

    A verdict left to the policy (`= ?`) is what the shipped policy says of the marked facts.
    """
    records: list[dict[str, Any]] = []
    problems: list[str] = []
    for line, outcome in _records(path.read_text(encoding="utf-8"), path.stem):
        if isinstance(outcome, str):
            problems.append(f"line {line}: {outcome}")
        elif problem := _refused(outcome):
            problems.append(f"line {line}: {problem}")
        else:
            records.append(outcome)
    if problems:
        raise MalformedError(f"{path.name}: " + "; ".join(problems))
    left = [record for record in records if BY_POLICY in record["kind"]]
    for record, verdict in zip(left, judged(map(record_of, left), load_policy()), strict=True):
        record["labels"] = list(verdict.labels)
    return records


def build(draft_paths: list[Path], out_dir: Path) -> dict[str, int]:
    """Write one JSONL a draft into `out_dir`; returns the number of records by author."""
    counts = {}
    for path, records in [(path, read_draft(path)) for path in draft_paths]:
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        (out_dir / f"{path.stem}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        counts[path.stem] = len(records)
    return counts


def _refused(record: dict[str, Any]) -> str | None:
    """Why a request could not bring the record, or the policy not judge it."""
    try:
        to_message(record_of(record))
    except ValidationError as error:
        return describe(error)
    if BY_POLICY in record["kind"]:
        history = record.get("context", {}).get("history", ())
        if any(turn["role"] == "buyer" and "tags" not in turn for turn in history):
            return "a verdict by '?' needs tags on every buyer turn; write {other} for none"
    return None


def _records(text: str, author: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    draft = _Draft()
    count = 0
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        problem = _take(draft, line, number)
        if problem:
            yield number, problem
        if line.startswith("="):
            if draft.message is None:
                yield number, "'=' without a message '>' before it"
                continue
            count += 1
            yield draft.line, _finish(draft, line[1:], f"{author}-{count:04d}", author)
            draft.history, draft.message = [], None


def _take(draft: _Draft, line: str, number: int) -> str | None:
    if line.startswith("@"):
        parts = (part.partition("=") for part in line[1:].split())
        draft.context = {key: value for key, _, value in parts}
        unknown = set(draft.context) - _CONTEXT_KEYS
        return f"unknown context key {sorted(unknown)}" if unknown else None
    if line.startswith(">"):
        draft.message, draft.line = line[1:].strip().replace("\\n", "\n"), number
        return None
    if line.startswith("="):
        return None
    match = _TURN.match(line)
    if not match:
        return "not an '@', 'B:', 'M:', 'S:', '>' or '=' line"
    return _take_turn(draft, match)


def _take_turn(draft: _Draft, match: re.Match[str]) -> str | None:
    role, at, tags, text = match.groups()
    plain, facts = _strip_markup(text)
    turn: dict[str, Any] = {"role": _ROLES[role], "text": plain}
    if facts:
        turn["facts"] = facts
    if at:
        turn["at"] = at[1:-1]
    problem = None
    if tags:
        turn["tags"] = [tag for tag in re.split(r"[,,\s]+", tags[1:-1]) if tag]
        bad = [tag for tag in turn["tags"] if not is_tag(tag)]
        problem = f"unknown buyer tag {bad}" if bad else None
    bad = [fact["fact"] for fact in facts if not is_fact(fact["fact"])]
    draft.history.append(turn)
    return problem or (f"unknown fact {bad}" if bad else None)


def _finish(draft: _Draft, verdict: str, record_id: str, author: str) -> dict[str, Any] | str:
    text, facts = _strip_markup(draft.message or "")
    bad = [fact["fact"] for fact in facts if not is_fact(fact["fact"])]
    if bad:
        return f"unknown fact {bad}"
    if "[" in text or "]" in text:
        return "square bracket left in the text"
    labels, tags, problem = _read_verdict(verdict)
    if problem:
        return problem
    record: dict[str, Any] = {"id": record_id, "author": author, "text": text, "facts": facts}
    record |= {"labels": labels, "purpose": [t[8:] for t in tags if t.startswith("purpose:")]}
    record["kind"] = [tag[5:] for tag in tags if tag.startswith("kind:")]
    context = _context(draft)
    if context:
        record["context"] = context
    return record


def _strip_markup(marked: str) -> tuple[str, list[dict[str, Any]]]:
    pieces: list[str] = []
    facts: list[dict[str, Any]] = []
    at = length = 0
    for match in _MARKUP.finditer(marked):
        before = marked[at : match.start()]
        pieces += [before, match[2]]
        start = length + len(before)
        length = start + len(match[2])
        facts.append({"fact": match[1], "span": [start, length]})
        at = match.end()
    pieces.append(marked[at:])
    return "".join(pieces), facts


def _read_verdict(verdict: str) -> tuple[list[str], list[str], str | None]:
    head, *rest = verdict.split("|")
    labels = head.split()
    tags = " ".join(rest).replace(",", " ").split()
    if f"kind:{BY_POLICY}" in tags:
        return [], [], f"kind:{BY_POLICY} is written by the verdict '?' alone"
    if labels == [_LEFT]:
        labels, tags = [], [*tags, f"kind:{BY_POLICY}"]
    elif labels == ["allow"]:
        labels = []
    elif not labels:
        return [], [], "no verdict"
    for label in labels:
        code, _, action = label.partition(":")
        if not is_code(code) or action not in {"", "warn", "block"}:
            return [], [], f"unknown label {label!r}" + " ('?' stands alone)" * (label == _LEFT)
    for tag in tags:
        head, _, value = tag.partition(":")
        if head not in {"purpose", "kind"} or (head == "purpose" and not is_purpose(value)):
            return [], [], f"unknown tag {tag!r}"
    return labels, tags, None


def _context(draft: _Draft) -> dict[str, Any]:
    given = draft.context
    context: dict[str, Any] = {
        key: given[key] for key in ("category", "stage", "channel") if key in given
    }
    if "item" in given:
        context["item_title"] = given["item"]
    if "at" in given:
        context["sent_at"] = given["at"]
    if "flags" in given:
        context["order"] = {"flags": given["flags"].split(",")}
    if "facts" in given:
        context["facts"] = _supplied(given["facts"])
    if draft.history:
        context["history"] = list(draft.history)
    return context


def _supplied(text: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for part in text.split(","):
        key, _, value = part.partition(":")
        facts[key] = int(value) if value.isdecimal() else value
    return facts
