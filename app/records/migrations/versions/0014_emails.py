"""Emails and mailboxes."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables; nothing that was there changes."""
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.Text(), nullable=False),
        _text("name"),
        _text("name_key"),
        _text("address"),
        _text("address_key"),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("imap", sa.JSON(), nullable=True),
        sa.Column("smtp", sa.JSON(), nullable=True),
        _json("skills", "[]"),
        _number("priority", sa.Integer()),
        _json("rules", "[]"),
        _text("signature", empty=True),
        _number("uid_validity", sa.BigInteger()),
        _number("uid_seen", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_mailboxes"),
        sa.UniqueConstraint("name_key", name="uq_mailboxes_name_key"),
        sa.UniqueConstraint("address_key", name="uq_mailboxes_address_key"),
    )
    op.create_table("emails", *_email_columns(), sa.PrimaryKeyConstraint("id", name="pk_emails"))
    for columns, unique in (
        (["mailbox_id", "direction", "same"], True),
        (["message_id"], False),
        (["conversation_id", "seq"], False),
        (["state", "next_at"], False),
        (["sender_key", "at"], False),
    ):
        op.create_index(f"ix_emails_{'_'.join(columns)}", "emails", columns, unique=unique)


def _email_columns() -> list["sa.Column[object]"]:
    return [
        sa.Column("id", sa.Text(), nullable=False),
        _text("direction"),
        _text("mailbox_id"),
        _text("state"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _text("same"),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        _json("refs", "[]"),
        _json("sender", "{}"),
        _text("sender_key", empty=True),
        *(_json(name, "[]") for name in ("reply_to", "to", "cc", "bcc")),
        _text("envelope_to", empty=True),
        _text("subject", empty=True),
        _text("text", empty=True),
        sa.Column("html", sa.Text(), nullable=True),
        _json("inline", "{}"),
        _json("attachments", "[]"),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("date", sa.BigInteger(), nullable=True),
        _text("auto", empty=True),
        _json("notes", "[]"),
        _json("bounce_of", "[]"),
        _text("author_id", empty=True),
        _json("left", "[]"),
        _number("attempts", sa.Integer()),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
    ]


def _text(name: str, empty: bool = False) -> "sa.Column[object]":
    default = sa.text("('')") if empty else None
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _json(name: str, default: str) -> "sa.Column[object]":
    return sa.Column(name, sa.JSON(), server_default=default, nullable=False)


def _number(name: str, kind: "sa.types.TypeEngine[int]") -> "sa.Column[object]":
    return sa.Column(name, kind, server_default=sa.text("0"), nullable=False)
