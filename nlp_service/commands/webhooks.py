"""`nlp-service webhooks status | replay`: what waits for other services, and what was given up."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from nlp_service.commands.console import OK, out
from nlp_service.errors import ClientError
from nlp_service.settings import Settings

if TYPE_CHECKING:
    from nlp_service.storage.store import Store

app = typer.Typer(help="Messages to other services.", no_args_is_help=True)


@app.command()
def status() -> int:
    """How many messages wait and how many were given up."""
    with open_store(Settings.from_env()) as store, store.reading() as unit:
        count = unit.webhooks.count()
    since = f", the oldest is due at {count.oldest_due.isoformat()}" if count.oldest_due else ""
    out().print(f"waiting: {count.waiting}{since}", soft_wrap=True)
    out().print(f"given up: {count.given_up}")
    return OK


@app.command()
def replay(
    event: Annotated[str | None, typer.Option(help="Only this event id")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that was given up")] = False,
) -> int:
    """Queue again what was given up; the running service delivers it."""
    from datetime import UTC, datetime

    if (event is None) != every:
        raise ClientError("give either --event ID or --all, and not both")
    with open_store(Settings.from_env()) as store, store.writing() as unit:
        count = unit.webhooks.replay(datetime.now(UTC), event_id=event)
    out().print(f"queued again: {count}")
    return OK


@contextmanager
def open_store(settings: Settings) -> Iterator["Store"]:
    """The store of the settings; raises StorageError, also where its secret is missing."""
    from datetime import timedelta

    from nlp_service.commands.audit import existing_secret
    from nlp_service.storage.database import open_database, require_schema
    from nlp_service.storage.queue_values import QueueRules
    from nlp_service.storage.store import Store
    from nlp_service.storage.vault import Vault

    rules = QueueRules(keep_texts=timedelta(days=settings.retention_days))
    database = open_database(settings.database_url)
    try:
        require_schema(database)
        yield Store(database, Vault(existing_secret(settings)), rules=rules)
    finally:
        database.dispose()
