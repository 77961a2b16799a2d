"""Puts the HTTP door together: house, guard, routes, errors, description.

settings -> engines, store -> House -> FastAPI app
"""

import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from starlette.responses import HTMLResponse, RedirectResponse, Response

from nlp_service.api import (
    buyers,
    chat,
    docs_page,
    health,
    openapi,
    problems,
    queue,
    reports,
    reviews,
)
from nlp_service.api.auth import Keyring
from nlp_service.api.background import Job, every, running
from nlp_service.api.delivery import Deliveries
from nlp_service.api.guard import Guard
from nlp_service.api.house import House, Records
from nlp_service.api.limits import Rate
from nlp_service.api.metrics import Metrics
from nlp_service.buyers import BuyerBook
from nlp_service.earlier import EarlierReviews
from nlp_service.engines import Engines
from nlp_service.moderation.desk import ModerationDesk
from nlp_service.settings import Settings
from nlp_service.storage.database import open_database, require_schema
from nlp_service.storage.keys import load_secret
from nlp_service.storage.queue_values import QueueRules
from nlp_service.storage.store import Store
from nlp_service.storage.vault import Vault

# Retention is counted in days.
_PURGE_S = 3_600.0
_ABOUT = "Checks a merchant's chat message before it is sent, and scores reviews. Self-hosted."


def create_app(settings: Settings, house: House) -> FastAPI:
    """The application over an open house, which it closes when it stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running(house.jobs):
            yield
        house.close()

    app = FastAPI(
        title="nlp-service",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.house = house
    app.state.keyring = Keyring(settings.api_keys, Rate(settings.rate_per_s))
    _add_routes(app)
    problems.install(app)
    openapi.install(app)
    app.add_middleware(
        Guard,
        metrics=house.metrics,
        max_in_flight=settings.max_in_flight,
        max_body_bytes=settings.max_body_bytes,
    )
    return app


def build_house(settings: Settings, engines: Engines) -> House:
    """Open the store, where facts are to be kept, and the pool for batches.

    Raises StorageError where the store cannot be used.
    """
    pool = ThreadPoolExecutor(settings.batch_workers, thread_name_prefix="batch")
    # More threads than cores would only make every check wait for the others.
    checks = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="check")
    metrics = Metrics()
    records, book, desk, store = _kept(settings)
    return House(
        engines,
        records,
        book,
        metrics,
        pool,
        checks,
        desk,
        settings.queue_reviews,
        earlier=EarlierReviews(store) if store else None,
        jobs=_jobs(settings, store, metrics) if store else (),
        store=store,
    )


def _kept(
    settings: Settings,
) -> tuple[Records | None, BuyerBook | None, ModerationDesk | None, Store | None]:
    """What answers are noted in, what is known of buyers, what people decide; or none of it."""
    if not settings.store_facts:
        return None, None, None, None
    database = open_database(settings.database_url)
    require_schema(database)
    secret = load_secret(settings.secret, settings.var_dir / "secret")
    rules = QueueRules(keep_texts=timedelta(days=settings.retention_days))
    store = Store(database, Vault(secret), rules=rules)
    book = BuyerBook(store, receivers=[receiver.url for receiver in settings.webhooks])
    return Records(database, secret), book, ModerationDesk(store, book), store


def _jobs(settings: Settings, store: Store, metrics: Metrics) -> tuple[Job, ...]:
    """What runs beside the answers: webhooks go out, and what is too old goes."""
    deliveries = Deliveries(
        store, settings.webhooks, metrics, is_private_allowed=settings.webhook_private
    )
    return deliveries.run, every(_PURGE_S, lambda: store.purge(datetime.now(UTC)))


def _add_routes(app: FastAPI) -> None:
    for room in (chat, reports, reviews, buyers, queue, health):
        app.include_router(room.router)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(docs_page.PAGE, headers=docs_page.HEADERS)

    @app.get("/", include_in_schema=False)
    async def root() -> Response:
        return RedirectResponse("/docs")
