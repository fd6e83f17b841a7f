"""Sixteen clients at once on a real server: one wins, the others are told, nothing is torn."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import suppress
from typing import Any

import pytest

from app.acd import (
    Distributor,
    DistributorError,
    NotYours,
    QueueRequest,
    Result,
    StreamReader,
    WrongState,
    connect,
)
from app.domain.agent import Status
from app.domain.conversation import Channel, State
from app.domain.events import EventType, StreamEvent
from tests.integration.acd import invariants
from tests.integration.acd.server import Valkey
from tests.integration.acd.world import World

CLIENTS = 16
ROUNDS = 25

Outcomes = Counter[str]


@pytest.fixture
async def crowd(world: World, valkey: Valkey) -> AsyncIterator[list[Distributor]]:
    """Sixteen distributors, each with its own connection, as in sixteen processes."""
    clients = [connect(valkey.url) for _ in range(CLIENTS)]
    yield [Distributor(client, world.acd.rules, lambda: world.now) for client in clients]
    for client in clients:
        await client.aclose()


async def race(steps: Iterable[Awaitable[Result]]) -> tuple[list[Result], Outcomes]:
    """All at once; what they returned, and how often each outcome."""
    answers: list[Any] = await asyncio.gather(*steps, return_exceptions=True)
    results = [a for a in answers if isinstance(a, Result)]
    errors = [a for a in answers if not isinstance(a, Result)]
    for error in errors:
        if not isinstance(error, DistributorError):
            raise error
    outcomes = Counter(type(e).__name__ for e in errors)
    outcomes["done"] = sum(bool(r.events) and not r.repeated for r in results)
    outcomes["nothing"] = len(results) - outcomes["done"]
    return results, outcomes


async def settled(world: World) -> None:
    """Whatever happened, the invariants hold, and the events tell the same story."""
    picture = await world.acd.picture()
    invariants.check_ownership(picture)
    invariants.check_nobody_waits(picture, world.now, world.acd.rules)
    replay = invariants.Replay()
    replay.apply(await StreamReader(world.redis).read("0-0", 0, 100_000))
    replay.check(picture.conversations.values())


async def test_two_agents_accept_one_offer(world: World, crowd: list[Distributor]) -> None:
    names = [await world.agent(f"a{n}", "billing") for n in range(CLIENTS)]
    for n in range(ROUNDS):
        await world.enqueue(f"c{n}", "billing")
        offered = await world.offered_to(f"c{n}")
        _, outcomes = await race(
            acd.accept(f"c{n}", name) for acd, name in zip(crowd, names, strict=True)
        )
        assert outcomes == {"done": 1, "nothing": 0, NotYours.__name__: CLIENTS - 1}
        assert (await world.c(f"c{n}")).agent_id == offered
        await world.acd.fail(f"c{n}", "next")
    await settled(world)


async def test_one_agent_accepts_in_sixteen_tabs(world: World, crowd: list[Distributor]) -> None:
    await world.agent("ana", "billing")
    for n in range(ROUNDS):
        await world.enqueue(f"c{n}", "billing")
        _, outcomes = await race(acd.accept(f"c{n}", "ana") for acd in crowd)
        assert outcomes == {"done": 1, "nothing": CLIENTS - 1}
        assert (await world.a("ana")).load.voice == 1
        await world.acd.fail(f"c{n}", "next")
    await settled(world)


async def test_accept_against_expiry(world: World, crowd: list[Distributor]) -> None:
    await world.agent("ana", "billing")
    seen: Outcomes = Counter()
    for n in range(ROUNDS * 4):
        await world.acd.set_status("ana", Status.AVAILABLE)
        await world.enqueue(f"c{n}", "billing")
        await world.rang(f"c{n}")
        world.now += 20_000
        half = CLIENTS // 2
        order = [
            *(acd.due() for acd in crowd[:half]),
            *(a.accept(f"c{n}", "ana") for a in crowd[half:]),
        ]
        results, _ = await race(order if n % 2 else reversed(order))
        kinds = Counter(e.type for r in results for e in r.events if e.conversation_id == f"c{n}")
        accepted, expired = kinds[EventType.OFFER_ACCEPTED], kinds[EventType.OFFER_EXPIRED]
        assert accepted + expired == 1
        assert await world.state(f"c{n}") is (State.ACTIVE if accepted else State.QUEUED)
        seen["accepted" if accepted else "expired"] += 1
        await world.acd.fail(f"c{n}", "next")
    assert len(seen) == 2, "both sides won now and then"
    await settled(world)


async def test_a_chosen_status_against_offers(world: World, crowd: list[Distributor]) -> None:
    await world.agent("ana", "billing")
    for n in range(ROUNDS):
        await world.acd.set_status("ana", Status.AVAILABLE)
        steps: list[Awaitable[Result]] = []
        for i, acd in enumerate(crowd):
            if i % 4 == 0:
                steps.append(acd.set_status("ana", Status.BUSY))
            else:
                request = QueueRequest(
                    f"c{n}-{i}", ("billing",), arrival=world.arrival(f"c{n}-{i}")
                )
                steps.append(acd.enqueue(request))
        await race(steps)
        ana = await world.a("ana")
        assert (ana.status, ana.offer) == (Status.BUSY, None)
        await settled(world)
        for c in await world.acd.conversations():
            await world.acd.leave(c.id)
        await world.acd.forget([c.id for c in await world.acd.conversations()])
        await world.redis.delete("{ringdesk}:events")


async def test_accept_against_a_chosen_status(world: World, crowd: list[Distributor]) -> None:
    await world.agent("ana", "billing")
    for n in range(ROUNDS):
        await world.acd.set_status("ana", Status.AVAILABLE)
        await world.enqueue(f"c{n}", "billing")
        steps = [
            acd.accept(f"c{n}", "ana") if i % 2 else acd.set_status("ana", Status.BUSY)
            for i, acd in enumerate(crowd)
        ]
        await race(steps if n % 2 else reversed(steps))
        ana = await world.a("ana")
        active = await world.state(f"c{n}") is State.ACTIVE
        assert (ana.status, ana.offer, ana.load.voice) == (Status.BUSY, None, int(active))
        await world.acd.fail(f"c{n}", "next")
    await settled(world)


async def test_many_processes_route_at_once(world: World, crowd: list[Distributor]) -> None:
    """Everybody works through one queue: each call is offered once, and all are served."""
    agents = [await world.agent(f"a{n}", "billing") for n in range(8)]
    calls = [f"c{n:03}" for n in range(160)]
    waiting = asyncio.Queue[str]()
    for call in calls:
        waiting.put_nowait(call)
    done: Outcomes = Counter()

    async def bring(acd: Distributor) -> None:
        while not waiting.empty():
            call = waiting.get_nowait()
            request = QueueRequest(call, ("billing",), arrival=world.arrival(call))
            await acd.enqueue(request)

    async def work(acd: Distributor, agent: str) -> None:
        while sum(done.values()) < len(calls):
            me = await acd.agent(agent)
            if me is None or me.offer is None:
                await asyncio.sleep(0)
                continue
            await acd.accept(me.offer, agent)
            await acd.end(me.offer, "agent", agent)
            done[me.offer] += 1
            await acd.close_wrap_up(me.offer, agent)

    await asyncio.gather(
        *(bring(acd) for acd in crowd[:8]),
        *(work(acd, agent) for acd, agent in zip(crowd[8:], agents, strict=True)),
    )

    assert done == dict.fromkeys(calls, 1)
    await settled(world)
    offered = Counter(
        e.conversation_id
        for e in await StreamReader(world.redis).read("0-0", 0, 100_000)
        if e.type is EventType.CONVERSATION_OFFERED
    )
    assert offered == dict.fromkeys(calls, 1)


async def test_deadlines_fire_once_however_many_look(
    world: World, crowd: list[Distributor]
) -> None:
    for n in range(30):
        await world.agent(f"a{n}", "billing", leg=False)
        await world.enqueue(f"c{n}", "billing", channel=Channel.CHAT)
    world.now += 20_000
    results, _ = await race(acd.due(limit=7) for acd in crowd)
    expired = Counter(
        e.conversation_id for r in results for e in r.events if e.type is EventType.OFFER_EXPIRED
    )
    assert expired == {f"c{n}": 1 for n in range(30)}
    await settled(world)


async def test_one_command_id_from_sixteen_clients(world: World, crowd: list[Distributor]) -> None:
    await world.agent("ana", "billing")
    for n in range(ROUNDS):
        request = QueueRequest(f"c{n}", ("billing",), arrival=world.arrival(f"c{n}"))
        results, _ = await race(acd.enqueue(request, command_id=f"q{n}") for acd in crowd)
        assert sum(not r.repeated for r in results) == 1
        first = results[0]
        assert all(
            (r.events, r.conversations) == (first.events, first.conversations) for r in results
        )
        results, _ = await race(acd.reject(f"c{n}", "ana", command_id=f"r{n}") for acd in crowd)
        assert (len(results), sum(not r.repeated for r in results)) == (CLIENTS, 1)
        assert (await world.c(f"c{n}")).attempts == 1
        await world.acd.leave(f"c{n}")
    await settled(world)


async def test_the_stream_is_in_order_for_everybody(world: World, crowd: list[Distributor]) -> None:
    """Two readers at different paces see the same entries, and each agent's tale is whole."""
    agents = [await world.agent(f"a{n}", "billing") for n in range(4)]
    reader = StreamReader(world.redis)
    start = await reader.last_id()

    async def bring(acd: Distributor, i: int) -> None:
        for n in range(10):
            name = f"c{i}-{n}"
            await acd.enqueue(QueueRequest(name, ("billing",), arrival=world.arrival(name)))
            for agent in agents:
                with suppress(WrongState, NotYours):
                    await acd.reject(name, agent)
            await acd.leave(name)

    await asyncio.gather(*(bring(acd, i) for i, acd in enumerate(crowd)))

    async def read(count: int) -> list[Any]:
        found, at = [], start
        while batch := await reader.read(at, 0, count):
            found += batch
            at = batch[-1].id
        return found

    slow, fast = await read(3), await read(1_000)
    assert slow == fast
    replay = invariants.Replay()
    replay.apply(slow)
    assert set(replay.states.values()) == {State.CLOSED}
    check_one_offer_at_a_time(slow)
    await settled(world)


def check_one_offer_at_a_time(events: list[StreamEvent]) -> None:
    held: dict[str | None, str | None] = {}
    for e in events:
        if e.type is EventType.CONVERSATION_OFFERED:
            assert e.agent_id not in held
            held[e.agent_id] = e.conversation_id
        elif e.type in (EventType.OFFER_REJECTED, EventType.OFFER_WITHDRAWN):
            assert held.pop(e.agent_id) == e.conversation_id
