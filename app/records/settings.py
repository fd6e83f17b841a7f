"""Settings that admins change while the service runs: JSON values with a row version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.records.columns import storable
from app.records.database import Database
from app.records.schema import settings
from app.records.upsert import insert_new, upsert


@dataclass(frozen=True, slots=True)
class Setting:
    """One stored setting."""

    key: str
    value: Any
    version: int
    """Counts its changes; the live queue's copy is newer or older by it."""


class SettingsTable:
    """The stored settings; a key that was never set has no row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, Setting]:
        """Every setting that was set, by key."""
        async with self._database.read() as connection:
            rows = await connection.execute(sa.select(settings))
            return {row.key: Setting(*row) for row in rows}

    async def get(self, key: str) -> Setting | None:
        """One setting, or None."""
        async with self._database.read() as connection:
            row = (await connection.execute(sa.select(settings).where(_is(key)))).first()
            return None if row is None else Setting(*row)

    async def once(self, key: str, value: Any) -> Any:
        """Set a value where there is none yet; the value that stands."""
        row = {"key": storable(key), "value": value, "version": 1}
        async with self._database.write() as connection:
            await connection.execute(insert_new(settings, self._database.is_sqlite), [row])
            chosen = sa.select(settings.c.value).where(_is(key))
            return (await connection.execute(chosen)).scalar_one()

    async def put(self, key: str, value: Any) -> Setting:
        """Set a value; the version grows by one."""
        return (await self.put_all({key: value}))[storable(key)]

    async def put_all(self, values: Mapping[str, Any]) -> dict[str, Setting]:
        """Set several values in one transaction; the version of each grows by one."""
        rows = [
            {"key": storable(key), "value": value, "version": 1} for key, value in values.items()
        ]
        grown = {"version": settings.c.version + 1}
        keys = [row["key"] for row in rows]
        async with self._database.write() as connection:
            for row in rows:
                await connection.execute(upsert(settings, self._database.is_sqlite, grown), [row])
            chosen = sa.select(settings).where(settings.c.key.in_(keys))
            return {row.key: Setting(*row) for row in await connection.execute(chosen)}


def _is(key: str) -> sa.ColumnElement[bool]:
    return settings.c.key == storable(key)
