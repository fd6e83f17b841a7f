"""Calls that are over leave nothing behind in the process, however many there were."""

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from redis.asyncio import Redis

from app.acd import Result, StreamReader
from app.api.live import Live
from app.desk.desk import Snapshot
from app.desk.dispatch import Dispatch
from app.desk.effects import Effects
from app.desk.feed import Feed
from app.desk.voice_picture import VoicePicture
from app.desk.wait_times import WaitTimes
from app.domain.agent import Agent
from app.domain.conversation import Conversation
from app.domain.events import StreamEvent
from tests.integration.acd.world import World
from tests.support.polling import eventually

CALLS = 150
AT_ONCE = 8
AGENTS = 10
KEPT = (Result, StreamEvent, Conversation, Agent)
SPARE = 40
"""Agents as Redis and the picture have them, and what a task that has just ended still holds."""


class Telephony:
    """Takes whatever is wanted."""

    async def want_leg(self, want: object) -> None:
        pass

    async def want_call(self, want: object) -> None:
        pass


class Nobody:
    """People, whose names and phones do not matter here."""

    def person(self, agent_id: str) -> None:
        return None

    def skill_name(self, skill: str) -> str:
        return skill


class Desk:
    """The part of the process through which every result and event goes."""

    def __init__(self, redis: Redis, world: World) -> None:
        self.world = world
        self.feed = Feed()
        self.live = Live()
        picture, nobody = VoicePicture(), cast(Any, Nobody())
        waits = WaitTimes(picture, lambda: world.now)
        effects = Effects(cast(Any, Telephony()), nobody, nobody, picture, waits)
        self.dispatch = Dispatch(world.acd, StreamReader(redis), effects, self.feed)

    @asynccontextmanager
    async def runs(self) -> AsyncIterator[None]:
        """While the stream is read, and the live picture follows it."""
        tasks = [asyncio.create_task(self.dispatch.run()), asyncio.create_task(self._follow())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self) -> None:
        self.live.replace(Snapshot("", [], []))
        async with self.feed.subscribe() as changes:
            async for change in changes:
                self.live.apply(change)

    async def call(self, name: str) -> None:
        """A customer waits, talks, and is written about."""
        acd, act = self.world.acd, self.dispatch.act
        await act(await self.world.enqueue(name, "sales"))
        agent = await eventually(lambda: self.world.offered_to(name))
        offer = (await self.world.c(name)).offer
        assert offer is not None
        await act(await acd.rang(name, agent, offer.attempt))
        await act(await acd.accept(name, agent))
        await act(await acd.end(name, "customer"))
        await act(await acd.close_wrap_up(name, agent, "all is well"))


def kept() -> Counter[str]:
    """How many values of the call path there are."""
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, KEPT))


async def test_what_is_kept_does_not_grow_with_the_number_of_calls(
    redis: Redis, world: World
) -> None:
    # given ten agents, and a process that reads the stream while others' answers come
    desk = Desk(redis, world)
    for n in range(AGENTS):
        await world.agent(f"a{n}", "sales")
    before = kept()

    # when many calls come and go, eight at a time
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> None:
        async with turns:
            await desk.call(name)

    async with desk.runs():
        for part in range(2):
            await asyncio.gather(*(one(f"c{part}-{n}") for n in range(CALLS)))

            # then none of them is kept once the stream was read to its end
            async def nothing_left() -> bool:
                return sum((kept() - before).values()) <= SPARE and not desk.live.conversations

            try:
                await eventually(nothing_left, every=0.2)
            except AssertionError:
                raise AssertionError(f"kept after {CALLS} calls more: {kept() - before}") from None
