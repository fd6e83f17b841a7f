"""Mailboxes: addresses of ours, with the servers that their mail comes from and goes out by."""

from typing import Any

import msgspec
import sqlalchemy as sa

from app.domain.mail import Mailbox
from app.records.columns import fold, storable
from app.records.database import Database
from app.records.errors import Duplicate, NotFound
from app.records.mail_schema import mailboxes

m = mailboxes.c


class Mailboxes:
    """Names and addresses are unique whatever their case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Mailbox]:
        """Every mailbox, by name."""
        async with self._database.read() as connection:
            rows = await connection.execute(sa.select(mailboxes).order_by(m.name_key))
            return [_mailbox(row) for row in rows]

    async def get(self, id: str) -> Mailbox | None:
        """One."""
        return await self._one(m.id == storable(id))

    async def of_address(self, address: str) -> Mailbox | None:
        """The one with this address."""
        return await self._one(m.address_key == fold(address))

    async def add(self, mailbox: Mailbox) -> None:
        """Add one. Raises Duplicate."""
        await self._run(mailboxes.insert().values(id=mailbox.id, **_row(mailbox)), mailbox)

    async def change(self, mailbox: Mailbox) -> None:
        """Replace one by its id, but for how far it was read. Raises NotFound, Duplicate."""
        change = mailboxes.update().where(m.id == storable(mailbox.id)).values(_row(mailbox))
        if await self._run(change, mailbox) == 0:
            raise NotFound("mailbox", mailbox.id)

    async def read_up_to(self, id: str, uid_validity: int, uid_seen: int) -> None:
        """Everything up to this UID is stored."""
        async with self._database.write() as connection:
            change = mailboxes.update().where(m.id == storable(id))
            await connection.execute(change.values(uid_validity=uid_validity, uid_seen=uid_seen))

    async def remove(self, id: str) -> None:
        """Take one away; its emails stay. Raises NotFound."""
        async with self._database.write() as connection:
            gone = await connection.execute(mailboxes.delete().where(m.id == storable(id)))
            if gone.rowcount == 0:
                raise NotFound("mailbox", id)

    async def _one(self, which: sa.ColumnElement[bool]) -> Mailbox | None:
        async with self._database.read() as connection:
            row = (await connection.execute(sa.select(mailboxes).where(which))).first()
            return None if row is None else _mailbox(row)

    async def _run(self, statement: sa.Executable, mailbox: Mailbox) -> int:
        try:
            async with self._database.write() as connection:
                return int((await connection.execute(statement)).rowcount)
        except sa.exc.IntegrityError:
            what = f"{mailbox.name} <{mailbox.address}>"
            raise Duplicate("mailbox", what) from None


def _row(mailbox: Mailbox) -> dict[str, Any]:
    given: dict[str, Any] = msgspec.to_builtins(mailbox)
    for kept in ("id", "uid_validity", "uid_seen"):
        del given[kept]
    return {**given, "name_key": fold(mailbox.name), "address_key": fold(mailbox.address)}


def _mailbox(row: sa.Row[Any]) -> Mailbox:
    given = {str(name): value for name, value in row._mapping.items()}
    del given["name_key"], given["address_key"]
    return msgspec.convert(given, Mailbox)
