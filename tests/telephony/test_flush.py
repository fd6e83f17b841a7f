"""FLUSHALL at a busy moment: the live queue is rebuilt from SQL and from Asterisk's channels."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from redis.asyncio import Redis

from tests.support.people import Agent
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.world import Caller, World
from tests.telephony.per_call import talks, with_desk_phone
from tests.telephony.test_kill import BusyMoment


async def test_redis_is_flushed(own_world: World) -> None:
    # given one who waits, one who is offered, one who talks, and an agent who writes
    moment = await BusyMoment.of(own_world)
    epoch = own_world.supervisor.picture.seq

    # when Redis loses everything, and a customer calls
    async with Redis.from_url(own_world.stack.endpoints["redis"]["url"]) as redis:
        await redis.flushall()
    flushed = time.monotonic()
    later = await own_world.call("200")

    # then a new epoch begins, in which everything stands as it was
    await own_world.conversation(later, "queued", within=15)
    await moment.stands(flushed)
    seq = own_world.supervisor.picture.seq
    assert seq.partition("-")[0] != epoch.partition("-")[0]

    # and goes on to its end
    await moment.goes_on(later)


async def test_hold_and_mute_outlast_a_flushed_redis(own_world: World) -> None:
    # given a muted agent whose customer is on hold, and another who is only muted
    world = own_world
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    held = await world.call("200")
    on_hold = await world.talking(ana, held)
    heard = await world.call("200")
    muted = await world.talking(ben, heard)
    await ana.post(f"conversations/{on_hold}/mute")
    await ana.post(f"conversations/{on_hold}/hold")
    await ben.post(f"conversations/{muted}/mute")
    await eventually(lambda: held.line.hears_other_than(ana.phone.hz))
    await eventually(heard.line.hears_nothing)
    channel = await world.behind.channel_of(held.number)
    await eventually(lambda: world.behind.variable(channel, "RINGDESK_HELD"))

    # when Redis loses everything
    epoch = world.supervisor.picture.seq.partition("-")[0]
    async with Redis.from_url(world.stack.endpoints["redis"]["url"]) as redis:
        await redis.flushall()
    flushed = time.monotonic()
    await eventually(lambda: world.supervisor.picture.seq.partition("-")[0] != epoch)

    # then each is as it was: music for the one, silence for the other, all the while
    for caller, agent in ((held, ana), (heard, ben)):
        stands = (agent.id, True, agent is ana)

        async def as_it_was(caller: Caller = caller, stands: object = stands) -> bool:
            now = await world.conversation(caller, "active")
            return (now["agent"]["id"], now["muted"], now["held"]) == stands

        await eventually(as_it_was)
    assert held.line.first_heard(ana.phone.hz, flushed, share=0.9) is None
    assert heard.line.first_heard(ben.phone.hz, flushed) is None
    await eventually(held.line.hears_something)
    await eventually(lambda: ben.line.hears(heard.hz))

    # and can be taken off
    await ana.post(f"conversations/{on_hold}/unhold")
    await eventually(lambda: ana.line.hears(held.hz))
    await ana.post(f"conversations/{on_hold}/unmute")
    await world.hear_each_other(ana, held)


@contextmanager
def sql_learns_nothing(folder: Path) -> Iterator[None]:
    """Whatever is to be written to the archive waits."""
    with closing(sqlite3.connect(folder / "ringdesk.db", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def state_in_sql(folder: Path, talk: str) -> str | None:
    """What the archive holds."""
    with closing(sqlite3.connect(folder / "ringdesk.db")) as database:
        row = database.execute("SELECT state FROM conversations WHERE id = ?", (talk,)).fetchone()
        return str(row[0]) if row else None


async def legs(agent: Agent, state: str) -> None:
    """Wait until the agent's leg is in this state."""

    async def so() -> bool:
        me: Json = await agent.me()
        return bool(me["leg"]["state"] == state)

    await eventually(so)


async def test_an_end_that_sql_had_not_heard_of_is_not_talked_on(own_world: World) -> None:
    # given a phone that is rung per call, and whose talk is over; the archive does not know yet
    world = own_world
    ana = await with_desk_phone(world, "ana", answers=True)
    caller = await world.call("200")
    talk = await talks(world, ana, caller)
    await eventually(lambda: state_in_sql(world.stack.folder, talk) == "active")
    with sql_learns_nothing(world.stack.folder):
        await caller.line.hang_up()
        await eventually(
            lambda: (world.supervisor.picture.of(caller.number) or {}).get("state") == "wrap_up"
        )
        await eventually(lambda: ana.line.over)

        # when Redis loses everything
        epoch = world.supervisor.picture.seq.partition("-")[0]
        await world.behind.redis.flushall()
        await eventually(lambda: world.supervisor.picture.seq.partition("-")[0] != epoch)

    # then it is over all the same: the phone is not rung again, and ready for the next caller
    await world.conversation(caller, "wrap_up")
    await legs(ana, "connected")
    assert ana.phone.rings == 1
    await ana.wrap_up(talk)
    later = await world.call("200")
    await talks(world, ana, later)
    assert ana.phone.rings == 2
    await later.line.hang_up()
