"""One SQL database, SQLite or PostgreSQL, with one way to read and one way to write.

SQLite runs in WAL mode with `synchronous=FULL`: every commit is on the disk before it returns,
so a power cut loses nothing that was committed. (With NORMAL it could lose the last commits; the
live queue drops a closed conversation once the archive has it, so such a loss would be for good.)
SQLite has one writer at a time: writers of this process queue on a lock, those of another wait
for BEGIN IMMEDIATE up to `BUSY_SECONDS`. Readers never wait for writers, on either database.
Both drivers work outside the event loop's thread or on a socket, so a slow disk delays
only the task that asked.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.records.columns import to_json
from app.records.errors import UnsupportedDatabase
from app.records.sqlite_driver import open_connection

BUSY_SECONDS = 15
POSTGRES_SECONDS = 30
_WRITES = "ringdesk_writes"


def normalise(url: str) -> sa.URL:
    """The URL with its asyncio driver named. Raises UnsupportedDatabase."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise UnsupportedDatabase("this is not a database URL") from None
    if parsed.drivername in {"postgres", "postgresql", "postgresql+asyncpg"}:
        return parsed.set(drivername="postgresql+asyncpg")
    if parsed.drivername not in {"sqlite", "sqlite+aiosqlite"}:
        raise UnsupportedDatabase(f"{parsed.drivername}: use sqlite or postgresql")
    if parsed.database in {None, "", ":memory:"}:
        raise UnsupportedDatabase("SQLite needs a file: several connections read while one writes")
    return parsed.set(drivername="sqlite+aiosqlite")


def make_engine(url: str, connections: int = 5) -> AsyncEngine:
    """An engine with our settings; nothing is connected yet. Raises UnsupportedDatabase."""
    parsed = normalise(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, connections)
    return create_async_engine(
        parsed,
        json_serializer=to_json,
        hide_parameters=True,  # errors are logged, and the values are people's own
        pool_size=connections,
        max_overflow=connections,
        pool_pre_ping=True,  # a restarted server costs one round trip, not one failed request
        connect_args={"timeout": 10, "command_timeout": POSTGRES_SECONDS},
    )


def _sqlite_engine(url: sa.URL, connections: int) -> AsyncEngine:
    file = Path(str(url.database)).absolute()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)  # it holds SIP passwords; SQLite's side files take its mode
    engine = create_async_engine(
        url,
        json_serializer=to_json,
        hide_parameters=True,  # errors are logged, and the values are people's own
        pool_size=connections,
        max_overflow=0,
        connect_args={"timeout": BUSY_SECONDS, "async_creator_fn": open_connection},
    )
    sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    sa.event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # Python 3.11's sqlite3 begins transactions at its own times; None leaves it to _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later could fail with SQLITE_BUSY at once,
    # whatever the time-out: writers take their lock at the beginning.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """Connections to one database; made by `Records.open`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()

    @property
    def is_sqlite(self) -> bool:
        """Whether the dialect is SQLite (else PostgreSQL)."""
        return self._engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent look at the database on SQLite; read committed on PostgreSQL."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        if not self.is_sqlite:
            async with self._engine.begin() as connection:
                yield connection
            return
        async with self._turn, self._engine.connect() as connection:
            await connection.execution_options(**{_WRITES: True})
            async with connection.begin():
                yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def one(row: sa.Row[Any] | None) -> dict[str, Any] | None:
    """A row as a dict, or None."""
    return None if row is None else dict(row._mapping)
