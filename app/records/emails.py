"""Emails, in and out: each is stored once, before anybody is told that it is."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from app.domain.mail import Direction, Email, MailState
from app.records.audit import place_of
from app.records.columns import fold, storable
from app.records.database import Database
from app.records.mail_schema import emails
from app.records.upsert import insert_new

e = emails.c
_COLUMNS = [column for column in emails.c if column.name != "sender_key"]


class Emails:
    """The store of email; the text that is shown in a conversation is its message's."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = insert_new(emails, database.is_sqlite)

    async def add(self, email: Email) -> Email:
        """Store one; one that is the same as before comes back as it was stored."""
        async with self._database.write() as connection:
            await connection.execute(self._insert, [email_row(email)])
            chosen = sa.select(*_COLUMNS).where(
                e.mailbox_id == storable(email.mailbox_id),
                e.direction == email.direction.value,
                e.same == storable(email.same),
            )
            return _email((await connection.execute(chosen)).one())

    async def get(self, id: str) -> Email | None:
        """One."""
        found = await self._all(e.id == storable(id))
        return found[0] if found else None

    async def of(self, conversation_id: str) -> list[Email]:
        """All of a conversation, in their order; one that is being put there is not in it yet."""
        theirs = e.conversation_id == storable(conversation_id)
        return await self._all(theirs & e.seq.is_not(None))

    async def of_message(self, conversation_id: str, seq: int) -> Email | None:
        """The email that is this message."""
        theirs = (e.conversation_id == storable(conversation_id)) & (e.seq == seq)
        found = await self._all(theirs)
        return found[0] if found else None

    async def in_state(
        self, state: MailState, direction: Direction, limit: int = 100
    ) -> list[Email]:
        """Some in this state, oldest first."""
        return await self._all((e.state == state.value) & (e.direction == direction.value), limit)

    async def aside(self, limit: int, cursor: str | None = None) -> tuple[list[Email], str | None]:
        """What was set aside, newest first, before the cursor; the cursor of what comes after.

        Raises ValueError for a cursor that no page gave.
        """
        lies = e.state == MailState.ASIDE.value
        if cursor is not None:
            place = sa.tuple_(*map(sa.literal, place_of(cursor)))
            lies &= sa.tuple_(e.at, e.id) < place
        chosen = sa.select(*_COLUMNS).where(lies).order_by(e.at.desc(), e.id.desc())
        async with self._database.read() as connection:
            rows = [_email(row) for row in await connection.execute(chosen.limit(limit + 1))]
        last = rows[limit - 1] if len(rows) > limit else None
        return rows[:limit], f"{last.at}-{last.id}" if last else None

    async def due(self, now: int, limit: int = 100) -> list[Email]:
        """What is to be sent by this instant, in the order in which it fell due."""
        queued = (e.state == MailState.QUEUED.value) & (e.next_at <= now)
        async with self._database.read() as connection:
            chosen = sa.select(*_COLUMNS).where(queued).order_by(e.next_at, e.id).limit(limit)
            return [_email(row) for row in await connection.execute(chosen)]

    async def known_as(self, message_ids: Sequence[str], mailbox_id: str | None) -> list[Email]:
        """Emails with one of these Message-IDs, oldest first; of one mailbox where one is given."""
        ids = [storable(one) for one in message_ids]
        theirs: list[sa.ColumnElement[bool]] = [e.message_id.in_(ids)]
        if mailbox_id is not None:
            theirs.append(e.mailbox_id == storable(mailbox_id))
        return await self._all(sa.and_(*theirs)) if ids else []

    async def came_from(self, address: str, since: int, subject: str | None = None) -> int:
        """How many came in from this address since that instant; about one subject, if given."""
        theirs = (e.sender_key == fold(address)) & (e.at >= since)
        theirs &= e.direction == Direction.IN.value
        if subject is not None:
            theirs &= e.subject == storable(subject)
        async with self._database.read() as connection:
            chosen = sa.select(sa.func.count()).select_from(emails).where(theirs)
            return int((await connection.execute(chosen)).scalar_one())

    async def change(self, id: str, only_in: MailState | None = None, **values: Any) -> bool:
        """Set columns of one, by name; only while it is in that state, where one is given. Whether
        it was changed."""
        theirs = e.id == storable(id)
        if only_in is not None:
            theirs &= e.state == only_in.value
        async with self._database.write() as connection:
            change = emails.update().where(theirs).values(msgspec.to_builtins(values))
            return bool((await connection.execute(change)).rowcount)

    async def claim(self, id: str, next_at_seen: int, next_at: int) -> bool:
        """Put off what is to be sent, for one process alone: whether it is this one's now."""
        async with self._database.write() as connection:
            seen = (e.id == storable(id)) & (e.next_at == next_at_seen)
            queued = seen & (e.state == MailState.QUEUED.value)
            change = emails.update().where(queued).values(next_at=next_at)
            return bool((await connection.execute(change)).rowcount)

    async def place(self, id: str, conversation_id: str) -> str:
        """Say to which conversation one belongs; what was said first stands, and is told."""
        async with self._database.write() as connection:
            free = (e.id == storable(id)) & e.conversation_id.is_(None)
            change = emails.update().where(free).values(conversation_id=conversation_id)
            await connection.execute(change)
            chosen = sa.select(e.conversation_id).where(e.id == storable(id))
            return str((await connection.execute(chosen)).scalar_one())

    async def _all(self, which: sa.ColumnElement[bool], limit: int | None = None) -> list[Email]:
        async with self._database.read() as connection:
            chosen = sa.select(*_COLUMNS).where(which).order_by(e.at, e.id).limit(limit)
            return [_email(row) for row in await connection.execute(chosen)]


def email_row(
    email: Email, conversation_id: str | None = None, seq: int | None = None
) -> dict[str, Any]:
    """Its row; with its place where that is known by now."""
    row = {**msgspec.to_builtins(email), "sender_key": fold(email.sender.address)}
    return (
        row if conversation_id is None else row | {"conversation_id": conversation_id, "seq": seq}
    )


def _email(row: sa.Row[Any]) -> Email:
    # SQLAlchemy's names are of a class of their own, which msgspec takes for no text
    return msgspec.convert({str(name): value for name, value in row._mapping.items()}, Email)
