"""Alembic's entry: runs the migrations over the connection that `storage.database` hands in."""

from alembic import context

from nlp_service.storage.models import Base


def _run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_run()
