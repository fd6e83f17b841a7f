"""All start at once, as after a power cut: the service waits for a database server or a Redis
that is late."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.integration.acd.server import Valkey
from tests.support.people import Person
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port
from tests.support.postgres import PostgresServer
from tests.support.stack import Stack

pytestmark = pytest.mark.slow


class Server(Protocol):
    """What can be started late."""

    url: str

    def start(self) -> None:
        """It answers on return."""


@dataclass(frozen=True)
class Late:
    """A server that is not started yet."""

    name: str
    server: Server

    def stack(self, folder: Path) -> Stack:
        """A service that needs it."""
        setting = {"database": "DATABASE_URL", "redis": "REDIS_URL"}[self.name]
        return Stack(folder, **{setting: self.server.url})


@pytest.fixture(params=["database", "redis"])
def late(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Late]:
    """Each of them."""
    if request.param == "database":
        database = PostgresServer(free_tcp_port())
        yield Late("database", database)
        database.remove()
    else:
        redis = Valkey(tmp_path / "redis")
        yield Late("redis", redis)
        redis.kill()


@pytest.mark.timeout(180)
async def test_a_service_waits_for_its_servers(late: Late, tmp_path: Path) -> None:
    # given a service that is started before one of its servers
    stack = late.stack(tmp_path / "state")
    started = asyncio.create_task(asyncio.to_thread(stack.start))
    try:
        # then it says what it waits for, and does not end
        await eventually(lambda: f"still waiting for: {late.name}" in stack.said(), within=45)
        assert not started.done()

        # and serves once the server is there
        await asyncio.to_thread(late.server.start)
        await started
        sam = Person(stack, "sam")
        await sam.sign_in()
        await sam.close()
    finally:
        await asyncio.gather(started, return_exceptions=True)
        await asyncio.to_thread(stack.stop)


async def test_a_service_that_waits_can_be_stopped(late: Late, tmp_path: Path) -> None:
    stack = late.stack(tmp_path / "state")
    started = asyncio.create_task(asyncio.to_thread(stack.start))
    try:
        await eventually(lambda: f"still waiting for: {late.name}" in stack.said(), within=45)
        assert await asyncio.to_thread(stack.drain, 30) == 0
    finally:
        await asyncio.gather(started, return_exceptions=True)
        await asyncio.to_thread(stack.stop)


async def test_a_wrong_password_of_redis_is_told_and_not_waited_for(tmp_path: Path) -> None:
    redis = Valkey(tmp_path / "redis")
    redis.start()
    stack = Stack(tmp_path / "state", REDIS_URL=redis.url.replace("://", "://:wrong@"))
    try:
        with pytest.raises(AssertionError, match="RINGDESK_REDIS_URL"):
            await asyncio.to_thread(stack.start)
        assert "still waiting" not in stack.said()
        assert "Traceback" not in stack.said()
    finally:
        await asyncio.to_thread(stack.stop)
        redis.kill()
