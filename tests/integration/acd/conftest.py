"""A real server, a distributor in virtual time, and words to tell stories with."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from app.acd import Distributor, connect
from app.domain.routing import Rules
from tests.integration.acd.server import Valkey
from tests.integration.acd.world import World


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(Path(tmp_path_factory.mktemp("ringdesk-acd")))
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def redis(valkey: Valkey) -> AsyncIterator[Redis]:
    client = connect(valkey.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def world(redis: Redis) -> World:
    world = World(redis, Rules())
    await world.acd.begin_epoch("first")
    return world


@pytest.fixture
def acd(world: World) -> Distributor:
    return world.acd


@pytest.fixture
async def talking(world: World) -> World:
    """Ana talks with a caller."""
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.talk("call")
    world.now += 60_000
    return world
