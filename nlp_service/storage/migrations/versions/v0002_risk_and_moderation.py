"""Buyers, their events and profile changes, the decision log, the queue, webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and the heads at 0."""
    _risk_tables()
    _moderation_tables()
    heads = op.create_table(
        "heads",
        _key("name", primary_key=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        _key("hash"),
        _key("seal"),
    )
    start = {"sequence": 0, "hash": "", "seal": ""}
    op.bulk_insert(heads, [{"name": name, **start} for name in ("risk_changes", "decisions")])


def _risk_tables() -> None:
    op.create_table(
        "buyers",
        _key("lookup_key", primary_key=True),
        _key("buyer_key", unique=True),
        sa.Column("sealed_salt", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "buyer_events",
        sa.Column("received", _SEQUENCE, primary_key=True),
        _key("event_key", unique=True),
        _key("buyer_key", index=True),
        _key("digest"),
        sa.Column("at", sa.String(32), nullable=False),
        _key("kind"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "risk_changes",
        sa.Column("cursor", sa.BigInteger(), primary_key=True, autoincrement=False),
        _key("buyer_key", index=True),
        sa.Column("at", sa.String(32), nullable=False),
        _key("digest"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def _moderation_tables() -> None:
    op.create_table(
        "decisions",
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        _key("actor_key"),
        _key("kind"),
        _key("subject_key", index=True),
        sa.Column("body", sa.Text(), nullable=False),
        _key("previous_hash"),
        _key("hash"),
    )
    op.create_table(
        "queue_items",
        _key("item_key", primary_key=True),
        _key("kind"),
        _key("buyer_key", nullable=True, index=True),
        sa.Column("is_hazard", sa.Boolean(), nullable=False),
        sa.Column("suspicion", sa.Float(), nullable=False),
        sa.Column("harm", sa.Float(), nullable=False),
        sa.Column("created_s", sa.Float(), nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("sealed_words", sa.LargeBinary()),
        _key("state", index=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("claimed_by", nullable=True),
        sa.Column("claim_expires_at", sa.String(32)),
        _key("decision", nullable=True),
        _key("decided_by", nullable=True),
        sa.Column("decided_at", sa.String(32)),
        _key("appealed_by", nullable=True),
        _key("appealed_decision", nullable=True),
        _key("appealed_decider", nullable=True),
    )
    op.create_table(
        "webhooks",
        _key("event_key", primary_key=True),
        _key("url_key", index=True),
        _key("buyer_key", nullable=True, index=True),
        _key("state"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.String(32), nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def _key(
    name: str,
    *,
    primary_key: bool = False,
    nullable: bool = False,
    index: bool | None = None,
    unique: bool | None = None,
) -> sa.Column[str]:
    """A keyed hash, or a code of ours."""
    return sa.Column(
        name,
        sa.String(64),
        primary_key=primary_key,
        nullable=nullable,
        index=index,
        unique=unique,
    )


def downgrade() -> None:
    """Drop the tables."""
    tables = "webhooks queue_items decisions heads risk_changes buyer_events buyers"
    for table in tables.split():
        op.drop_table(table)
