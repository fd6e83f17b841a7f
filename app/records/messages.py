"""Written messages: numbered within their conversation, each once by its author's own id."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.message import (
    Attachment,
    Author,
    Message,
    NewMessage,
    ReadMark,
    Side,
    Stored,
)
from app.records.columns import storable
from app.records.database import Database
from app.records.emails import email_row
from app.records.mail_schema import emails
from app.records.message_schema import attachments, message_outbox, message_reads, messages
from app.records.search_index import WordsStatement, message_words
from app.records.upsert import insert_new, upsert

PAGE = 500
"""Messages of one answer at the most."""

Place = tuple[str, int]
Key = tuple[str, str, str, str]
"""Conversation, author, author's id, client id."""

c = messages.c
_ORDER = (c.conversation_id, c.seq)
# Made once: building a statement costs as much as running it.
_KNOWN = sa.select(messages).where(
    c.conversation_id.in_(sa.bindparam("talks", expanding=True)),
    c.client_id.in_(sa.bindparam("ids", expanding=True)),
)
_LAST = (
    sa.select(c.conversation_id, sa.func.max(c.seq))
    .where(c.conversation_id.in_(sa.bindparam("talks", expanding=True)))
    .group_by(c.conversation_id)
)
_ADD = messages.insert()
_AFTER = (
    sa.select(messages)
    .where(c.conversation_id == sa.bindparam("talk"), c.seq > sa.bindparam("after"))
    .order_by(c.seq)
    .limit(sa.bindparam("most"))
)
_FORGET = message_outbox.delete().where(
    message_outbox.c.conversation_id == sa.bindparam("of"),
    message_outbox.c.seq == sa.bindparam("number"),
)
_SENT = (
    attachments.update()
    .where(
        attachments.c.id == sa.bindparam("file"),
        attachments.c.message_seq.is_(None),
    )
    .values(conversation_id=sa.bindparam("of"), message_seq=sa.bindparam("number"))
)


