"""Replies that agents send with a few keys, as administrators keep them."""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from app.records.columns import fold, storable
from app.records.database import Database
from app.records.errors import Duplicate, NotFound
from app.records.identity import new_id
from app.records.message_schema import canned_replies

c = canned_replies.c


@dataclass(frozen=True, slots=True)
class CannedReply:
    """One reply. `skills`: ids; it is for conversations that ask for one of them, without any for
    all."""

    id: str
    name: str
    text: str
    skills: tuple[str, ...] = ()


class CannedReplies:
    """Names are unique whatever their case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[CannedReply]:
        """Every reply, by name."""
        async with self._database.read() as connection:
            rows = await connection.execute(sa.select(canned_replies).order_by(c.name_key))
            return [_reply(row) for row in rows]

    async def get(self, id: str) -> CannedReply:
        """One. Raises NotFound."""
        async with self._database.read() as connection:
            chosen = sa.select(canned_replies).where(c.id == storable(id))
            row = (await connection.execute(chosen)).first()
            if row is None:
                raise NotFound("canned reply", id)
            return _reply(row)

    async def add(self, reply: CannedReply) -> CannedReply:
        """Add one, under a new id. Raises Duplicate."""
        made = replace(reply, id=new_id())
        await self._run(canned_replies.insert().values(id=made.id, **_row(made)), made)
        return made

    async def change(self, reply: CannedReply) -> None:
        """Replace one by its id. Raises NotFound, Duplicate."""
        change = canned_replies.update().where(c.id == storable(reply.id)).values(_row(reply))
        if await self._run(change, reply) == 0:
            raise NotFound("canned reply", reply.id)

    async def remove(self, id: str) -> None:
        """Take one away. Raises NotFound."""
        async with self._database.write() as connection:
            gone = await connection.execute(canned_replies.delete().where(c.id == storable(id)))
            if gone.rowcount == 0:
                raise NotFound("canned reply", id)

    async def _run(self, statement: sa.Executable, reply: CannedReply) -> int:
        try:
            async with self._database.write() as connection:
                return int((await connection.execute(statement)).rowcount)
        except sa.exc.IntegrityError:
            raise Duplicate("canned reply", reply.name) from None


def _row(reply: CannedReply) -> dict[str, Any]:
    name = {"name": reply.name, "name_key": fold(reply.name)}
    return {**name, "text": reply.text, "skills": list(reply.skills)}


def _reply(row: sa.Row[Any]) -> CannedReply:
    return CannedReply(row.id, row.name, row.text, tuple(row.skills))
