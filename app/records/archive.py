"""The archive: every conversation, open ones too, with its segments, timeline and transcript.

It is a projection of the event stream. A batch's rows and the cursor are committed in one
transaction, and an item at or below the cursor is ignored; so a kill at any instant, a repeated
batch, and two processes that apply the same batch all leave each event stored once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.conversation import Conversation, State
from app.domain.events import StreamEvent
from app.records.archive_rows import (
    TimelineEntry,
    conversation_row,
    entry_from,
    event_row,
    segment_rows,
    stream_order,
)
from app.records.archive_search import Page, Search, load, search, visible
from app.records.columns import storable
from app.records.database import Database
from app.records.schema import conversation_events, conversations, cursors, segments
from app.records.search_index import WordsStatement, conversation_words
from app.records.statistics import Projection
from app.records.transcript_rows import Turn, read_turns
from app.records.upsert import insert_new, upsert

BATCH = 200
"""Events in one transaction: keeps a reader of PostgreSQL's rows and SQLite's lock short."""

_CURSOR = "archive"
_OPEN = [state.value for state in State if state not in {State.NEW, State.CLOSED}]


@dataclass(frozen=True, slots=True)
class ArchiveItem:
    """One event of the stream, with the conversation as it stood then or later."""

    stream_id: str
    event: StreamEvent
    conversation: Conversation | None
    """None when the event is about an agent, or the queue has forgotten the conversation."""


@dataclass(frozen=True, slots=True)
class ArchivedConversation:
    """All that is kept of one conversation."""

    conversation: Conversation
    transcript: tuple[Turn, ...]
    timeline: tuple[TimelineEntry, ...]


class Archive:
    """What happened, for good."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # made once: building and compiling a wide upsert costs more than running it
        self._put_conversations = upsert(conversations, database.is_sqlite)
        self._put_segments = upsert(segments, database.is_sqlite)
        self._add_events = insert_new(conversation_events, database.is_sqlite)
        self._words = WordsStatement(database.is_sqlite)
        self._add_cursor = insert_new(cursors, database.is_sqlite)
        self._statistics = Projection(database.is_sqlite)

    async def cursor(self) -> str:
        """The stream id up to which everything is stored; `0-0` at first."""
        async with self._database.read() as connection:
            found = await connection.execute(sa.select(cursors.c.stream_id).where(_IS_OURS))
            return found.scalar_one_or_none() or "0-0"

    async def apply(self, batch: Sequence[ArchiveItem]) -> None:
        """Store a batch, ordered as the stream is, and move the cursor with it.

        More than `BATCH` items take several transactions. Raises ValueError for a stream id
        that is not one, and what the driver raises when the database is away: nothing of the
        running transaction is stored then, and the same batch can be applied again.
        """
        for start in range(0, len(batch), BATCH):
            async with self._database.write() as connection:
                await self._apply(connection, batch[start : start + BATCH])

    async def rewind(self, stream_id: str) -> None:
        """Set the cursor by hand: after a live queue was lost and its stream begins anew."""
        stream_order(stream_id)
        async with self._database.write() as connection:
            await self._lock_cursor(connection)
            await _set_cursor(connection, stream_id)

    async def find(self, id: str, visible_to: str | None = None) -> ArchivedConversation | None:
        """One conversation; None if unknown, or not for this agent's eyes (a person's id)."""
        async with self._database.read() as connection:
            chosen = conversations.c.id == storable(id)
            if visible_to is not None:
                chosen &= visible(visible_to, self._database.is_sqlite)
            found = await load(connection, sa.select(conversations).where(chosen))
            if not found:
                return None
            turns = await read_turns(connection, id)
            return ArchivedConversation(found[0], tuple(turns), await _timeline(connection, id))

    async def search(self, search_for: Search) -> Page:
        """The conversations that match, newest first. Raises BadCursor."""
        async with self._database.read() as connection:
            return await search(connection, search_for, self._database.is_sqlite)

    async def open(self) -> list[Conversation]:
        """Every conversation that is not closed, oldest first, for a rebuild of the queue."""
        chosen = sa.select(conversations).where(conversations.c.state.in_(_OPEN))
        async with self._database.read() as connection:
            ordered = chosen.order_by(conversations.c.created_at, conversations.c.id)
            return await load(connection, ordered)

    async def closed(self, ids: Iterable[str]) -> set[str]:
        """Those of these conversations whose end is stored."""
        c, asked = conversations.c, [storable(one) for one in ids]
        chosen = sa.select(c.id).where(c.state == State.CLOSED.value)
        found: set[str] = set()
        async with self._database.read() as connection:
            for start in range(0, len(asked), BATCH):
                some = chosen.where(c.id.in_(asked[start : start + BATCH]))
                found.update((await connection.execute(some)).scalars())
        return found

    async def _apply(self, connection: AsyncConnection, batch: Sequence[ArchiveItem]) -> None:
        stored = stream_order(await self._lock_cursor(connection))
        new = [item for item in batch if stream_order(item.stream_id) > stored]
        if not new:
            return
        latest = {item.conversation.id: item.conversation for item in new if item.conversation}
        await self._store_conversations(connection, list(latest.values()))
        events = [event_row(item.event) for item in new if item.event.conversation_id]
        if events:
            await connection.execute(self._add_events, events)
        told = [item.event for item in new]
        await self._statistics.project(connection, told, list(latest.values()))
        await _set_cursor(connection, max((item.stream_id for item in new), key=stream_order))

    async def _store_conversations(
        self, connection: AsyncConnection, latest: list[Conversation]
    ) -> None:
        if not latest:
            return
        await connection.execute(self._put_conversations, [conversation_row(one) for one in latest])
        ends = [{"of": storable(one.id), "from_position": len(one.segments)} for one in latest]
        await connection.execute(_SURPLUS, ends)
        rows = [row for one in latest for row in segment_rows(one)]
        if rows:
            await connection.execute(self._put_segments, rows)
        await self._words.put(connection, [conversation_words(one) for one in latest])

    async def _lock_cursor(self, connection: AsyncConnection) -> str:
        # On PostgreSQL the row's lock makes a second archive wait and then see our cursor; on
        # SQLite the whole transaction is exclusive already.
        row = {"name": _CURSOR, "stream_id": "0-0"}
        await connection.execute(self._add_cursor, [row])
        return str((await connection.execute(_CURSOR_LOCKED)).scalar_one())


_IS_OURS = cursors.c.name == _CURSOR
_CURSOR_LOCKED = sa.select(cursors.c.stream_id).where(_IS_OURS).with_for_update()
_MOVE_CURSOR = cursors.update().where(_IS_OURS).values(stream_id=sa.bindparam("to"))
_SURPLUS = segments.delete().where(
    segments.c.conversation_id == sa.bindparam("of"),
    segments.c.position >= sa.bindparam("from_position"),
)


async def _set_cursor(connection: AsyncConnection, stream_id: str) -> None:
    await connection.execute(_MOVE_CURSOR, {"to": stream_id})


async def _timeline(connection: AsyncConnection, id: str) -> tuple[TimelineEntry, ...]:
    c = conversation_events.c
    chosen = sa.select(conversation_events).where(c.conversation_id == storable(id))
    rows = await connection.execute(chosen.order_by(c.stream_ms, c.stream_seq))
    return tuple(entry_from(row) for row in rows)


def _portions(ids: list[str], size: int = 500) -> Iterator[list[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
