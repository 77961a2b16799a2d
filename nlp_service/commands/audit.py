"""`nlp-service audit verify`: whether the decision log is as it was written."""

from pathlib import Path
from typing import Annotated

import typer

from nlp_service.commands.console import BAD_LINES, OK, err, out
from nlp_service.errors import StorageError
from nlp_service.settings import Settings

app = typer.Typer(help="The decision log.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `verify` a named command, though it is the only one."""


@app.command()
def verify(
    anchor: Annotated[
        Path | None, typer.Option(help="Where the log stood at the last check [var/decisions.head]")
    ] = None,
) -> int:
    """Check the chain of the decision log; exit 1 and the place where it is broken."""
    from nlp_service.storage.audit import read_anchor, write_anchor
    from nlp_service.storage.database import open_database, require_schema
    from nlp_service.storage.store import Store
    from nlp_service.storage.vault import Vault

    settings = Settings.from_env()
    path = anchor or settings.var_dir / "decisions.head"
    database = open_database(settings.database_url)
    try:
        require_schema(database)
        with Store(database, Vault(existing_secret(settings))).reading() as unit:
            broken = unit.verify(anchor=read_anchor(path))
            head = unit.log_head()
    finally:
        database.dispose()
    if broken or head is None:
        place = f"entry {broken.sequence}: {broken.why}" if broken else "its head is missing"
        out().print(f"decision log broken at {place}")
        return BAD_LINES
    write_anchor(path, head)
    out().print(f"decision log whole: {head.sequence} entries")
    err().print(f"anchor: {path}", soft_wrap=True)
    return OK


def existing_secret(settings: Settings) -> bytes:
    """The secret that wrote the log; a new one would call every entry broken."""
    from nlp_service.storage.keys import load_secret

    path = settings.var_dir / "secret"
    if not settings.secret and not path.exists():
        raise StorageError("the secret is missing; set NLP_SERVICE_SECRET to the one of the log")
    return load_secret(settings.secret, path)
