"""Which files of written conversations there are; the bytes stand in files of their own."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.domain.attachment import KeptFile
from app.records.columns import storable
from app.records.database import Database
from app.records.message_schema import attachments

a = attachments.c
_UNSENT = a.message_seq.is_(None)


class Attachments:
    """Files by id; see also `Messages.commit`, which notes what was sent with a message."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, kept: KeptFile) -> None:
        """A file that is on the disk."""
        row = {name: getattr(kept, name) for name in kept.__dataclass_fields__}
        async with self._database.write() as connection:
            await connection.execute(attachments.insert(), [row])

    async def get(self, id: str) -> KeptFile | None:
        """One file."""
        found = await self._where(a.id == storable(id))
        return found[0] if found else None

    async def some(self, ids: Sequence[str]) -> list[KeptFile]:
        """Those of these that there are."""
        return await self._where(a.id.in_(list(map(storable, ids)))) if ids else []

    async def of(self, conversation_ids: Sequence[str]) -> list[KeptFile]:
        """All of these conversations."""
        return await self._where(a.conversation_id.in_(conversation_ids))

    async def unsent(self, uploader: str) -> int:
        """How many files somebody has here without having sent them."""
        counted = sa.select(sa.func.count()).where(a.uploader == storable(uploader), _UNSENT)
        async with self._database.read() as connection:
            return int((await connection.execute(counted)).scalar_one())

    async def forgotten(self, before: int, limit: int) -> list[KeptFile]:
        """Files from before that instant (ms) that were never sent, oldest first."""
        return await self._where(_UNSENT & (a.created_at < before), limit)

    async def remove(self, id: str, unsent: bool = False) -> bool:
        """Forget a file; with `unsent` only if it was not sent meanwhile. False: it stays, or was
        not there."""
        which = (a.id == id) & _UNSENT if unsent else a.id == id
        async with self._database.write() as connection:
            return (await connection.execute(attachments.delete().where(which))).rowcount > 0

    async def _where(
        self, condition: sa.ColumnElement[bool], limit: int | None = None
    ) -> list[KeptFile]:
        chosen = sa.select(attachments).where(condition).order_by(a.created_at, a.id).limit(limit)
        async with self._database.read() as connection:
            return [_kept(row) for row in await connection.execute(chosen)]


def _kept(row: sa.Row[Any]) -> KeptFile:
    return KeptFile(**row._mapping)
