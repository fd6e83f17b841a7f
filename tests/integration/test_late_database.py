"""All start at once, as after a power cut: the service waits for a database server that is late."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.people import Person
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port
from tests.support.postgres import PostgresServer
from tests.support.stack import Stack


@pytest.fixture
def late() -> Iterator[PostgresServer]:
    """A database server that is not started yet."""
    server = PostgresServer(free_tcp_port())
    yield server
    server.remove()


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_service_waits_for_its_database(late: PostgresServer, tmp_path: Path) -> None:
    # given a service that is started before its database
    stack = Stack(tmp_path / "state", DATABASE_URL=late.url)
    started = asyncio.create_task(asyncio.to_thread(stack.start))
    try:
        # then it says what it waits for, and does not end
        await eventually(lambda: "still waiting for: database" in stack.said(), within=45)
        assert not started.done()

        # and serves once the database is there
        await asyncio.to_thread(late.start)
        await started
        sam = Person(stack, "sam")
        await sam.sign_in()
        await sam.close()
    finally:
        await asyncio.gather(started, return_exceptions=True)
        await asyncio.to_thread(stack.stop)


@pytest.mark.slow
async def test_a_service_that_waits_can_be_stopped(late: PostgresServer, tmp_path: Path) -> None:
    stack = Stack(tmp_path / "state", DATABASE_URL=late.url)
    started = asyncio.create_task(asyncio.to_thread(stack.start))
    try:
        await eventually(lambda: "still waiting for: database" in stack.said(), within=45)
        assert await asyncio.to_thread(stack.drain, 30) == 0
    finally:
        await asyncio.gather(started, return_exceptions=True)
        await asyncio.to_thread(stack.stop)
