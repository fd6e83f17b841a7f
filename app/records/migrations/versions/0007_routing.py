"""Calendars and routing rules, and which rules were applied to a conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables; to conversations of before no rule was applied."""
    for name in ("calendars", "routing_rules"):
        op.create_table(
            name,
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("name_key", sa.Text(), nullable=False),
            sa.Column("definition", sa.JSON(), server_default="{}", nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            sa.UniqueConstraint("name_key", name=op.f(f"uq_{name}_name_key")),
        )
    op.add_column(
        "conversations", sa.Column("rules", sa.JSON(), server_default="[]", nullable=False)
    )
