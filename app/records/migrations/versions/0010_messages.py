"""Written messages, and chat widgets with their visitors."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Five tables; nothing that was there changes."""
    op.create_table(
        "messages",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), server_default=sa.text("('')"), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("attachments", sa.JSON(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_messages")),
    )
    op.create_index(
        op.f("ix_messages_conversation_id_client_id_author_author_id"),
        "messages",
        ["conversation_id", "client_id", "author", "author_id"],
        unique=True,
    )
    op.create_table(
        "message_outbox",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_message_outbox")),
    )
    op.create_table(
        "message_reads",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "side", name=op.f("pk_message_reads")),
    )
    _widgets()


def _widgets() -> None:
    op.create_table(
        "chat_widgets",
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("('')"), nullable=False),
        sa.Column("skills", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bot", sa.Text(), nullable=True),
        sa.Column("ask", sa.Text(), server_default="nothing", nullable=False),
        sa.Column("origins", sa.JSON(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_chat_widgets")),
    )
    op.create_table(
        "chat_visitors",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_visitors")),
    )
