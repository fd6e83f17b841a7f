"""Every table. Instants are BIGINT milliseconds since the epoch; ids are opaque text.

The archive's tables refer to people by id without a foreign key: a call must be stored even
if its agent's row is missing (a restored backup), and the order of two writers is not ours.
A change here needs a migration; a test holds the two equal.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from app.records.columns import SafeText

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Json = sa.JSON(none_as_null=True)


def _text(name: str, default: str | None = None, nullable: bool = False) -> sa.Column[str]:
    # as SQL: Alembic's comparison takes a plain '' for a change
    empty = sa.text("''") if default == "" else default
    return sa.Column(name, SafeText(), nullable=nullable, server_default=empty)


def _id(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, SafeText(), primary_key=True)


def _at(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _int(name: str, default: int) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text(str(default)))


def _bool(name: str, default: bool) -> sa.Column[bool]:
    value = sa.true() if default else sa.false()
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=value)


def _json(name: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, _Json, nullable=default is None, server_default=default)


def _to(name: str, target: str) -> sa.Column[str]:
    key = sa.ForeignKey(target, ondelete="CASCADE")
    return sa.Column(name, SafeText(), key, primary_key=True)


def _definition() -> tuple[sa.Column[Any], ...]:
    """What administrators keep in a list of their own order."""
    key: sa.Column[str] = sa.Column("name_key", SafeText(), nullable=False, unique=True)
    return _id(), _int("position", 0), _text("name"), key, _json("definition", "{}")


def _one_of(name: str, *values: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{name} IN ({', '.join(repr(v) for v in values)})", name=name)


people = sa.Table(
    "people",
    metadata,
    _id(),
    _text("email"),
    sa.Column("email_key", SafeText(), nullable=False, unique=True),
    _text("name"),
    _text("role", "agent"),
    _text("team", ""),
    _text("password_hash", nullable=True),
    _text("phone_number", nullable=True),
    _text("audio", "number"),
    _text("leg", "persistent"),
    _bool("confirm_answer", True),
    _int("chat_cap", 5),
    _int("email_cap", 5),
    _json("inbox_view", "{}"),
    _text("status", "offline"),
    _text("status_reason", nullable=True),
    _text("status_pending", nullable=True),
    _text("status_pending_reason", nullable=True),
    sa.Column("sip_user", SafeText(), nullable=False, unique=True),
    _text("sip_password"),
    _int("version", 1),
    _bool("active", True),
    _one_of("role", "agent", "supervisor", "admin"),
    _one_of("audio", "number", "sip", "web"),
    _one_of("leg", "persistent", "per_call"),
    _one_of("status", "available", "busy", "offline"),
    _one_of("status_pending", "available", "busy", "offline"),
    sa.CheckConstraint("chat_cap BETWEEN 0 AND 10", name="chat_cap"),
    sa.CheckConstraint("email_cap BETWEEN 0 AND 10", name="email_cap"),
)

skills = sa.Table(
    "skills",
    metadata,
    _id(),
    _text("name"),
    sa.Column("name_key", SafeText(), nullable=False, unique=True),
    _text("description", ""),
    _bool("admin_only", False),
)

person_skills = sa.Table(
    "person_skills",
    metadata,
    _to("person_id", "people.id"),
    # RESTRICT: a skill in use is refused by the database too, not only by Skills.remove
    sa.Column(
        "skill_id", SafeText(), sa.ForeignKey("skills.id", ondelete="RESTRICT"), primary_key=True
    ),
    _int("proficiency", 3),
    _bool("locked", False),
    sa.CheckConstraint("proficiency BETWEEN 1 AND 5", name="proficiency"),
    sa.Index(None, "skill_id"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    _id("token_hash"),
    sa.Column(
        "person_id", SafeText(), sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False
    ),
    _at("created_at"),
    _at("expires_at"),
    _at("seen_at"),
    sa.Index(None, "person_id"),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    _id(),
    _text("name"),
    sa.Column("key_hash", SafeText(), nullable=False, unique=True),
    _text("role", "bot"),
    _json("scopes", "[]"),
    _at("created_at"),
    _at("revoked_at", nullable=True),
)


def _named(table: str) -> sa.Table:
    return sa.Table(
        table,
        metadata,
        _id(),
        _text("name"),
        sa.Column("name_key", SafeText(), nullable=False, unique=True),
    )


dispositions = _named("dispositions")
break_reasons = _named("break_reasons")

dial_rules = sa.Table(
    "dial_rules",
    metadata,
    _id(),
    _int("position", 0),
    _text("prefix"),
    _text("action", "deny"),
    _text("caller", "both"),
    _text("reason", ""),
    _one_of("action", "allow", "deny"),
    _one_of("caller", "agents", "bots", "both"),
)

settings = sa.Table("settings", metadata, _id("key"), _json("value"), _int("version", 1))

audit = sa.Table(
    "audit",
    metadata,
    _id(),
    _at("at"),
    _text("who_id"),
    _text("who_name"),
    _text("act"),
    _text("target_id", nullable=True),
    _text("target_name", nullable=True),
    _json("before"),
    _json("after"),
    sa.Index(None, "at", "id"),
)

conversations = sa.Table(
    "conversations",
    metadata,
    _id(),
    _text("state"),
    _text("channel"),
    _text("customer_name", nullable=True),
    _text("customer_number", nullable=True),
    _text("customer_email", nullable=True),
    _text("entry", nullable=True),
    _text("language", "en"),
    _json("skills", "[]"),
    _int("priority", 0),
    _text("agent_id", nullable=True),
    _text("routed_to", nullable=True),
    _text("offered_to", nullable=True),
    _int("attempts", 0),
    _at("queued_at", nullable=True),
    _at("created_at"),
    _at("closed_at", nullable=True),
    _text("outcome", nullable=True),
    _text("reason", nullable=True),
    _json("why"),
    _json("flow"),
    sa.Column("sentiment", sa.Double(), nullable=True),
    _json("parameters", "{}"),
    _json("faults", "[]"),
    _text("staffing", "ok"),
    _json("callback"),
    _json("way_out"),
    _json("rules", "[]"),
    _json("bot"),
    _text("channel_id", nullable=True),
    sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    sa.Index(None, "created_at", "id"),
    sa.Index(None, "state"),
    sa.Index(None, "agent_id"),
    sa.Index(None, "customer_number"),
    sa.Index(None, "customer_email"),
)

segments = sa.Table(
    "segments",
    metadata,
    _to("conversation_id", "conversations.id"),
    sa.Column("position", sa.Integer(), primary_key=True),
    _text("agent_id"),
    _at("from_at"),
    _at("to_at", nullable=True),
    _text("ended_by", nullable=True),
    _text("wrap_up", "none"),
    _text("notes", ""),
    _text("disposition", nullable=True),
    sa.Index(None, "agent_id"),
)

transcript_turns = sa.Table(
    "transcript_turns",
    metadata,
    _id("conversation_id"),
    _id(),
    sa.Column("position", sa.BigInteger(), nullable=False),
    _text("speaker"),
    _text("text"),
    _at("at"),
)

conversation_events = sa.Table(
    "conversation_events",
    metadata,
    _id("conversation_id"),
    # the stream's id, `milliseconds-sequence`, as two numbers because as text it does not sort
    sa.Column("stream_ms", sa.BigInteger(), primary_key=True),
    sa.Column("stream_seq", sa.BigInteger(), primary_key=True),
    _text("type"),
    _text("agent_id", nullable=True),
    _at("at"),
    _json("data", "{}"),
    # for what is told in the order in which it happened, whatever it is about
    sa.Index(None, "stream_ms", "stream_seq"),
)

WORDS_INDEX = "ix_search_words_words"

search_words = sa.Table(
    "search_words",
    metadata,
    sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),  # there it is the row's own number
        primary_key=True,
        autoincrement=True,
    ),
    _text("conversation_id"),
    _text("part", ""),
    sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    sa.UniqueConstraint("conversation_id", "part"),
    sa.Index(
        WORDS_INDEX,
        "words",
        postgresql_using="gin",
        # a list of pending words would be read by every search
        postgresql_with={"fastupdate": "off"},
    ).ddl_if(dialect="postgresql"),
)
"""What a search finds; on SQLite, migration 0006 makes an FTS5 index of it."""

calendars = sa.Table("calendars", metadata, *_definition())

routing_rules = sa.Table("routing_rules", metadata, *_definition())

talk_recordings = sa.Table(
    "talk_recordings",
    metadata,
    _id(),
    _text("conversation_id"),
    _at("from_at"),
    sa.Column("seconds", sa.Double(), nullable=False),
    _json("skills", "[]"),
    sa.Index(None, "conversation_id"),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    _id(),
    _text("url"),
    _text("secret"),
    _json("events", "[]"),
    _bool("active", True),
    _text("place", "0-0"),
    _int("failures", 0),
    sa.Column("retry_at", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    _text("error", nullable=True),
    _at("told_at", nullable=True),
    _at("created_at"),
)

cursors = sa.Table("cursors", metadata, _id("name"), _text("stream_id", "0-0"))

# The statistics. No foreign keys: figures outlive what retention deletes.

stat_visits = sa.Table(
    "stat_visits",
    metadata,
    _id("conversation_id"),
    sa.Column("position", sa.Integer(), primary_key=True),
    _text("channel"),
    _text("entry", nullable=True),
    _text("skills", ""),  # ids joined by line feeds: to group by
    _bool("callback", False),
    _at("started_at"),
    _at("ended_at", nullable=True),
    _text("result"),
    _text("agent_id", nullable=True),
    sa.Index(None, "started_at"),
)

stat_offers = sa.Table(
    "stat_offers",
    metadata,
    _id("conversation_id"),
    sa.Column("position", sa.Integer(), primary_key=True),
    _text("channel"),
    _text("agent_id"),
    _bool("consult", False),
    _at("offered_at"),
    _text("result"),
    sa.Index(None, "offered_at"),
)

stat_parts = sa.Table(
    "stat_parts",
    metadata,
    _id("conversation_id"),
    sa.Column("position", sa.Integer(), primary_key=True),
    _text("channel"),
    _text("entry", nullable=True),
    _text("skills", ""),
    _text("agent_id"),
    _at("from_at"),
    _at("to_at", nullable=True),
    _text("ended_by", nullable=True),
    _at("talk_ms", nullable=True),
    _at("hold_ms", nullable=True),
    _at("wrap_ms", nullable=True),
    sa.Index(None, "from_at"),
)

stat_spans = sa.Table(
    "stat_spans",
    metadata,
    _id("agent_id"),
    _id("kind"),
    sa.Column("from_at", sa.BigInteger(), primary_key=True),
    _at("to_at", nullable=True),
    _text("value"),
    _text("reason", nullable=True),
    sa.Index(None, "to_at"),
)
