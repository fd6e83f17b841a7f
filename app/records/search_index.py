"""The index of words: one row for each conversation, each turn of its transcript, each message.

Rows are written in the transaction of what they index, so a search sees neither more nor less
than the archive has. PostgreSQL keeps the words as a tsvector with a GIN index; SQLite keeps them
as text beside an FTS5 index, which triggers keep equal (migration 0006). The words themselves are
made by `search_words`, alike for both.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.conversation import Conversation
from app.domain.message import Author, Message, beside
from app.records.schema import search_words
from app.records.search_words import about, words_of
from app.records.transcript_rows import Turn

ABOUT = ""
"""The part that is the conversation itself."""
TURN = "t:"
"""Before a turn's id: the part that is this turn."""
MESSAGE = "m:"
"""Before a message's number: the part that is this message."""

_fts = sa.table("search_index", sa.column("rowid"), sa.column("search_index"))


def conversation_words(of: Conversation) -> dict[str, Any]:
    """The row of a conversation itself."""
    customer = of.customer
    told = [of.reason, *(segment.notes for segment in of.segments)]
    words = about((customer.name, customer.email), customer.number, told, of.parameters)
    return words_row(of.id, ABOUT, words)


def turn_words(conversation_id: str, turns: Iterable[Turn]) -> list[dict[str, Any]]:
    """The rows of some turns."""
    return [words_row(conversation_id, TURN + turn.id, words_of(turn.text)) for turn in turns]


def message_words(
    some: Iterable[Message], subjects: Mapping[tuple[str, int], str]
) -> list[dict[str, Any]]:
    """The rows of some written messages, those of emails with their subjects (by conversation and
    number); what Ringdesk itself says, and what is whispered, is not searched."""
    return [
        words_row(
            one.conversation_id,
            f"{MESSAGE}{one.seq}",
            [*words_of(subjects.get((one.conversation_id, one.seq), "")), *words_of(one.text)],
        )
        for one in some
        if one.author is not Author.SYSTEM and beside(one.conversation_id) is None
    ]


def words_row(conversation_id: str, part: str, words: Iterable[str]) -> dict[str, Any]:
    """One row; each word once."""
    return {"conversation_id": conversation_id, "part": part, "words": sorted(set(words))}


class WordsStatement:
    """The upsert, made once: compiling it costs more than running it."""

    def __init__(self, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite
        insert = (sqlite if is_sqlite else postgresql).insert(search_words)
        words: sa.ColumnElement[Any] = sa.bindparam("words", type_=sa.Text())
        if not is_sqlite:
            words = sa.func.array_to_tsvector(sa.bindparam("words", type_=ARRAY(sa.Text())))
        new = insert.values(
            conversation_id=sa.bindparam("conversation_id"),
            part=sa.bindparam("part"),
            words=words,
        )
        # a conversation is stored anew with each of its events; its words change seldom
        self._put = new.on_conflict_do_update(
            index_elements=["conversation_id", "part"],
            set_={"words": new.excluded.words},
            where=search_words.c.words != new.excluded.words,
        )

        # a turn that is told again stays as it was stored first
        self._add = new.on_conflict_do_nothing()

    async def add(self, connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
        """Store the rows whose part is new."""
        if rows:
            await connection.execute(self._add, bound(rows, self._is_sqlite))

    async def put(self, connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
        """Store rows of `words_row`, each the newest of its part."""
        if rows:
            await connection.execute(self._put, bound(rows, self._is_sqlite))


def bound(rows: Sequence[dict[str, Any]], is_sqlite: bool) -> list[dict[str, Any]]:
    """The rows as the driver takes them."""
    if not is_sqlite:
        return list(rows)
    return [row | {"words": " ".join(row["words"])} for row in rows]


def having(beginning: str, is_sqlite: bool) -> sa.Select[tuple[str]]:
    """The ids of conversations with a word that begins so; of `search_words.asked_for`."""
    c = search_words.c
    if not is_sqlite:
        query = sa.cast(f"'{beginning}':*", postgresql.TSQUERY)
        return sa.select(c.conversation_id).where(c.words.op("@@")(query))
    matching = sa.select(_fts.c.rowid).where(_fts.c.search_index.op("MATCH")(f'"{beginning}"*'))
    return sa.select(c.conversation_id).where(c.number.in_(matching))


async def parts_having(
    connection: AsyncConnection, ids: Sequence[str], beginnings: Sequence[str], is_sqlite: bool
) -> list[tuple[str, str]]:
    """Of these conversations, the parts that have at least one of the words: (id, part)."""
    c = search_words.c
    if is_sqlite:
        padded = sa.literal(" ") + c.words
        one = sa.or_(*(padded.like(f"% {word}%") for word in beginnings))
    else:
        query = " | ".join(f"'{word}':*" for word in beginnings)
        one = c.words.op("@@")(sa.cast(query, postgresql.TSQUERY))
    chosen = sa.select(c.conversation_id, c.part).where(c.conversation_id.in_(ids), one)
    return [(row[0], row[1]) for row in await connection.execute(chosen.order_by(c.number))]
