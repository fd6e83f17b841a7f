"""Callbacks, and how a caller leaves the queue."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns; conversations of before have neither."""
    op.add_column("conversations", sa.Column("callback", sa.JSON(), nullable=True))
    op.add_column("conversations", sa.Column("way_out", sa.JSON(), nullable=True))
