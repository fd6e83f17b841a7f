"""The tables of email; see `schema`."""

import sqlalchemy as sa

from app.records.columns import SafeText
from app.records.schema import _at, _bool, _id, _int, _json, _text, metadata

mailboxes = sa.Table(
    "mailboxes",
    metadata,
    _id(),
    _text("name"),
    sa.Column("name_key", SafeText(), nullable=False, unique=True),
    _text("address"),
    sa.Column("address_key", SafeText(), nullable=False, unique=True),
    _bool("enabled", True),
    _json("imap"),
    _json("smtp"),
    _json("skills", "[]"),
    _int("priority", 0),
    _json("rules", "[]"),
    _text("signature", ""),
    sa.Column("uid_validity", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    sa.Column("uid_seen", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
)

emails = sa.Table(
    "emails",
    metadata,
    _id(),
    _text("direction"),
    _text("mailbox_id"),
    _text("state"),
    _at("at"),
    _text("same"),
    _text("conversation_id", nullable=True),
    sa.Column("seq", sa.BigInteger(), nullable=True),
    _text("message_id", nullable=True),
    _text("in_reply_to", nullable=True),
    _json("refs", "[]"),
    _json("sender", "{}"),
    _text("sender_key", ""),  # the address, folded
    _json("reply_to", "[]"),
    _json("to", "[]"),
    _json("cc", "[]"),
    _json("bcc", "[]"),
    _text("envelope_to", ""),
    _text("subject", ""),
    _text("text", ""),
    _text("html", nullable=True),
    _json("inline", "{}"),
    _json("attachments", "[]"),
    _text("raw", nullable=True),
    _at("date", nullable=True),
    _text("auto", ""),
    _json("notes", "[]"),
    _json("bounce_of", "[]"),
    _text("author_id", ""),
    _json("left", "[]"),
    _int("attempts", 0),
    _at("next_at", nullable=True),
    _text("error", nullable=True),
    _at("sent_at", nullable=True),
    # the same mail is stored once, however often and on whatever way it comes
    sa.Index(None, "mailbox_id", "direction", "same", unique=True),
    sa.Index(None, "message_id"),
    sa.Index(None, "conversation_id", "seq"),
    sa.Index(None, "state", "next_at"),
    sa.Index(None, "sender_key", "at"),
)
"""No foreign keys: a mail is stored before its conversation is, and a mailbox may go."""

drafts = sa.Table(
    "drafts",
    metadata,
    _id("conversation_id"),
    _text("agent_id"),
    sa.Column("draft", sa.JSON(), nullable=False),
    _at("at"),
)
"""What an agent has begun to write; it goes along with its conversation."""
