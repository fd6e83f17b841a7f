"""The server dies and comes back: nothing is lost, nothing happens twice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from app.acd import Distributor, StreamReader, connect
from app.domain.conversation import State
from app.domain.events import EventType
from app.domain.routing import Rules
from tests.integration.acd import invariants
from tests.integration.acd.server import Valkey
from tests.integration.acd.world import World


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[tuple[Valkey, World]]:
    """A server of its own, and a world on it."""
    server = Valkey(tmp_path)
    server.start()
    client = connect(server.url)
    world = World(client, Rules())
    await world.acd.begin_epoch("first")
    yield server, world
    await client.aclose()
    server.kill()


async def test_kill_9_loses_nothing(frail: tuple[Valkey, World]) -> None:
    server, world = frail
    await world.agent("ana", "billing")
    await world.agent("ben", "spanish")
    await world.enqueue("talking", "billing")
    await world.talk("talking")
    await world.enqueue("waiting", "billing")
    await world.enqueue("offered", "spanish")
    before = await world.acd.picture()
    events = await StreamReader(world.redis).read("0-0")

    server.kill()
    server.start()

    assert await world.acd.picture() == before
    assert await StreamReader(world.redis).read("0-0") == events
    assert await world.acd.next_deadline() == world.now + 10_000
    await world.acd.end("talking", "agent", "ana")
    result = await world.acd.close_wrap_up("talking", "ana")
    assert result.conversations["waiting"].state is State.OFFERED
    result = await world.later(10_000)
    assert EventType.OFFER_EXPIRED in [e.type for e in result.events]
    invariants.check_ownership(await world.acd.picture())


async def test_a_restart_is_a_pause(frail: tuple[Valkey, World]) -> None:
    server, world = frail
    await world.agent("ana", "billing")
    server.kill()
    command = asyncio.create_task(world.enqueue("call", "billing"))
    back = asyncio.create_task(server.restart_later(0.3))
    result = await command
    await back
    assert result.conversations["call"].state is State.OFFERED


async def test_commands_in_flight_happen_once_or_not_at_all(frail: tuple[Valkey, World]) -> None:
    """Killed under fire: what came back as done is there, and no event is there twice."""
    server, world = frail
    for n in range(4):
        await world.agent(f"a{n}", "billing")
    world.acd = Distributor(world.redis, Rules(), lambda: world.now, patience_s=20)

    async def serve(n: int) -> None:
        for i in range(40):
            await world.enqueue(f"c{n}-{i}", "billing")
            await world.acd.leave(f"c{n}-{i}")

    async def die() -> None:
        for _ in range(3):
            await asyncio.sleep(0.05)
            server.kill()
            await asyncio.to_thread(server.start)

    await asyncio.gather(*(serve(n) for n in range(8)), die())

    events = await StreamReader(world.redis).read("0-0", 0, 100_000)
    closed = [e.conversation_id for e in events if e.type is EventType.CONVERSATION_CLOSED]
    assert sorted(map(str, closed)) == sorted(f"c{n}-{i}" for n in range(8) for i in range(40))
    picture = await world.acd.picture()
    invariants.check_ownership(picture)
    replay = invariants.Replay()
    replay.apply(events)
    replay.check(picture.conversations.values())


async def test_a_server_that_stays_away_is_said(frail: tuple[Valkey, World]) -> None:
    server, world = frail
    world.acd = Distributor(world.redis, Rules(), lambda: world.now, patience_s=0.1)
    server.kill()
    with pytest.raises(RedisConnectionError):
        await world.enqueue("call")
