"""`nlp-service keys new`: an API key for a caller, and its hash for the settings."""

from typing import Annotated

import typer

from nlp_service.commands.console import OK
from nlp_service.errors import ClientError
from nlp_service.settings import SCOPES

app = typer.Typer(help="API keys.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `new` a named command, though it is the only one."""


@app.command()
def new(
    scope: Annotated[list[str], typer.Option(help="May be given several times")] = ["chat"],  # noqa: B006 - typer copies it
) -> int:
    """Make a key; it is shown once and stored nowhere."""
    from nlp_service.api.auth import hash_key, new_key

    unknown = set(scope) - set(SCOPES)
    if unknown:
        raise ClientError(f"unknown scope; use of {', '.join(SCOPES)}")
    key = new_key()
    typer.echo(f"for the caller:   {key}")
    typer.echo(f"for the service:  NLP_SERVICE_API_KEYS={hash_key(key)}:{'|'.join(scope)}")
    return OK
