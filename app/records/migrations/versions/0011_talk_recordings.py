"""Recordings of talks, by conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table; the sound is in files."""
    op.create_table(
        "talk_recordings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_recordings")),
    )
    op.create_index(
        op.f("ix_talk_recordings_conversation_id"), "talk_recordings", ["conversation_id"]
    )
