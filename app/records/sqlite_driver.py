"""aiosqlite as SQLAlchemy uses it, with one turn of the connection's thread for each statement.

As it comes, a read costs eight turns: a cursor, BEGIN, its close, a cursor, the SELECT, its rows,
its close, ROLLBACK. Each is a hand-over to the thread and a wake-up of the event loop, which under
load waits for the interpreter's lock both ways. Here a statement is executed, read to its end and
closed in one turn, which a BEGIN before it shares; where no transaction was begun, nothing is sent
to end it. There are no server-side cursors: every answer is read whole.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite

CHUNK = 64
"""Rows that aiosqlite's own cursors fetch at a time; nobody asks for one here."""


def open_connection(database: str | Path, **given: Any) -> "OneTurnConnection":
    """For `create_async_engine(connect_args={"async_creator_fn": …})`; it connects when awaited."""
    connection = OneTurnConnection(partial(sqlite3.connect, str(database), **given), CHUNK)
    connection._thread.daemon = True  # as SQLAlchemy does with what it makes itself
    return connection


class OneTurnConnection(aiosqlite.Connection):
    """A connection that begins its transactions with their first statement."""

    _begin: str | None = None
    """Waits for the first statement."""
    _open = False
    """A transaction may be under way: the thread was told to begin one."""

    def cursor(self) -> "OneTurnCursor":  # type: ignore[override]
        """A cursor; nothing is asked of the thread yet."""
        return OneTurnCursor(self)

    def begin(self, statement: str) -> None:
        """Begin with the next statement."""
        self._begin = statement

    async def answer(self, work: Callable[[sqlite3.Cursor], object]) -> "Answer":
        """What the work leads to, in one turn. Raises what it raises, or the BEGIN before it."""
        begin, self._begin = self._begin, None
        self._open = self._open or begin is not None  # first: a cancelled wait leaves it open
        found: Answer = await self._execute(_answer, self._conn, begin, work)  # type: ignore[no-untyped-call]
        return found

    async def commit(self) -> None:
        """Commit, if anything was done."""
        self._begin = None
        if self._open:
            await super().commit()
            self._open = False

    async def rollback(self) -> None:
        """Give up what was done, if anything was; the thread's next turn is later in any case, so
        nobody waits for this one."""
        self._begin = None
        if self._open:
            self._tx.put_nowait((None, self._conn.rollback))
            self._open = False


Answer = tuple[Any, int, int | None, list[Any]]
"""Description, row count, last row's id, rows."""


def _answer(
    connection: sqlite3.Connection, begin: str | None, work: Callable[[sqlite3.Cursor], object]
) -> Answer:
    """In the connection's thread."""
    cursor = connection.cursor()
    try:
        if begin is not None:
            cursor.execute(begin)
        work(cursor)
        rows = cursor.fetchall() if cursor.description else []
        return cursor.description, cursor.rowcount, cursor.lastrowid, rows
    finally:
        cursor.close()


class OneTurnCursor:
    """A statement's answer, all of it (SQLAlchemy's AsyncIODBAPICursor)."""

    def __init__(self, connection: OneTurnConnection) -> None:
        self._connection = connection
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "OneTurnCursor":
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> "OneTurnCursor":
        """One statement. Raises sqlite3.Error."""
        if statement.startswith("BEGIN"):
            self._connection.begin(statement)
            return self
        return await self._take(lambda cursor: cursor.execute(statement, parameters))

    async def executemany(
        self, statement: str, parameters: Iterable[Sequence[Any]]
    ) -> "OneTurnCursor":
        """One statement for each. Raises sqlite3.Error."""
        return await self._take(lambda cursor: cursor.executemany(statement, parameters))

    async def fetchone(self) -> Any:
        """The next row, or None."""
        return self._rows.popleft() if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """Some rows."""
        count = min(self.arraysize if size is None else size, len(self._rows))
        return [self._rows.popleft() for _ in range(count)]

    async def fetchall(self) -> list[Any]:
        """All rows that are left."""
        rows, self._rows = list(self._rows), deque()
        return rows

    async def close(self) -> None:
        """The thread has closed it already."""

    async def _take(self, work: Callable[[sqlite3.Cursor], object]) -> "OneTurnCursor":
        self.description, self.rowcount, self.lastrowid, rows = await self._connection.answer(work)
        self._rows = deque(rows)
        return self
