"""Chat facts and review scores."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "chat_facts",
        sa.Column("message_key", sa.String(64), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False, index=True),
        sa.Column("policy", sa.String(200), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
    )
    op.create_table(
        "review_scores",
        sa.Column("review_key", sa.String(64), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False, index=True),
        sa.Column("policy", sa.String(200), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("sentiment", sa.String(64), nullable=False),
        sa.Column("severity", sa.String(64), nullable=False),
        sa.Column("suspicion", sa.Float(), nullable=False),
        sa.Column("level", sa.String(64), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("review_scores")
    op.drop_table("chat_facts")
