"""Full-text search: the words of every conversation and of every turn, also of old ones."""

import logging
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.records.search_words import about, words_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

log = logging.getLogger("ringdesk.records.migrations")

CHUNK = 1000

# What is stored as words parts at blanks alone: FTS5's `ascii` takes every other character of
# them for a part of a word (https://sqlite.org/fts5.html#ascii_tokenizer). The triggers are
# those of "External Content Tables" on the same page.
FTS5 = (
    "CREATE VIRTUAL TABLE search_index USING fts5(words, content='search_words',"
    " content_rowid='number', tokenize='ascii', prefix='1 2 3', detail='none', columnsize=0)",
    "CREATE TRIGGER search_words_added AFTER INSERT ON search_words BEGIN"
    " INSERT INTO search_index(rowid, words) VALUES (new.number, new.words); END",
    "CREATE TRIGGER search_words_removed AFTER DELETE ON search_words BEGIN"
    " INSERT INTO search_index(search_index, rowid, words)"
    " VALUES ('delete', old.number, old.words); END",
    "CREATE TRIGGER search_words_changed AFTER UPDATE ON search_words BEGIN"
    " INSERT INTO search_index(search_index, rowid, words)"
    " VALUES ('delete', old.number, old.words);"
    " INSERT INTO search_index(rowid, words) VALUES (new.number, new.words); END",
)

conversations = sa.table(
    "conversations",
    *(sa.column(name) for name in ("id", "customer_name", "customer_number", "customer_email")),
    sa.column("reason"),
    sa.column("parameters", sa.JSON()),
)
segments = sa.table("segments", sa.column("conversation_id"), sa.column("notes"))
turns = sa.table("transcript_turns", *map(sa.column, ("conversation_id", "id", "text")))


def upgrade() -> None:
    """Make the index, and fill it in chunks; what it replaces goes."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    words = sa.Text() if is_sqlite else postgresql.TSVECTOR()
    number = sa.Integer() if is_sqlite else sa.BigInteger()
    op.create_table(
        "search_words",
        sa.Column("number", number, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), server_default=sa.text("('')"), nullable=False),
        sa.Column("words", words, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_words")),
        sa.UniqueConstraint(
            "conversation_id", "part", name=op.f("uq_search_words_conversation_id_part")
        ),
    )
    for statement in FTS5 if is_sqlite else ():
        op.execute(statement)
    _fill(connection, _conversations(connection), "conversations")
    _fill(connection, _turns(connection), "turns")
    if not is_sqlite:  # quicker made of all words at once
        op.create_index(
            op.f("ix_search_words_words"),
            "search_words",
            ["words"],
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        )
    op.drop_column("conversations", "search_text")


Rows = list[dict[str, Any]]


def _fill(connection: sa.Connection, chunks: Iterator[Rows], what: str) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    words = ":words" if is_sqlite else "array_to_tsvector(CAST(:words AS text[]))"
    put = sa.text(
        f"INSERT INTO search_words (conversation_id, part, words) VALUES (:id, :part, {words})"
    )
    if not is_sqlite:
        put = put.bindparams(sa.bindparam("words", type_=postgresql.ARRAY(sa.Text())))
    done = 0
    for rows in chunks:
        for row in rows:
            distinct = sorted(set(row["words"]))
            row["words"] = " ".join(distinct) if is_sqlite else distinct
        connection.execute(put, rows)
        done += len(rows)
        if done % (20 * CHUNK) < CHUNK:
            log.info("search: %d %s are in the index", done, what)
    if done:
        log.info("search: all %d %s are in the index", done, what)


def _conversations(connection: sa.Connection) -> Iterator[Rows]:
    last = ""
    c = conversations.c
    while True:
        chosen = sa.select(conversations).where(c.id > last).order_by(c.id).limit(CHUNK)
        found = connection.execute(chosen).all()
        if not found:
            return
        last = found[-1].id
        notes: dict[str, list[str]] = {}
        within = segments.c.conversation_id.between(found[0].id, last)
        for of, text in connection.execute(sa.select(segments).where(within)):
            notes.setdefault(of, []).append(text)
        yield [
            {
                "id": row.id,
                "part": "",
                "words": about(
                    (row.customer_name, row.customer_email),
                    row.customer_number,
                    [row.reason, *notes.get(row.id, [])],
                    row.parameters,
                ),
            }
            for row in found
        ]


def _turns(connection: sa.Connection) -> Iterator[Rows]:
    c = turns.c
    last: tuple[str, str] = ("", "")
    while True:
        place = sa.tuple_(c.conversation_id, c.id) > sa.tuple_(*map(sa.literal, last))
        chosen = sa.select(turns).where(place).order_by(c.conversation_id, c.id).limit(CHUNK)
        found = connection.execute(chosen).all()
        if not found:
            return
        last = (found[-1].conversation_id, found[-1].id)
        yield [
            {"id": row.conversation_id, "part": f"t:{row.id}", "words": words_of(row.text)}
            for row in found
        ]
