"""How items of the queue look on a terminal of 80 columns; texts cannot steer it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nlp_service.commands.console import marked
from nlp_service.domain import Span

if TYPE_CHECKING:
    from nlp_service.contract.moderation import EvidenceAnswer, ItemAnswer, ItemSummary

# As much of a key as tells items apart by eye; 48 bits collide among millions only.
_KEY_CHARS = 12
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# What came just before a message tells most; all of it is in --json.
_LATER_TURNS = 6
_COLUMNS = (
    *(("item", _KEY_CHARS), ("!", 1), ("kind", 11)),
    *(("susp", 4), ("harm", 4), ("age", 4), ("state", 9)),
)


def show_list(items: "Sequence[ItemSummary]", console: Console, *, now: datetime) -> None:
    """One line an item: key, kind, hazard, suspicion and harm, age, state, first words."""
    if not items:
        console.print("nothing here")
        return
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for name, width in _COLUMNS:
        table.add_column(name, width=width, no_wrap=True)
    table.add_column("text", no_wrap=True)
    left = console.width - sum(width + 1 for _, width in _COLUMNS) - 1
    for item in items:
        numbers = (f"{item.suspicion:.0%}", f"{item.harm:.2f}", _age(now - item.created_at))
        state = item.decision or item.state
        first = (item.item[:_KEY_CHARS], "!" if item.hazard else "", item.kind)
        table.add_row(*first, *numbers, state, _line(item.excerpt, left))
    console.print(table)


def show_case(case: "ItemAnswer", console: Console, *, now: datetime) -> None:
    """The whole item: text with the words marked, evidence on both sides, what was done."""
    plain = console.color_system is None
    spans = [Span(*pair) for one in case.evidence.against for pair in one.spans]
    console.print(Text(_headline(case, now), style="bold"))
    if case.text is None:
        console.print(Text("the texts are gone: retention has run"))
    else:
        console.print(marked(case.text, spans, style="bold yellow underline", plain=plain))
    _print_rows(console, _context(case))
    for name, pieces in (("against", case.evidence.against), ("for", case.evidence.in_favour)):
        _print_rows(console, [(name, _piece(one)) for one in pieces])
    _print_rows(console, _words(case))
    _print_rows(console, [(_at(s.at), f"{s.kind} {s.decision or ''}") for s in case.history])
    console.print(Text(f"\n{outcome(case)}"))


def outcome(case: "ItemAnswer") -> str:
    """What has become of the item and what may be done now, in one line."""
    key = case.item[:_KEY_CHARS]
    if case.state == "claimed" and case.claim_expires_at is not None:
        choices = " | ".join(case.decisions)
        return f"{key} claimed until {_clock(case.claim_expires_at)}; decide {choices}"
    if case.state == "decided":
        return f"{key} decided: {case.decision}"
    return f"{key} {case.state}; waits to be claimed"


def _headline(case: "ItemAnswer", now: datetime) -> str:
    hazard = "hazard, " if case.hazard else ""
    numbers = f"{hazard}suspicion {case.suspicion:.0%}, harm {case.harm:.2f}"
    return f"{case.item[:_KEY_CHARS]}  {case.kind}, {numbers}, age {_age(now - case.created_at)}"


def _context(case: "ItemAnswer") -> Iterable[tuple[str, str]]:
    """What was sent around the text, as far as it helps to judge."""
    content = case.content or {}
    review = content.get("review", {})
    for name in ("rating", "category", "item_title", "images"):
        if name in review:
            yield name, str(review[name])
    context = content.get("message", {}).get("context", {})
    for turn in context.get("history", [])[-_LATER_TURNS:]:
        yield turn["role"], turn["text"]
    if case.kind == "chat_report" and "reason" in content:
        yield "report", content["reason"]


def _words(case: "ItemAnswer") -> Iterable[tuple[str, str]]:
    if case.appealed_decision:
        yield "before", f"{case.appealed_decision}: {case.appealed_reason or ''}"
    if case.appeal:
        yield "appeal", case.appeal
    if case.decision:
        yield "now", f"{case.decision}: {case.reason or ''}"


def _piece(one: "EvidenceAnswer") -> str:
    weight = "" if one.weight is None else f"{one.weight:+.2f} "
    return f"{weight}{one.code}: {one.reason}"


def _print_rows(console: Console, rows: Iterable[tuple[str, str]]) -> None:
    """Name and words; long words go on below themselves, not below the name."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=11, no_wrap=True)
    grid.add_column(overflow="fold")
    for name, words in rows:
        grid.add_row(Text(name), marked(words, (), style="", plain=True))
    if grid.row_count:
        console.print(grid)


def _line(text: str | None, cells: int) -> Text:
    """One line of so many cells: a Han character takes two."""
    line = marked(" ".join((text or "").split()), (), style="", plain=True)
    line.truncate(max(cells, 1), overflow="ellipsis")
    return line


def _age(age: timedelta) -> str:
    for unit, name in ((_DAY, "d"), (_HOUR, "h")):
        if age >= unit:
            return f"{age // unit}{name}"
    return f"{max(age, timedelta()) // _MINUTE}m"


def _at(at: datetime) -> str:
    return at.astimezone().strftime("%m-%d %H:%M")


def _clock(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M")
