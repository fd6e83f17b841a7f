"""kill -9 at a busy moment: of the service, of Redis, of Asterisk. Nobody is lost, no talk is cut.

One caller waits, one is offered, one talks, and one agent writes.
"""

import asyncio
import os
import signal
from dataclasses import dataclass
from typing import Self

from tests.support.people import Agent
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.world import Caller, World

UNBROKEN = 0.25
"""Seconds of the other's tone that may be missing in all, on a machine that starts a service anew
and plays another story meanwhile: its own pauses were up to 0.16."""
MUSIC_PAUSE = 2.0
"""The pieces of music themselves have rests."""


@dataclass
class BusyMoment:
    """ana talks, chi's phone rings, ben writes, one customer waits."""

    world: World
    ana: Agent
    ben: Agent
    chi: Agent
    talking: Caller
    ringing: Caller
    waiting: Caller
    written_about: str
    """The conversation that ben writes about."""
    before: dict[str, Json]

    @classmethod
    async def of(cls, world: World) -> Self:
        """Bring it about."""
        ben = await world.at_work("ben")
        first = await world.call("200")
        written_about = await world.talking(ben, first)
        await first.line.hang_up()
        await world.conversation(first, "wrap_up")
        ana, chi = await world.at_work("ana"), await world.at_work("chi")
        talking = await world.call("200")
        await world.talking(ana, talking)
        ringing = await world.call("202")
        await chi.offered((await world.conversation(ringing, "offered"))["id"])
        waiting = await world.call("200")
        await world.conversation(waiting, "queued")
        await eventually(waiting.line.hears_something)
        before = {
            caller.number: world.supervisor.picture.of(caller.number) or {}
            for caller in (talking, ringing, waiting)
        }
        return cls(world, ana, ben, chi, talking, ringing, waiting, written_about, before)

    async def stands(self, since: float, unbroken: float = UNBROKEN) -> None:
        """It is as it was, and nobody heard anything of what happened since."""
        await self.world.hear_each_other(self.ana, self.talking)
        assert self.talking.line.missing(self.ana.phone.hz, since) < unbroken
        assert self.ana.line.missing(self.talking.hz, since) < unbroken
        assert self.waiting.line.longest_quiet(since) < MUSIC_PAUSE
        for caller, state in [
            (self.talking, "active"),
            (self.ringing, "offered"),
            (self.waiting, "queued"),
        ]:
            now = await self.world.conversation(caller, state)
            assert now["id"] == self.before[caller.number]["id"]
            assert now["queued_at"] == self.before[caller.number]["queued_at"]

    async def goes_on(self, later: Caller) -> None:
        """Everything comes to its end; `later` called after those who waited."""
        ringing = self.before[self.ringing.number]["id"]
        waiting = self.before[self.waiting.number]["id"]
        talking = self.before[self.talking.number]["id"]
        await eventually(self.chi.line.hears_something)
        await self.chi.accept(ringing)
        await self.world.hear_each_other(self.chi, self.ringing)
        await self.ben.wrap_up(self.written_about)
        await self.ben.offered(waiting)
        await self.ben.accept(waiting)
        await self.world.hear_each_other(self.ben, self.waiting)
        await self.talking.line.hang_up()
        await self.world.conversation(self.talking, "wrap_up")
        await self.ana.wrap_up(talking)
        await self.ana.offered((await self.world.conversation(later, "offered"))["id"])
        assert [p.phone.rings for p in (self.ana, self.ben, self.chi)] == [1, 1, 1]
        assert (await self.world.closed(talking))["outcome"] == "completed"


async def test_the_service_is_killed(own_world: World) -> None:
    # given
    moment = await BusyMoment.of(own_world)

    # when the service dies, and a customer calls meanwhile
    killed = own_world.stack.kill9("service")
    later = await own_world.call("200")

    # then that one hears music at once, and everything stands once the service is back
    await eventually(later.line.hears_something)
    await asyncio.to_thread(own_world.stack.restart)
    await moment.stands(killed)
    arrived = await own_world.conversation(later, "queued")
    assert arrived["queued_at"] > moment.before[moment.waiting.number]["queued_at"]

    # and goes on to its end
    await moment.goes_on(later)


async def test_killed_before_the_customer_was_hung_up(own_world: World) -> None:
    # given two talks, and Asterisk, which hears nothing for a while
    world = own_world
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    first = await world.call("200")
    one = await world.talking(ana, first)
    second = await world.call("200")
    other = await world.talking(ben, second)
    asterisk = world.stack.pid("asterisk")
    assert asterisk is not None
    os.kill(asterisk, signal.SIGSTOP)

    # when both agents end their talks, one writes no more, and the service dies before they are
    # hung up
    try:
        await ana.end(one)
        await ben.end(other)
        await ben.wrap_up(other)
        world.stack.kill9("service")
    finally:
        os.kill(asterisk, signal.SIGCONT)
    await asyncio.to_thread(world.stack.restart)

    # then they are hung up, and not taken for new callers
    await asyncio.gather(first.line.ended(), second.line.ended())
    await ana.wrap_up(one)
    assert (await world.closed(one))["outcome"] == "completed"
    assert (await world.closed(other))["outcome"] == "completed"
    for caller, talk in ((first, one), (second, other)):

        async def kept(number: str = caller.number) -> list[str]:
            every = (await world.supervisor.get("conversations", limit="200"))["items"]
            return [each["id"] for each in every if each["customer"]["number"] == number]

        assert await eventually(kept) == [talk]


async def test_redis_is_killed(own_world: World) -> None:
    # given
    moment = await BusyMoment.of(own_world)
    epoch = own_world.supervisor.picture.seq

    # when Redis dies, and a customer calls meanwhile
    killed = own_world.stack.kill9("redis")
    later = await own_world.call("200")

    # then that one hears music, and all is as it was from the append-only file
    await eventually(later.line.hears_something)
    await own_world.conversation(later, "queued", within=10)
    await moment.stands(killed)
    assert own_world.supervisor.picture.seq.partition("-")[0] == epoch.partition("-")[0]

    # and goes on to its end
    await moment.goes_on(later)


async def test_asterisk_is_killed(own_world: World) -> None:
    # given a talk and a caller who waits
    world = own_world
    ana = await world.at_work("ana")
    talking = await world.call("200")
    talk = await world.talking(ana, talking)
    waiting = await world.call("202")
    waits = (await world.conversation(waiting, "queued"))["id"]

    # when Asterisk dies
    world.stack.kill9("asterisk")

    # then nothing stays open for ever
    assert (await world.closed(waits, within=15))["outcome"] == "failed"
    assert (await world.closed(talk, within=15))["outcome"] == "failed"
    await ana.leg_is("disconnected")

    # and when it is back, calls work, over a desk phone too, whose SIP user was pushed again
    await ana.connect("number")
    later = await world.call("200")
    await world.talking(ana, later)
    ben = await world.at_desk_phone("ben")
    last = await world.call("200")
    await world.talking(ben, last)
