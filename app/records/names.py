"""Short lists of names that admins keep: dispositions and break reasons."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.records.columns import fold
from app.records.database import Database
from app.records.errors import Duplicate, NotFound
from app.records.identity import new_id


@dataclass(frozen=True, slots=True)
class Name:
    """One entry of a list."""

    id: str
    name: str


class Names:
    """A list whose entries are unique whatever their case.

    The archive keeps the words that were chosen, so an entry may go at any time.
    """

    def __init__(self, database: Database, table: sa.Table, kind: str) -> None:
        self._database = database
        self._table = table
        self._kind = kind

    async def all(self) -> list[Name]:
        """Every entry, by name."""
        table = self._table
        async with self._database.read() as connection:
            chosen = sa.select(table.c.id, table.c.name).order_by(table.c.name_key)
            return [Name(*row) for row in await connection.execute(chosen)]

    async def add(self, name: str) -> Name:
        """Add an entry. Raises Duplicate."""
        entry = Name(new_id(), name.strip())
        row = {"id": entry.id, "name": entry.name, "name_key": fold(name)}
        await self._change(self._table.insert().values(row), name, entry.id)
        return entry

    async def rename(self, id: str, name: str) -> Name:
        """Give an entry another name. Raises NotFound, Duplicate."""
        values = {"name": name.strip(), "name_key": fold(name)}
        await self._change(self._mine(self._table.update(), id).values(values), name, id)
        return Name(id, name.strip())

    async def remove(self, id: str) -> None:
        """Remove an entry. Raises NotFound."""
        await self._change(self._table.delete().where(self._table.c.id == id), "", id)

    def _mine(self, update: sa.Update, id: str) -> sa.Update:
        return update.where(self._table.c.id == id)

    async def _change(self, statement: sa.Executable, name: str, id: str) -> None:
        async with self._database.write() as connection:
            try:
                changed = (await connection.execute(statement)).rowcount
            except sa.exc.IntegrityError:
                raise Duplicate(self._kind, name) from None
            if changed == 0:
                raise NotFound(self._kind, id)
