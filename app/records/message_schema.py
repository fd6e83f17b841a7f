"""The tables of written messages; see `schema`."""

import sqlalchemy as sa

from app.records.schema import _at, _bool, _id, _int, _json, _text, metadata

messages = sa.Table(
    "messages",
    metadata,
    _id("conversation_id"),
    sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
    _text("author"),
    _text("author_id", ""),
    _text("client_id"),
    _text("text"),
    _at("at"),
    _json("attachments", "[]"),
    # the same message of the same author is stored once, whichever process it comes to
    sa.Index(None, "conversation_id", "client_id", "author", "author_id", unique=True),
)

message_outbox = sa.Table(
    "message_outbox",
    metadata,
    _id("conversation_id"),
    sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
)
"""Stored, and not announced yet."""

message_reads = sa.Table(
    "message_reads",
    metadata,
    _id("conversation_id"),
    _id("side"),
    sa.Column("seq", sa.BigInteger(), nullable=False),
)

chat_widgets = sa.Table(
    "chat_widgets",
    metadata,
    _id("entry"),
    _text("title", ""),
    _json("skills", "[]"),
    _int("priority", 0),
    _text("bot", nullable=True),
    _text("ask", "nothing"),
    _json("origins", "[]"),
)

canned_replies = sa.Table(
    "canned_replies",
    metadata,
    _id(),
    _text("name"),
    _text("name_key"),
    _text("text"),
    _json("skills", "[]"),
    sa.UniqueConstraint("name_key"),
)

chat_visitors = sa.Table(
    "chat_visitors",
    metadata,
    _id(),
    _text("entry"),
    _text("name", nullable=True),
    _text("email", nullable=True),
    _text("conversation_id", nullable=True),
    _at("created_at"),
)

attachments = sa.Table(
    "attachments",
    metadata,
    _id(),
    _text("conversation_id", nullable=True),
    sa.Column("message_seq", sa.BigInteger(), nullable=True),
    _text("uploader"),
    _text("name"),
    _text("type"),
    sa.Column("size", sa.BigInteger(), nullable=False),
    _text("sha256"),
    _text("path"),
    _at("created_at"),
    _bool("scanned", False),
    sa.Index(None, "conversation_id"),
    sa.Index(None, "uploader", "message_seq"),
)
