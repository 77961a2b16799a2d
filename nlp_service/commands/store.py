"""`nlp-service db migrate`, `nlp-service store purge` and `nlp-service samples load`."""

from pathlib import Path
from typing import Any

import typer

from nlp_service.commands.console import BAD_LINES, OK, err, out
from nlp_service.settings import Settings

db = typer.Typer(help="The database.", no_args_is_help=True)
store = typer.Typer(help="What is kept.", no_args_is_help=True)
samples = typer.Typer(help="The sample data.", no_args_is_help=True)


@db.callback()
def _db_group() -> None:
    """Keep `migrate` a named command, though it is the only one."""


@store.callback()
def _store_group() -> None:
    """Keep `purge` a named command, though it is the only one."""


@samples.callback()
def _samples_group() -> None:
    """Keep `load` a named command, though it is the only one."""


@db.command()
def migrate() -> int:
    """Bring the database to the newest schema; safe to repeat."""
    from nlp_service.storage.database import migrate as migrate_database
    from nlp_service.storage.database import open_database
    from nlp_service.storage.keys import load_secret

    settings = Settings.from_env()
    database = open_database(settings.database_url)
    revision = migrate_database(database)
    database.dispose()
    load_secret(settings.secret, settings.var_dir / "secret")
    err().print(f"database at revision {revision}")
    return OK


@store.command()
def purge() -> int:
    """Drop what is older than NLP_SERVICE_RETENTION_DAYS; the service does so every hour."""
    from datetime import UTC, datetime

    from nlp_service.commands.webhooks import open_store

    with open_store(Settings.from_env()) as kept:
        done = kept.purge(datetime.now(UTC))
    words = f"{done.texts} texts, {done.prints} prints of reviews, {done.webhooks} lost webhooks"
    out().print(f"dropped: {words}")
    if done.undecided:
        err().print(f"of the texts nobody had decided {done.undecided}; they are closed as expired")
    return OK


@samples.command()
def load() -> int:
    """Check and score the sample data and store the facts; safe to repeat."""
    from nlp_service.engines import load_engines
    from nlp_service.storage.database import open_database, require_schema
    from nlp_service.storage.keys import load_secret
    from nlp_service.storage.recording import chat_fact, stored_score
    from nlp_service.storage.repositories import ChatFacts, ReviewScores

    settings = Settings.from_env()
    database = open_database(settings.database_url)
    require_schema(database)
    secret = load_secret(settings.secret, settings.var_dir / "secret")
    engines = load_engines(settings)
    if engines.chat:
        chat = engines.chat
        messages = _messages(settings.samples_dir / "chat.jsonl")
        checked = [(message, *chat.check_with_facts(message)) for message in messages]
        ChatFacts(database).save([chat_fact(m, v, facts, secret) for m, v, facts in checked])
        err().print(f"{len(messages)} sample messages stored")
    if engines.reviews:
        reviews = _reviews(settings.samples_dir / "reviews.jsonl")
        scores = zip(reviews, engines.reviews.score_batch(reviews), strict=True)
        ReviewScores(database).save([stored_score(r, s, secret) for r, s in scores])
        err().print(f"{len(reviews)} sample reviews stored")
    database.dispose()
    for name, why in engines.problems.items():
        err().print(f"without {name}: {why}", soft_wrap=True)
    return BAD_LINES if engines.problems else OK


def _messages(path: Path) -> list[Any]:
    from nlp_service.contract.parsing import parse
    from nlp_service.contract.requests import ChatRequest

    lines = _lines(path)
    return [parse(ChatRequest, raw).to_message(f"line-{n}") for n, raw in enumerate(lines, 1)]


def _reviews(path: Path) -> list[Any]:
    from nlp_service.contract.parsing import parse
    from nlp_service.contract.requests import ReviewRequest

    return [parse(ReviewRequest, raw).to_review() for raw in _lines(path)]


def _lines(path: Path) -> list[bytes]:
    from nlp_service.errors import ClientError

    try:
        return [line for line in path.read_bytes().splitlines() if line.strip()]
    except OSError as error:
        raise ClientError(f"{path} cannot be read: {error.strerror}") from error
