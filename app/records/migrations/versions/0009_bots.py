"""The AI's part in a call: which bot it came from, and whether the caller is with it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; conversations of before have none."""
    op.add_column("conversations", sa.Column("bot", sa.JSON(), nullable=True))
