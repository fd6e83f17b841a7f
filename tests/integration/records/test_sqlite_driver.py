"""Transactions on SQLite begin with their first statement, and end whatever becomes of them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.database import Database, make_engine

ADD = sa.text("INSERT INTO said VALUES (:word)")
WORDS = sa.text("SELECT word FROM said ORDER BY word")


async def words(connection: AsyncConnection) -> list[str]:
    """What is there, as this connection sees it."""
    return list((await connection.execute(WORDS)).scalars())


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """One table, of words that are there once."""
    made = Database(make_engine(f"sqlite:///{tmp_path}/words.db", connections=2))
    async with made.write() as connection:
        await connection.execute(sa.text("CREATE TABLE said (word TEXT PRIMARY KEY)"))
    yield made
    await made.close()


async def test_a_transaction_that_fails_leaves_nothing_and_the_next_one_may(
    database: Database,
) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(ADD, {"word": "one"})
            await connection.execute(ADD, {"word": "one"})
    async with database.write() as connection:
        await connection.execute(ADD, {"word": "two"})
    async with database.read() as connection:
        assert await words(connection) == ["two"]


async def test_a_reader_keeps_its_look_until_it_is_done(database: Database) -> None:
    # given a reader who has looked
    async with database.read() as reader:
        assert await words(reader) == []
        # when somebody writes meanwhile
        async with database.write() as writer:
            await writer.execute(ADD, [{"word": "one"}, {"word": "two"}])
        # then it still sees what it saw, and the next look sees the rest
        assert await words(reader) == []
    async with database.read() as reader:
        assert await words(reader) == ["one", "two"]


async def test_who_does_nothing_holds_nothing(database: Database) -> None:
    for _ in range(3):
        async with database.write():
            pass
    async with database.read():
        pass
    async with database.write() as connection:
        added = await connection.execute(ADD, {"word": "one"})
        assert added.rowcount == 1


async def test_a_writer_who_is_cancelled_gives_its_lock_back(database: Database) -> None:
    # given one that has written, and then waits for ever
    wrote = asyncio.Event()

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(ADD, {"word": "one"})
            wrote.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await wrote.wait()
    # when it is cancelled
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    # then nothing of it is there, and the next one writes
    async with database.write() as connection:
        assert await words(connection) == []
        await connection.execute(ADD, {"word": "two"})


async def test_one_that_is_cancelled_within_a_statement_gives_its_lock_back(
    database: Database,
) -> None:
    for each in range(30):  # wherever the cancellation finds it
        task = asyncio.create_task(_add(database, f"lost {each}"))
        for _ in range(each % 10):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await _add(database, "kept")
    async with database.read() as connection:
        assert "kept" in await words(connection)


async def _add(database: Database, word: str) -> None:
    async with database.write() as connection:
        await connection.execute(ADD, {"word": word})
