"""`nlp-service queue`: what a person must look at, in 80 columns.

    list -> claim -> show -> decide (-> undo) ... appeal -> claim by somebody else -> decide

Items are named by the start of their key. Who acts is the login name, or `--as`.
"""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nlp_service.commands.console import OK, err, out
from nlp_service.errors import ClientError
from nlp_service.settings import Settings

if TYPE_CHECKING:
    from nlp_service.contract.moderation import ItemAnswer
    from nlp_service.moderation.desk import ModerationDesk

app = typer.Typer(help="What a person must decide.", no_args_is_help=True)

_Kind = Literal["review", "chat_report", "risk_appeal"]
_State = Literal["waiting", "claimed", "decided"]
_Item = Annotated[str, typer.Argument(help="The start of an item's key, as `queue list` shows it")]
_Who = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Who acts; else your login name")
]
_Json = Annotated[bool, typer.Option("--json", help="JSON, as over HTTP")]
_Reason = Annotated[str, typer.Option(help="Why, for whoever reads it later")]
Step = Callable[["ModerationDesk", str, str], "ItemAnswer"]


@app.command("list")
def list_items(
    state: Annotated[_State, typer.Option(help="What is listed")] = "waiting",
    kind: Annotated[_Kind | None, typer.Option(help="One kind only")] = None,
    limit: Annotated[int, typer.Option(min=1, max=256)] = 20,
    who: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="What this moderator may do or did")
    ] = None,
    as_json: _Json = False,
) -> int:
    """List items, the most urgent first; decided ones latest first."""
    from nlp_service.commands.cases import show_list

    with _desk() as desk:
        found = desk.listed(state, limit=limit, kind=kind, moderator=who)
    if as_json:
        for item in found:
            typer.echo(item.model_dump_json())
    else:
        show_list(found, out(), now=datetime.now(UTC))
    return OK


@app.command()
def show(item: _Item, as_json: _Json = False) -> int:
    """Show an item with the evidence for and against."""
    with _desk() as desk:
        case = desk.case(desk.find(item))
    return _print(case, as_json)


@app.command()
def claim(
    item: Annotated[str | None, typer.Argument(help="Without it: the most urgent one")] = None,
    kind: Annotated[_Kind | None, typer.Option(help="One kind only, without ITEM")] = None,
    who: _Who = None,
    as_json: _Json = False,
) -> int:
    """Take an item for some minutes, and show it; again renews."""
    if item is not None and kind is not None:
        raise ClientError("--kind goes without ITEM only; leave one of both out")
    with _desk() as desk:
        me = _me(who)
        case = desk.claim_next(me, kind) if item is None else desk.claim(desk.find(item), me)
    if case is None:
        err().print("nothing waits")
        return OK
    return _print(case, as_json)


@app.command()
def release(item: _Item, who: _Who = None) -> int:
    """Give a claim back undecided."""
    return _step(item, who, lambda desk, key, me: desk.release(key, me))


@app.command()
def decide(
    item: _Item,
    decision: Annotated[
        str,
        typer.Argument(help="review: genuine, malicious, unclear; else: upheld, dismissed"),
    ],
    reason: _Reason,
    who: _Who = None,
) -> int:
    """Decide a claimed item, with a reason."""
    from nlp_service.contract.moderation import DecideRequest
    from nlp_service.contract.parsing import validate

    me = _me(who)
    asked = validate(DecideRequest, {"moderator": me, "decision": decision, "reason": reason})

    def step(desk: "ModerationDesk", key: str, me: str) -> "ItemAnswer":
        return desk.decide(key, me, decision=asked.decision, reason=asked.reason)

    return _step(item, me, step)


@app.command()
def undo(item: _Item, who: _Who = None) -> int:
    """Take one's own decision back, within minutes."""
    return _step(item, who, lambda desk, key, me: desk.undo(key, me))


@app.command()
def appeal(item: _Item, reason: _Reason, who: _Who = None) -> int:
    """Ask for a second look, by somebody who had no part in it."""
    from nlp_service.contract.moderation import ItemAppealRequest
    from nlp_service.contract.parsing import validate

    me = _me(who)
    asked = validate(ItemAppealRequest, {"by": me, "reason": reason})
    return _step(item, me, lambda desk, key, me: desk.appeal(key, me, reason=asked.reason))


def _step(item: str, who: str | None, step: Step) -> int:
    from nlp_service.commands.cases import outcome

    with _desk() as desk:
        case = step(desk, desk.find(item), _me(who))
    out().print(outcome(case), soft_wrap=True)
    return OK


def _print(case: "ItemAnswer", as_json: bool) -> int:
    from nlp_service.commands.cases import show_case

    if as_json:
        typer.echo(case.model_dump_json())
    else:
        show_case(case, out(), now=datetime.now(UTC))
    return OK


def _me(who: str | None) -> str:
    """Who acts; raises ClientError where neither the option nor the login says."""
    if who:
        return who
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise ClientError("nobody is logged in here; say who acts with --as NAME") from None


@contextmanager
def _desk() -> "Iterator[ModerationDesk]":
    from nlp_service.buyers import BuyerBook
    from nlp_service.commands.audit import existing_secret
    from nlp_service.moderation.desk import ModerationDesk
    from nlp_service.storage.database import open_database, require_schema
    from nlp_service.storage.store import Store
    from nlp_service.storage.vault import Vault

    settings = Settings.from_env()
    database = open_database(settings.database_url)
    try:
        require_schema(database)
        store = Store(database, Vault(existing_secret(settings)))
        book = BuyerBook(store, receivers=[receiver.url for receiver in settings.webhooks])
        yield ModerationDesk(store, book)
    finally:
        database.dispose()
