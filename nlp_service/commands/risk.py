"""`nlp-service risk replay` for a machine, `nlp-service risk show` for a person.

EVENTS.jsonl --one event a line--> by buyer --> profile_of --> PROFILES.jsonl
                   \\-> PROFILES.errors.jsonl (line, reason)
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nlp_service.commands.console import BAD_LINES, OK, err, marked, out, progress_bar
from nlp_service.errors import ClientError, ServiceError

if TYPE_CHECKING:
    from nlp_service.batch.rows import Row
    from nlp_service.risk.events import RiskEvent
    from nlp_service.risk.profile import Profile

app = typer.Typer(help="Profiles of buyers from their events.", no_args_is_help=True)

_TIERS = {"normal": "正常", "watch": "留意", "caution": "谨慎", "high": "高"}
_ADVICE = {
    "ship": "照常发货",
    "ship_keep_evidence": "照常发货,保留凭证",
    "confirm_then_ship": "与买家确认后发货",
    "manual_review": "请人工查看",
}
_AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="Ignore what came later; ISO 8601 with offset. Without it: the latest event",
    ),
]
_Events = dict[str, "list[RiskEvent]"]
Refuse = Callable[[int, str], None]


@app.command()
def replay(
    source: Annotated[Path, typer.Argument(metavar="EVENTS", help="JSONL, one event a line")],
    out_file: Annotated[Path, typer.Option("--out", help="JSONL, one profile a line")],
    as_of: _AsOf = None,
) -> int:
    """Write the profile of every buyer of a file, sorted by buyer_id."""
    from nlp_service.batch.outputs import JsonLines, open_output, whole_file
    from nlp_service.batch.run import errors_path
    from nlp_service.contract.risk import ProfileAnswer

    instant = _instant(as_of)
    _check(source, out_file)
    refused: list[int] = []
    # Left in the opposite order: OUT takes its place before the errors take theirs.
    with ExitStack() as stack:
        bad = JsonLines(stack.enter_context(whole_file(errors_path(out_file), drop_empty=True)))
        writer = stack.enter_context(open_output(out_file, ProfileAnswer))

        def refuse(line: int, reason: str) -> None:
            refused.append(line)
            bad.write([{"line": line, "reason": reason}])

        events = _read(source, refuse)
        profiles = 0
        for profile in _profiles(events, instant):
            writer.write([ProfileAnswer.of(profile).model_dump(mode="json")])
            profiles += 1
    words = f"{profiles} profiles, {len(refused)} lines refused: {out_file}"
    err().print(words, soft_wrap=True)
    if refused:
        err().print(f"lines and reasons: {errors_path(out_file)}", soft_wrap=True)
    return BAD_LINES if refused else OK


@app.command()
def show(
    source: Annotated[Path, typer.Argument(metavar="EVENTS", help="JSONL, one event a line")],
    buyer: Annotated[str, typer.Option(help="Whose profile")],
    as_of: _AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, not colours")] = False,
) -> int:
    """Show the profile of one buyer, with what speaks against and for them."""
    from nlp_service.contract.risk import ProfileAnswer

    instant = _instant(as_of)
    _check(source)
    refused: list[str] = []
    events = _read(source, lambda line, reason: refused.append(f"line {line}: {reason}"))
    latest = instant or _latest(events)
    profile = next(_profiles({buyer: events.get(buyer, [])}, latest, bar=False), None)
    if profile is None:
        raise ClientError(f"{source.name} has no event of this buyer by then; mend --buyer")
    if as_json:
        typer.echo(ProfileAnswer.of(profile).model_dump_json())
    else:
        _show(profile, out())
    if refused:
        words = f"{len(refused)} lines were not counted; the first is {refused[0]}"
        err().print(Text(words), soft_wrap=True)
    return BAD_LINES if refused else OK


def _instant(as_of: str | None) -> datetime | None:
    from nlp_service.contract.parsing import InvalidFieldsError, validate
    from nlp_service.contract.risk import AsOfRequest

    if as_of is None:
        return None
    try:
        return validate(AsOfRequest, {"as_of": as_of}).as_of
    except InvalidFieldsError as error:
        raise ClientError(f"--as-of {error.errors[0].detail}") from None


def _check(source: Path, out_file: Path | None = None) -> None:
    """Refuse files that cannot be what they are said to be, before any work."""
    from nlp_service.batch.run import check_files

    for path in (source, out_file):
        if path is not None and path.suffix.lower() != ".jsonl":
            raise ClientError(f"{path.name}: must be .jsonl, one JSON object a line")
    if not source.is_file():
        raise ClientError(f"{source} is not a file")
    if out_file is not None:
        check_files(source, out_file)


def _read(source: Path, refuse: Refuse) -> _Events:
    """Events by buyer, each id once; a line that is no event is refused with its reason."""
    from nlp_service.batch.rows import read_rows, total_of
    from nlp_service.risk.events import conflict

    first: dict[str, RiskEvent] = {}
    by_buyer: _Events = defaultdict(list)
    with progress_bar("reading", total_of(source)) as progress:
        for row in read_rows(source):
            try:
                event = _event(row)
                known = first.setdefault(event.event_id, event)
                if known != event:
                    raise conflict("event_id")
            except ServiceError as error:
                refuse(row.line, error.detail)
            else:
                if known is event:
                    by_buyer[event.buyer_id].append(event)
            progress(row.done)
    return by_buyer


def _event(row: "Row") -> "RiskEvent":
    from nlp_service.contract.parsing import validate
    from nlp_service.contract.risk import EventRequest
    from nlp_service.risk.events import event_of

    if isinstance(row.value, ClientError):
        raise row.value
    fields = validate(EventRequest, row.value).to_fields()
    return event_of({name: _shared(value) for name, value in fields.items()})


def _shared(value: object) -> object:
    """One copy of ids that stand in many lines, so that a million events fit into memory."""
    return sys.intern(value) if isinstance(value, str) else value


def _latest(events: _Events) -> datetime | None:
    return max((event.at for those in events.values() for event in those), default=None)


def _profiles(events: _Events, as_of: datetime | None, *, bar: bool = True) -> "Iterator[Profile]":
    """Profiles sorted by buyer; who has no event by `as_of` does not exist yet."""
    from nlp_service.risk.profile import profile_of

    instant = as_of or _latest(events)
    with ExitStack() as stack:
        progress = stack.enter_context(progress_bar("profiles", len(events))) if bar else None
        for done, buyer in enumerate(sorted(events), 1):
            those = events.pop(buyer)
            if instant is not None and any(event.at <= instant for event in those):
                yield profile_of(buyer, those, as_of=instant)
            if progress is not None:
                progress(done)


def _show(profile: "Profile", console: Console) -> None:
    tier = f"{profile.score:.1f} / 100, {_TIERS[profile.tier]} ({profile.tier})"
    _print(console, {"buyer": profile.buyer_id, "score": tier})
    _print(console, {"advice": f"{_ADVICE[profile.advice]} ({profile.advice})"})
    for signal in profile.signals:
        _print(console, {f"{signal.points:+5.1f}": f"{signal.code}: {signal.reason}"})
    for protection in profile.protections:
        _print(console, {"for": f"{protection.code}: {protection.reason}"})
    _print(console, {"as of": f"{profile.as_of.isoformat()}, policy {profile.policy}"})


def _print(console: Console, lines: Mapping[str, str]) -> None:
    """Name and words; long words go on below themselves, not below the name."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=8, no_wrap=True)
    grid.add_column(overflow="fold")
    for name, words in lines.items():
        grid.add_row(Text(name), marked(words, (), style="", plain=True))
    console.print(grid)
