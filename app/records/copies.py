"""A copy of the whole database while it is in use, and a database made of one."""

import asyncio
import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from app.records.errors import UnsupportedDatabase

SQLITE, POSTGRESQL = "ringdesk.db", "ringdesk.pgdump"
"""What the copy of either is called."""


class CannotCopy(Exception):
    """Why a copy cannot be made or taken."""


def name_of(url: str) -> str:
    """What a copy of this database is called. Raises UnsupportedDatabase."""
    kind = make_url(url).get_backend_name()
    if kind not in {"sqlite", "postgresql"}:
        raise UnsupportedDatabase(f"{kind} cannot be copied")
    return SQLITE if kind == "sqlite" else POSTGRESQL


async def copy_to(url: str, file: Path) -> None:
    """Copy the database as it is at one instant; writers go on. Raises CannotCopy."""
    parts = make_url(url)
    if name_of(url) == SQLITE:
        await asyncio.to_thread(_copy_sqlite, Path(str(parts.database)), file)
    else:
        await _run(parts, "pg_dump", "--format=custom", "--no-owner", f"--file={file}")


async def make_from(file: Path, url: str) -> None:
    """Make the database of a copy; there must be none, or an empty one. Raises CannotCopy."""
    parts = make_url(url)
    if file.name != name_of(url):
        raise CannotCopy(f"the copy is {file.name}, and RINGDESK_DATABASE_URL is another kind")
    if name_of(url) == SQLITE:
        await asyncio.to_thread(_make_sqlite, file, Path(str(parts.database)))
        return
    told = await _run(parts, "psql", "--tuples-only", "--no-align", "--command", _TABLES)
    if told.strip() != "0":
        raise CannotCopy("there is a database with tables already: it is left alone")
    await _run(
        parts,
        "pg_restore",
        "--no-owner",
        "--single-transaction",
        f"--dbname={parts.database}",
        str(file),
    )


_TABLES = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"


def _copy_sqlite(database: Path, file: Path) -> None:
    """SQLite's online backup (https://sqlite.org/backup.html)."""
    if not database.exists():
        raise CannotCopy(f"there is no database {database}")
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=30)
    with contextlib.closing(source), contextlib.closing(sqlite3.connect(file)) as copy:
        source.backup(copy)


def _make_sqlite(file: Path, database: Path) -> None:
    if database.exists():
        raise CannotCopy(f"there is a database {database} already: it is left alone")
    database.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(file)) as copy:
        found = copy.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise CannotCopy(f"the copy is damaged: {found}")
    made = database.with_name(database.name + ".restored")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        with file.open("rb") as source:
            shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
    made.rename(database)


async def _run(url: URL, program: str, *arguments: str) -> str:
    """One of PostgreSQL's own programs, of the server's version or newer."""
    if shutil.which(program) is None:
        raise CannotCopy(f"{program} is missing: install PostgreSQL's client programs")
    known = {
        "PGHOST": url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environment = {**os.environ, **{k: str(v) for k, v in known.items() if v is not None}}
    running = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, error = await running.communicate()
    if running.returncode != 0:
        raise CannotCopy(f"{program}: {error.decode(errors='replace').strip()[-500:]}")
    return told.decode()
