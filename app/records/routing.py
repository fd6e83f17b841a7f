"""Calendars and routing rules as administrators keep them: definitions as JSON, by id."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.calendar import Calendar
from app.domain.routing_rules import RoutingRule
from app.records.columns import fold
from app.records.database import Database
from app.records.errors import Duplicate, InUse, NotFound
from app.records.identity import new_id
from app.records.schema import calendars, routing_rules

T = TypeVar("T", Calendar, RoutingRule)


@dataclass(frozen=True, slots=True)
class _Kind(Generic[T]):
    table: sa.Table
    name: str
    read: Callable[[Any], T]


class Definitions(Generic[T]):
    """A list in an order; names are unique whatever their case. Places count from 0."""

    def __init__(self, database: Database, kind: _Kind[T]) -> None:
        self._database = database
        self._kind: _Kind[T] = kind
        self._table = kind.table

    async def all(self) -> list[T]:
        """Every one, in order."""
        async with self._database.read() as connection:
            return await self._load(connection)

    async def add(self, item: T, place: int | None = None) -> T:
        """Add one; last when no place is given. Raises Duplicate."""
        made = replace(item, id=new_id())
        async with self._database.write() as connection:
            items = await self._load(connection, lock=True)
            items.insert(len(items) if place is None else place, made)
            row = {"id": made.id, "position": 0, **_values(made)}
            await self._run(connection, self._table.insert().values(row), made.name)
            await self._number(connection, items)
        return made

    async def change(self, item: T, place: int | None = None) -> T:
        """Replace one by its id, and move it where a place is given. Raises NotFound, Duplicate."""
        async with self._database.write() as connection:
            items = await self._load(connection, lock=True)
            at = next((n for n, known in enumerate(items) if known.id == item.id), None)
            if at is None:
                raise NotFound(self._kind.name, item.id)
            del items[at]
            items.insert(at if place is None else place, item)
            change = self._table.update().where(self._table.c.id == item.id)
            await self._run(connection, change.values(_values(item)), item.name)
            await self._number(connection, items)
        return item

    async def remove(self, id: str) -> None:
        """Remove one. Raises NotFound."""
        async with self._database.write() as connection:
            gone = await connection.execute(self._table.delete().where(self._table.c.id == id))
            if gone.rowcount == 0:
                raise NotFound(self._kind.name, id)
            await self._number(connection, await self._load(connection))

    async def _load(self, connection: AsyncConnection, lock: bool = False) -> list[T]:
        chosen = sa.select(self._table).order_by(self._table.c.position, self._table.c.id)
        rows = await connection.execute(chosen.with_for_update() if lock else chosen)
        return [self._kind.read({**row.definition, "id": row.id}) for row in rows]

    async def _number(self, connection: AsyncConnection, items: list[T]) -> None:
        for position, item in enumerate(items):
            change = self._table.update().where(self._table.c.id == item.id)
            await connection.execute(change.values(position=position))

    async def _run(self, connection: AsyncConnection, statement: sa.Executable, name: str) -> None:
        try:
            await connection.execute(statement)
        except sa.exc.IntegrityError:
            raise Duplicate(self._kind.name, name) from None


class Calendars(Definitions[Calendar]):
    """Opening hours."""

    def __init__(self, database: Database) -> None:
        super().__init__(
            database, _Kind(calendars, "calendar", lambda raw: msgspec.convert(raw, Calendar))
        )


class RoutingRules(Definitions[RoutingRule]):
    """Routing rules, in the order in which they are looked at."""

    def __init__(self, database: Database) -> None:
        super().__init__(
            database,
            _Kind(routing_rules, "routing rule", lambda raw: msgspec.convert(raw, RoutingRule)),
        )

    async def need(self, calendar_id: str) -> None:
        """Whether a calendar may go. Raises InUse with the names of the rules that ask it."""
        users = [r.name for r in await self.all() if r.conditions.calendar == calendar_id]
        if users:
            raise InUse("calendar", calendar_id, users)


def _values(item: Calendar | RoutingRule) -> dict[str, Any]:
    definition = msgspec.to_builtins(item)
    return {"name": item.name, "name_key": fold(item.name), "definition": definition}
