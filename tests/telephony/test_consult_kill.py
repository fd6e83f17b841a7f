"""Something dies while an agent asks somebody else: nobody is lost, and nobody is rung twice."""

import asyncio
import time

import pytest
from redis.asyncio import Redis

from tests.support.consults import (
    asked,
    back_with,
    consult,
    consulting,
    consulting_outside,
    free_again,
    music,
    on_a_call,
    press,
    together,
)
from tests.support.people import Refused
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = pytest.mark.slow


async def restart(world: World) -> float:
    """The service is killed and comes back; the instant of its death."""
    killed = world.stack.kill9("service")
    await asyncio.to_thread(world.stack.restart)
    return killed


async def test_the_service_is_killed_at_every_step(own_world: World) -> None:
    # given chi's phone rings for a consult
    world = own_world
    ana, caller, talk = await on_a_call(world)
    chi = await world.at_work("chi")
    await consult(ana, talk, skill="Spanish")
    await asked(chi, talk)

    # when the service dies, then it rings on, and chi takes it
    killed = await restart(world)
    await music(caller.line, ana.line.hz)
    await asked(chi, talk)
    await chi.accept(talk)
    await together(ana.line, chi.line)

    # when it dies while the two talk, then they talk on
    await restart(world)
    await together(ana.line, chi.line)
    await music(caller.line, ana.line.hz, chi.line.hz)
    assert (await ana.get(f"conversations/{talk}"))["consult"]["agent"]["id"] == chi.id

    # when it dies while she is with the customer, then she can still give them away
    await press(ana, talk, "transfer/swap")
    await together(ana.line, caller.line)
    await music(chi.line, ana.line.hz, caller.hz)
    await restart(world)
    await together(ana.line, caller.line)
    await music(chi.line, ana.line.hz, caller.hz)
    assert caller.line.longest_quiet(killed) < 2.0
    await press(ana, talk, "transfer/complete")
    await world.hear_each_other(chi, caller)
    assert (ana.phone.rings, chi.phone.rings) == (1, 1)


async def test_the_service_is_killed_while_a_number_is_consulted(own_world: World) -> None:
    # given
    world = own_world
    ana, caller, talk, outside = await consulting_outside(world)

    # when
    await restart(world)

    # then they talk on, and the number is let go when she says so
    await together(ana.line, outside.line)
    await music(caller.line, ana.line.hz, outside.hz)
    await press(ana, talk, "transfer/cancel")
    await back_with(world, ana, caller, talk)
    await outside.line.ended()
    assert outside.rings == 1

    # when it dies after she gave the customer to the number, then those two talk on
    await consult(ana, talk, number=outside.name)
    await outside.answered(2)
    await together(ana.line, outside.line)
    await press(ana, talk, "transfer/complete")
    await together(caller.line, outside.line)
    await restart(world)
    await together(caller.line, outside.line)
    await ana.wrap_up(talk)
    assert (await world.closed(talk))["outcome"] == "transferred"
    await outside.line.hang_up()
    await caller.line.ended()
    await world.nothing_left_but_legs()


async def test_redis_is_killed_and_then_flushed(own_world: World) -> None:
    # given
    world = own_world
    ana, caller, talk, chi = await consulting(world)

    # when Redis dies and comes back with all it had
    pid = world.stack.pid("redis")
    world.stack.kill9("redis")
    await eventually(lambda: world.stack.pid("redis") not in {None, pid}, within=10)

    # then they talk on, and she can swap
    await together(ana.line, chi.line)

    async def swapped() -> bool:
        try:
            shown = await press(ana, talk, "transfer/swap")
        except Refused as refused:
            assert refused.status == 503  # Redis is not back yet
            return False
        return bool(shown["consult"]["state"] == "swapped")

    await eventually(swapped, within=10)
    await together(ana.line, caller.line)
    await press(ana, talk, "transfer/swap")
    await together(ana.line, chi.line)
    await music(caller.line, ana.line.hz, chi.line.hz)

    # when it loses everything
    flushed = time.monotonic()
    async with Redis.from_url(world.stack.endpoints["redis"]["url"]) as redis:
        await redis.flushall()

    # then the customer is back with ana, and chi is free
    await eventually(lambda: caller.line.hears(ana.phone.hz), within=15)
    assert caller.line.longest_quiet(flushed) < 5.0
    await back_with(world, ana, caller, talk)
    await free_again(chi)
    other = await world.call("202")
    await world.talking(chi, other)


async def test_a_number_is_let_go_when_redis_is_flushed(own_world: World) -> None:
    world = own_world
    ana, caller, talk, outside = await consulting_outside(world)
    async with Redis.from_url(world.stack.endpoints["redis"]["url"]) as redis:
        await redis.flushall()
    await outside.line.ended(within=15)
    await eventually(lambda: caller.line.hears(ana.phone.hz), within=15)
    await back_with(world, ana, caller, talk)
    await world.nothing_left_but_legs(talks=1)


async def test_asterisk_is_killed(own_world: World) -> None:
    # given
    world = own_world
    ana, _, talk, chi = await consulting(world)

    # when
    world.stack.kill9("asterisk")

    # then the call is over as failed, for both
    assert (await world.closed(talk, within=20))["outcome"] == "failed"
    for agent in (ana, chi):
        await agent.leg_is("disconnected", within=10)
        me = await agent.me()
        assert (me["offer"], me["load"]["voice"]) == (None, 0)

    # and when it is back, they consult again
    for agent in (ana, chi):
        await agent.connect("number")
    later = await world.call("200")
    again = await world.talking(ana, later)
    await consult(ana, again, skill="Spanish")
    await asked(chi, again)
    await chi.accept(again)
    await together(ana.line, chi.line)
