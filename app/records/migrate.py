"""Brings a database to the newest schema; safe when two processes start at once.

The migrations run in one transaction behind a lock, so the second process waits and then finds
nothing to do, and a kill in the middle leaves the old schema. Alembic's `op` is a global of the
process: hence a thread of its own and one lock round it all.
"""

import asyncio
import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.records.database import Database, make_engine
from app.records.errors import UnsupportedDatabase
from app.records.schema import WORDS_INDEX, metadata

_ADVISORY_LOCK = 0x52494E47  # "RING"; any number that no other program takes on this database
_one_at_a_time = threading.Lock()


async def migrate(url: str, to: str = "head") -> None:
    """Upgrade the database at `url`; does nothing when it is there already."""
    await asyncio.to_thread(_in_thread, url, to)


def _in_thread(url: str, to: str) -> None:
    with _one_at_a_time:
        asyncio.run(_upgrade(make_engine(url, connections=1), to))


async def _upgrade(engine: AsyncEngine, to: str) -> None:
    database = Database(engine)
    try:
        async with database.write() as connection:
            if not database.is_sqlite:  # SQLite's writers already hold the database's one lock
                lock = sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)
                await connection.execute(sa.select(lock))
            await connection.run_sync(_run, to)
    finally:
        await database.close()


def _run(connection: sa.Connection, to: str) -> None:
    script = ScriptDirectory(str(Path(__file__).parent / "migrations"))

    def steps(revision: Any, _: MigrationContext) -> Any:
        return script._upgrade_revs(to, revision)

    context = MigrationContext.configure(
        connection, opts={"fn": steps, "target_metadata": metadata, "transactional_ddl": True}
    )
    with Operations.context(context):
        try:
            context.run_migrations()
        except CommandError as error:  # a revision that this version does not know
            raise UnsupportedDatabase(f"a newer version made this database: {error}") from None


def differences(connection: sa.Connection) -> list[Any]:
    """What a migration from this database to the models would still have to do (for tests)."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - slow, tests only

    context = MigrationContext.configure(
        connection,
        opts={
            "compare_server_default": _compare_default,
            "include_object": _on_sqlite if connection.dialect.name == "sqlite" else None,
        },
    )
    return list(compare_metadata(context, metadata))


def _compare_default(_: Any, __: Any, column: sa.Column[Any], *rest: Any) -> bool | None:
    # None: Alembic compares. PostgreSQL has no equality of JSON, which Alembic would ask it for.
    return False if isinstance(column.type, sa.JSON) else None


def _on_sqlite(_: Any, name: str | None, kind: str, *rest: Any) -> bool:
    # FTS5's tables are SQLite's search index, which the migration alone can tell of; an index of
    # the words' column is PostgreSQL's alone.
    fts5 = kind == "table" and (name or "").startswith("search_index")
    return not fts5 and not (kind == "index" and name == WORDS_INDEX)
