"""Drafts of annotated reviews, as authors type them, turned into JSON Lines.

    draft.txt --read--> records: sentiment, aspects, severity --> corpora/reviews/AUTHOR.jsonl

The format is described in corpora/reviews/GUIDE.md. Every problem is reported with its line; a
file with a problem is not built.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nlp_service.domain import ASPECTS, HAZARDS, SENTIMENTS
from nlp_service.errors import MalformedError
from nlp_service.reviews.acts import ACTS

_STYLES = ("emoji", "dialect", "typo", "voice", "long", "append", "default")
_TURNS = ("sarcasm", "mixed", "faint", "fact", "denied", "worry", "figure", "hard")
KINDS = frozenset((*_STYLES, *_TURNS))
LEVELS = ("none", "minor", "major")
_POLARITY = {"+": "positive", "-": "negative", "0": "neutral"}
_MARKUP = re.compile(r"\[([a-z_:+\-0 ]+)\|([^\[\]|]+)\]")
_CONTEXT_KEYS = frozenset(["category", "item", "rating", "append"])


class _Span(NamedTuple):
    start: int
    end: int
    tags: Sequence[str]


def read_review_draft(path: Path) -> list[dict[str, Any]]:
    """All records of a draft; raises MalformedError that lists every bad line."""
    records, problems = [], []
    for line, outcome in review_records(path.read_text(encoding="utf-8"), path.stem):
        if isinstance(outcome, str):
            problems.append(f"line {line}: {outcome}")
        else:
            records.append(outcome)
    if problems:
        raise MalformedError(f"{path.name}: " + "; ".join(problems))
    return records


def build_reviews(draft_paths: Sequence[Path], out_dir: Path) -> dict[str, int]:
    """Write one JSONL a draft into `out_dir`; returns the number of records by author."""
    counts = {}
    for path, records in [(path, read_review_draft(path)) for path in draft_paths]:
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        (out_dir / f"{path.stem}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        counts[path.stem] = len(records)
    return counts


def review_records(text: str, author: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Line number with a record or with what is wrong there."""
    context: dict[str, Any] = {}
    message: tuple[int, str] | None = None
    count = 0
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            if line.startswith("@"):
                context = _context(line[1:])
            elif line.startswith(">"):
                message = number, line[1:].strip().replace("\\n", "\n")
            elif line.startswith("=") and message is not None:
                count += 1
                record = _record(message[1], line[1:], context)
                yield message[0], {"id": f"{author}-{count:04d}", "author": author} | record
                message = None
            else:
                raise ValueError("not an '@', '>' or '=' line in its place")
        except ValueError as problem:
            yield number, str(problem)


def _context(line: str) -> dict[str, Any]:
    given = {key: value for key, _, value in (part.partition("=") for part in line.split())}
    if unknown := set(given) - _CONTEXT_KEYS:
        raise ValueError(f"unknown context key {sorted(unknown)}")
    names = {"item": "item_title", "append": "append_days"}
    return {
        names.get(key, key): int(value) if key in {"rating", "append"} else value
        for key, value in given.items()
    }


def _record(marked: str, verdict: str, context: dict[str, Any]) -> dict[str, Any]:
    text, spans = _strip(marked)
    if "[" in text or "]" in text:
        raise ValueError("square bracket left in the text, or an unreadable tag")
    sentiment, severity, kinds = _verdict(verdict)
    aspects, claims, acts = _read_tags(spans)
    level, _, hazard = severity.partition(":")
    gravest = {claim["severity"].partition(":")[0] for claim in claims}
    if level != "none" and level not in gravest:
        raise ValueError(f"severity {severity} without words marked for it")
    record: dict[str, Any] = {"text": text, "sentiment": sentiment, "severity": level}
    record |= {"hazard": hazard or None, "aspects": aspects, "claims": claims, "kind": kinds}
    if acts:
        record["acts"] = acts
    return record | {"context": context} if context else record


def _strip(marked: str) -> tuple[str, list[_Span]]:
    pieces: list[str] = []
    spans: list[_Span] = []
    at = length = 0
    for match in _MARKUP.finditer(marked):
        before = marked[at : match.start()]
        pieces += [before, match[2]]
        start = length + len(before)
        length = start + len(match[2])
        spans.append(_Span(start, length, match[1].split()))
        at = match.end()
    pieces.append(marked[at:])
    return "".join(pieces), spans


_Marked = list[dict[str, Any]]


def _read_tags(spans: Sequence[_Span]) -> tuple[_Marked, _Marked, _Marked]:
    """Aspects, claims and acts with their places."""
    aspects: _Marked = []
    claims: _Marked = []
    acts: _Marked = []
    for span in spans:
        for tag in span.tags:
            where = [span.start, span.end]
            if tag[:-1] in ASPECTS and tag[-1] in _POLARITY:
                aspects.append({"aspect": tag[:-1], "polarity": _POLARITY[tag[-1]], "span": where})
            elif _is_severity(tag) and tag != "none":
                claims.append({"severity": tag, "span": where})
            elif tag in ACTS:
                acts.append({"act": tag, "span": where})
            else:
                raise ValueError(f"unknown tag {tag!r}")
    return aspects, claims, acts


def _is_severity(tag: str) -> bool:
    head, _, hazard = tag.partition(":")
    return tag in LEVELS or (head == "hazard" and hazard in HAZARDS)


def _verdict(line: str) -> tuple[str, str, list[str]]:
    head, _, tail = line.partition("|")
    words, kinds = head.split(), tail.replace(",", " ").split()
    if len(words) != 2 or words[0] not in SENTIMENTS or not _is_severity(words[1]):
        raise ValueError("the verdict is a sentiment and a severity, for example 'negative minor'")
    if unknown := set(kinds) - KINDS:
        raise ValueError(f"unknown kind {sorted(unknown)}")
    return words[0], words[1], kinds
