"""Keys of programs (bots). A key is shown once; the database holds only its hash."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain.agent import Role
from app.records.clock import now_ms
from app.records.database import Database
from app.records.errors import NotFound
from app.records.identity import digest, new_id, new_secret
from app.records.schema import api_keys

PREFIX = "rk_"
"""Lets a leaked key be recognised for what it is."""

_COLUMNS: tuple[sa.Column[Any], ...] = (
    api_keys.c.id,
    api_keys.c.name,
    api_keys.c.role,
    api_keys.c.scopes,
    api_keys.c.created_at,
    api_keys.c.revoked_at,
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program that may call us. Instants in ms since the epoch."""

    id: str
    name: str
    role: Role
    scopes: tuple[str, ...]
    created_at: int
    revoked_at: int | None


class ApiKeys:
    """The keys of programs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[ApiKey]:
        """Every key, revoked ones included, oldest first."""
        async with self._database.read() as connection:
            chosen = sa.select(*_COLUMNS).order_by(api_keys.c.created_at, api_keys.c.id)
            return [_key(row) for row in await connection.execute(chosen)]

    async def add(
        self, name: str, scopes: Iterable[str] = (), key: str | None = None
    ) -> tuple[str, str]:
        """Make a key: its id, and the key itself, which cannot be had again."""
        row = {"id": new_id(), "name": name, "scopes": sorted(set(scopes)), "created_at": now_ms()}
        key = key or PREFIX + new_secret()
        async with self._database.write() as connection:
            await connection.execute(api_keys.insert().values({**row, "key_hash": digest(key)}))
        return str(row["id"]), key

    async def find(self, key: str) -> ApiKey | None:
        """The key's record; None if unknown or revoked."""
        chosen = sa.select(*_COLUMNS).where(
            api_keys.c.key_hash == digest(key), api_keys.c.revoked_at.is_(None)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(chosen)).first()
        return None if row is None else _key(row)

    async def revoke(self, id: str) -> None:
        """End a key for good. Raises NotFound."""
        revoked = sa.func.coalesce(api_keys.c.revoked_at, now_ms())
        async with self._database.write() as connection:
            change = api_keys.update().where(api_keys.c.id == id).values(revoked_at=revoked)
            if (await connection.execute(change)).rowcount == 0:
                raise NotFound("API key", id)


def _key(row: sa.Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