class Messages:
    """The store under the message path; see `commit`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        insert = upsert(message_reads, database.is_sqlite)
        newer = insert.excluded.seq > message_reads.c.seq  # type: ignore[attr-defined]
        self._mark_read = upsert(
            message_reads,
            database.is_sqlite,
            {"seq": sa.case((newer, insert.excluded.seq), else_=message_reads.c.seq)},  # type: ignore[attr-defined]
        )
        self._untold = insert_new(message_outbox, database.is_sqlite)
        self._words = WordsStatement(database.is_sqlite)
        self._mail = upsert(emails, database.is_sqlite)

    async def commit(
        self, new: Sequence[NewMessage], told: Sequence[Place], read: Sequence[ReadMark]
    ) -> list[Stored]:
        """Store messages in this order, forget which are announced, note how far was read.

        All of it or nothing; raises what the driver raises. A message that is stored already
        comes back as it was stored.
        """
        async with self._database.write() as connection:
            stored = await self._add(connection, new) if new else []
            if told:
                places = [{"of": storable(of), "number": number} for of, number in told]
                await connection.execute(_FORGET, places)
            if read:
                await connection.execute(self._mark_read, [_read_row(mark) for mark in read])
            return stored

    async def after(self, conversation_id: str, seq: int, limit: int = PAGE) -> list[Message]:
        """The messages of one conversation after this one, in order."""
        asked = {"talk": storable(conversation_id), "after": seq, "most": limit}
        async with self._database.read() as connection:
            rows = await connection.execute(_AFTER, asked)
            return [_message(row) for row in rows]

    async def all(self, conversation_id: str) -> list[Message]:
        """Every message of one conversation, in order."""
        found: list[Message] = []
        while page := await self.after(conversation_id, found[-1].seq if found else 0):
            found += page
        return found

    async def find(
        self, conversation_id: str, author: Author, author_id: str, client_id: str
    ) -> Message | None:
        """The message that its author knows by this id."""
        chosen = sa.select(messages).where(
            c.conversation_id == storable(conversation_id),
            c.author == author.value,
            c.author_id == storable(author_id),
            c.client_id == storable(client_id),
        )
        async with self._database.read() as connection:
            row = (await connection.execute(chosen)).first()
            return None if row is None else _message(row)

    async def last_said(self, conversation_id: str) -> Message | None:
        """The newest message that somebody wrote; not Ringdesk itself."""
        chosen = sa.select(messages).where(
            c.conversation_id == storable(conversation_id), c.author != Author.SYSTEM.value
        )
        async with self._database.read() as connection:
            row = (await connection.execute(chosen.order_by(c.seq.desc()).limit(1))).first()
            return None if row is None else _message(row)

    async def untold(self, before: int, limit: int = PAGE) -> list[Message]:
        """Messages stored before this instant (ms) that were not announced."""
        o = message_outbox.c
        both = (o.conversation_id == c.conversation_id) & (o.seq == c.seq)
        chosen = sa.select(messages).join(message_outbox, both).where(c.at < before)
        async with self._database.read() as connection:
            rows = await connection.execute(chosen.order_by(*_ORDER).limit(limit))
            return [_message(row) for row in rows]

    async def reads(self, conversation_id: str) -> dict[Side, int]:
        """How far each side has read."""
        r = message_reads.c
        chosen = sa.select(r.side, r.seq).where(r.conversation_id == storable(conversation_id))
        async with self._database.read() as connection:
            return {Side(side): seq for side, seq in await connection.execute(chosen)}

    async def _add(self, connection: AsyncConnection, new: Sequence[NewMessage]) -> list[Stored]:
        talks = sorted({storable(one.conversation_id) for one in new})
        if not self._database.is_sqlite:  # SQLite's writers are alone already
            for talk in talks:
                number = sa.func.hashtextextended(talk, 0)
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))
        known = await _known(connection, talks, new)
        last = await _last(connection, talks)
        found: list[Stored] = []
        fresh: list[Message] = []
        mails: list[dict[str, Any]] = []
        for one in new:
            before = known.get(_key(one))
            if before is None:
                talk = storable(one.conversation_id)
                last[talk] = last.get(talk, 0) + 1
                before = known[_key(one)] = _numbered(one, last[talk])
                fresh.append(before)
                if one.mail is not None:
                    mails.append(email_row(one.mail, talk, before.seq))
                found.append(Stored(before, True))
            else:
                found.append(Stored(before, False))
        subjects = {(mail["conversation_id"], mail["seq"]): mail["subject"] for mail in mails}
        await self._insert(connection, fresh, subjects)
        if mails:
            await connection.execute(self._mail, mails)
        return found

    async def _insert(
        self, connection: AsyncConnection, fresh: list[Message], subjects: Mapping[Place, str]
    ) -> None:
        if not fresh:
            return
        await connection.execute(_ADD, [_row(one) for one in fresh])
        places = [{"conversation_id": m.conversation_id, "seq": m.seq} for m in fresh]
        await connection.execute(self._untold, places)
        await self._words.add(connection, message_words(fresh, subjects))
        sent = [_sent_row(one, file) for one in fresh for file in one.attachments]
        if sent:
            await connection.execute(_SENT, sent)


async def _known(
    connection: AsyncConnection, talks: list[str], new: Iterable[NewMessage]
) -> dict[Key, Message]:
    asked = {"talks": talks, "ids": sorted({storable(one.client_id) for one in new})}
    rows = [_message(row) for row in await connection.execute(_KNOWN, asked)]
    return {(m.conversation_id, m.author, m.author_id, m.client_id): m for m in rows}


async def _last(connection: AsyncConnection, talks: list[str]) -> dict[str, int]:
    rows = await connection.execute(_LAST, {"talks": talks})
    return {talk: seq for talk, seq in rows}


def _key(one: NewMessage) -> Key:
    return (
        storable(one.conversation_id),
        one.author,
        storable(one.author_id),
        storable(one.client_id),
    )


def _numbered(one: NewMessage, seq: int) -> Message:
    """As it will be read again."""
    return Message(
        conversation_id=storable(one.conversation_id),
        seq=seq,
        author=one.author,
        author_id=storable(one.author_id),
        client_id=storable(one.client_id),
        text=storable(one.text),
        at=one.at,
        attachments=one.attachments,
    )


def _row(one: Message) -> dict[str, Any]:
    return {
        "conversation_id": one.conversation_id,
        "seq": one.seq,
        "author": one.author.value,
        "author_id": one.author_id,
        "client_id": one.client_id,
        "text": one.text,
        "at": one.at,
        "attachments": [
            {"id": a.id, "name": a.name, "type": a.type, "size": a.size} for a in one.attachments
        ],
    }


def _sent_row(one: Message, file: Attachment) -> dict[str, Any]:
    return {"file": file.id, "of": one.conversation_id, "number": one.seq}


def _message(row: sa.Row[Any]) -> Message:
    return Message(
        conversation_id=row.conversation_id,
        seq=row.seq,
        author=Author(row.author),
        author_id=row.author_id,
        client_id=row.client_id,
        text=row.text,
        at=row.at,
        attachments=tuple(Attachment(**kept) for kept in row.attachments),
    )


def _read_row(mark: ReadMark) -> dict[str, Any]:
    return {
        "conversation_id": storable(mark.conversation_id),
        "side": mark.side.value,
        "seq": mark.seq,
    }
