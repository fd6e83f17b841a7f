"""The statistics: waits, offers, agents' parts and their time by status.

Those who are signed in now count from now on: what came before is not known. Conversations that
are archived already are not in the figures.
"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables that the archive's transactions fill."""
    op.create_table(
        "stat_visits",
        *_keys(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("skills", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("callback", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", "position", name=op.f("pk_stat_visits")),
    )
    op.create_index(op.f("ix_stat_visits_started_at"), "stat_visits", ["started_at"])
    op.create_table(
        "stat_offers",
        *_keys(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("consult", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "position", name=op.f("pk_stat_offers")),
    )
    op.create_index(op.f("ix_stat_offers_offered_at"), "stat_offers", ["offered_at"])
    op.create_table(
        "stat_parts",
        *_keys(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("skills", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("talk_ms", sa.BigInteger(), nullable=True),
        sa.Column("hold_ms", sa.BigInteger(), nullable=True),
        sa.Column("wrap_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", "position", name=op.f("pk_stat_parts")),
    )
    op.create_index(op.f("ix_stat_parts_from_at"), "stat_parts", ["from_at"])
    op.create_table(
        "stat_spans",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("agent_id", "kind", "from_at", name=op.f("pk_stat_spans")),
    )
    op.create_index(op.f("ix_stat_spans_to_at"), "stat_spans", ["to_at"])
    _begin_spans()


def _keys() -> list[sa.Column[object]]:
    return [
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
    ]


def _begin_spans() -> None:
    now = round(time.time() * 1000)
    op.execute(
        sa.text(
            "INSERT INTO stat_spans (agent_id, kind, from_at, value, reason) "
            "SELECT id, 'status', :now, status, status_reason FROM people "
            "WHERE active AND status <> 'offline'"
        ).bindparams(now=now)
    )
