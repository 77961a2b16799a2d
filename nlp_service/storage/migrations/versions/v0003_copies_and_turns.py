"""Prints of reviews, so that later ones can be compared with them; the turn of a webhook."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; messages that wait already have no order among themselves."""
    op.create_table(
        "review_prints",
        sa.Column("number", _SEQUENCE, primary_key=True),
        sa.Column("review_key", sa.String(64), nullable=False, unique=True),
        sa.Column("exact_key", sa.String(64), nullable=False, index=True),
        sa.Column("buyer_key", sa.String(64), index=True),
        sa.Column("merchant_key", sa.String(64)),
        sa.Column("order_key", sa.String(64)),
        sa.Column("append_key", sa.String(64)),
        sa.Column("posted_at", sa.String(32)),
        sa.Column("stored_at", sa.String(32), nullable=False, index=True),
        sa.Column("length_chars", sa.Integer(), nullable=False),
        sa.Column("grams", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "review_bands",
        sa.Column("band_key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False, index=True),
    )
    op.add_column("webhooks", sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop the tables and the column."""
    op.drop_column("webhooks", "turn")
    op.drop_table("review_bands")
    op.drop_table("review_prints")
