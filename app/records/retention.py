"""Takes what is past its time out of the archive, in small batches, each with its audit entry.

A batch and its entry are one transaction: what is gone is told, and what is told is gone. Only
closed conversations are looked at; their age counts from when they were closed.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.mail import MailState
from app.domain.message import desk_room
from app.records.clock import now_ms
from app.records.database import Database
from app.records.identity import new_id
from app.records.mail_schema import drafts, emails
from app.records.message_schema import attachments, message_outbox, message_reads, messages
from app.records.schema import (
    audit,
    conversation_events,
    conversations,
    search_words,
    segments,
    transcript_turns,
)
from app.records.search_index import MESSAGE, TURN
from app.records.talks import requires

BATCH = 100
"""Conversations in one transaction: nobody who writes waits long."""
WHO = ("retention", "Retention rule")
_WRITTEN = (
    messages.c.conversation_id,
    message_outbox.c.conversation_id,
    message_reads.c.conversation_id,
    drafts.c.conversation_id,
    emails.c.conversation_id,
)


class Retention:
    """Each method removes one batch and says which conversations it was of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remove_conversations(self, before: int) -> list[str]:
        """All that is kept of conversations that were closed before that instant (ms)."""
        c = conversations.c
        old = sa.select(c.id).where(_closed_before(before)).order_by(c.closed_at).limit(BATCH)
        async with self._database.write() as connection:
            ids = list((await connection.execute(old)).scalars())
            if ids:
                gone = _with_whispers(ids)
                for column in (
                    transcript_turns.c.conversation_id,
                    *_WRITTEN,
                    conversation_events.c.conversation_id,
                    search_words.c.conversation_id,
                    segments.c.conversation_id,
                    c.id,
                ):
                    await connection.execute(sa.delete(column.table).where(column.in_(gone)))
                await _let_go_of_files(connection, ids)
                await _tell(connection, "conversations", len(ids), before)
        return ids

    async def remove_transcripts(self, before: int) -> list[str]:
        """What was said and written in conversations that were closed before that instant (ms)."""
        c, turn = conversations.c, transcript_turns.c
        spoken = sa.exists().where(turn.conversation_id == c.id)
        written = sa.exists().where(messages.c.conversation_id == c.id)
        old = sa.select(c.id).where(_closed_before(before), spoken | written).limit(BATCH)
        async with self._database.write() as connection:
            ids = list((await connection.execute(old)).scalars())
            if ids:
                word = search_words.c
                said = word.part.startswith(TURN) | word.part.startswith(MESSAGE)
                its_words = word.conversation_id.in_(ids) & said
                await connection.execute(sa.delete(search_words).where(its_words))
                gone = _with_whispers(ids)
                for column in (turn.conversation_id, *_WRITTEN):
                    await connection.execute(sa.delete(column.table).where(column.in_(gone)))
                await _let_go_of_files(connection, ids)
                await _tell(connection, "transcripts", len(ids), before)
        return ids

    async def mails(self, before: int) -> list[tuple[str, str]]:
        """Emails whose bytes are past their time: id and file, at most a batch. They are of
        conversations that were closed before that instant (ms), or were set aside before it."""
        e, c = emails.c, conversations.c
        closed = e.conversation_id.in_(sa.select(c.id).where(_closed_before(before)))
        aside = (e.state == MailState.ASIDE.value) & (e.at < before)
        chosen = sa.select(e.id, e.raw).where(e.raw.is_not(None), closed | aside).limit(BATCH)
        async with self._database.read() as connection:
            return [(row[0], row[1]) for row in await connection.execute(chosen)]

    async def forget_mails(self, ids: Sequence[str]) -> None:
        """Note that their bytes are gone; of a mail that was set aside nothing else is left."""
        e = emails.c
        async with self._database.write() as connection:
            theirs = e.id.in_(ids)
            aside = e.state == MailState.ASIDE.value
            await connection.execute(sa.delete(emails).where(theirs, aside))
            await connection.execute(emails.update().where(theirs).values(raw=None))

    async def with_messages(
        self, before: int, after: int, skill: str | None = None, others: Sequence[str] = ()
    ) -> list[tuple[str, int]]:
        """Conversations that began with a left message and were closed from `after` on and before
        `before`, oldest first, with when they were closed: at most a batch; of this skill (an
        id), or of none of the `others`."""
        c = conversations.c
        theirs = _closed_before(before) & (c.closed_at >= after) & c.callback.is_not(None)
        if skill is not None:
            theirs &= requires(c.skills, skill)
        for other in others:
            theirs &= ~requires(c.skills, other)
        chosen = sa.select(c.id, c.closed_at).where(theirs).order_by(c.closed_at).limit(BATCH)
        async with self._database.read() as connection:
            return [(row[0], row[1]) for row in await connection.execute(chosen)]

    async def tell_recordings(self, count: int, before: int) -> None:
        """Note that so many recordings were taken away."""
        async with self._database.write() as connection:
            await _tell(connection, "recordings", count, before)


def _with_whispers(ids: Sequence[str]) -> list[str]:
    return [*ids, *map(desk_room, ids)]


async def _let_go_of_files(connection: AsyncConnection, ids: Sequence[str]) -> None:
    """From now on nobody has sent them, and what nobody has sent is removed with its bytes."""
    theirs = attachments.c.conversation_id.in_(ids)
    nobodys = {"conversation_id": None, "message_seq": None}
    await connection.execute(attachments.update().where(theirs).values(nobodys))


def _closed_before(instant: int) -> sa.ColumnElement[bool]:
    c = conversations.c
    return (c.state == "closed") & (c.closed_at < instant)


async def _tell(connection: AsyncConnection, what: str, count: int, before: int) -> None:
    row = {
        "id": new_id(),
        "at": now_ms(),
        "who_id": WHO[0],
        "who_name": WHO[1],
        "act": f"retention.{what}",
        "target_id": None,
        "target_name": None,
        "before": None,
        "after": {"removed": count, "closed_before": before},
    }
    await connection.execute(audit.insert().values(row))
