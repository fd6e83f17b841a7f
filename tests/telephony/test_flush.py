"""FLUSHALL at a busy moment: the live queue is rebuilt from SQL and from Asterisk's channels."""

import time

from redis.asyncio import Redis

from tests.support.world import World
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
    await own_world.conversation(later, "queued", within=5)
    await moment.stands(flushed)
    seq = own_world.supervisor.picture.seq
    assert seq.partition("-")[0] != epoch.partition("-")[0]

    # and goes on to its end
    await moment.goes_on(later)
