"""`nlp-service serve`: the HTTP door."""

import contextlib
import socket
from dataclasses import replace
from typing import Annotated

import typer

from nlp_service.commands.console import OK, err
from nlp_service.commands.models import ChatLabels, ChatModel, chat_settings
from nlp_service.errors import ClientError
from nlp_service.settings import Settings, SettingsError, is_loopback

_BACKLOG = 2_048
_STOP_S = 10


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen at")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="0 takes a free one")] = None,
    model: ChatModel = None,
    labels: ChatLabels = None,
) -> int:
    """Serve the HTTP API until interrupted."""
    settings = chat_settings(model, labels)
    settings = replace(settings, host=host or settings.host)
    check_open(settings)
    listener = bind(settings.host, settings.port if port is None else port)
    _run(settings, listener)
    return OK


def check_open(settings: Settings) -> None:
    """Refuse to stand open to other machines; raises SettingsError."""
    if settings.is_open and not is_loopback(settings.host):
        raise SettingsError(
            f"without API keys only this machine may call, not {settings.host}; "
            "set NLP_SERVICE_API_KEYS (`nlp-service keys new`) or --host 127.0.0.1"
        )


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; raises ClientError where the address is taken or unknown."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        remedy = "choose another --host or --port"
        raise ClientError(f"{host}:{port} is not free: {error.strerror}; {remedy}") from error
    listener.listen(_BACKLOG)
    return listener


def _run(settings: Settings, listener: socket.socket) -> None:
    import uvicorn

    from nlp_service.api.app import build_house, create_app
    from nlp_service.engines import load_engines
    from nlp_service.logs import configure

    configure(settings.log_level)
    # Models and store are opened here, so that what is wrong with them is one line and not a
    # traceback out of the server.
    house = build_house(settings, load_engines(settings))
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{listener.getsockname()[1]}"
    err().print(f"listening at {address}  docs at {address}/docs", soft_wrap=True)
    for name, why in house.engines.problems.items():
        err().print(f"without {name}: {why}", soft_wrap=True)
    config = uvicorn.Config(
        create_app(settings, house),
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=_STOP_S,
        server_header=False,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
