"""Teams, skills that only administrators give, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what administration needs; everybody keeps what they have."""
    empty = sa.text("('')")
    op.add_column("people", sa.Column("team", sa.Text(), server_default=empty, nullable=False))
    op.add_column(
        "skills",
        sa.Column("admin_only", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who_id", sa.Text(), nullable=False),
        sa.Column("who_name", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=True),
        sa.Column("target_name", sa.Text(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at_id"), "audit", ["at", "id"], unique=False)
