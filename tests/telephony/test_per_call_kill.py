"""The service is killed while a phone rings for a call: whoever answers it is heard."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.conftest import running
from tests.support.polling import eventually
from tests.support.stack import Stack
from tests.support.world import World
from tests.telephony.per_call import (
    offered_to,
    talks,
    with_desk_phone,
    with_number,
)


@pytest.fixture
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack for one story alone, whose offers outlive a restart."""
    yield from running(tmp_path_factory, "own", OFFER_SECONDS="60")


async def test_the_service_is_killed_while_a_phone_rings(own_world: World) -> None:
    # given one phone that rings, and one that talks
    world = own_world
    ben = await with_desk_phone(world, "ben", answers=True)
    talking = await world.call("200")
    await talks(world, ben, talking)
    ana = await with_desk_phone(world, "ana")
    ringing = await world.call("200")
    await offered_to(world, ana, ringing)

    # when
    world.stack.kill9()
    world.stack.restart()

    # then no phone rang twice, the talk goes on, and the ringing phone can be answered
    await world.hear_each_other(ben, talking)
    assert not ana.line.over
    await ana.line.call.answer()
    await world.hear_each_other(ana, ringing)
    assert (ana.phone.rings, ben.phone.rings) == (1, 1)
    active = await world.conversation(ringing, "active", within=15)
    await ana.end(active["id"])
    await ana.line.ended()


async def test_a_phone_that_was_answered_while_nobody_looked(own_world: World) -> None:
    # given a phone that rings
    world = own_world
    ana = await with_desk_phone(world, "ana")
    caller = await world.call("200")
    await offered_to(world, ana, caller)

    # when it is answered while the service is dead
    world.stack.kill9()
    await ana.line.call.answer()
    await ana.phone.answered()
    await asyncio.to_thread(world.stack.restart)

    # then it stays, and that was the answer: they talk
    await world.hear_each_other(ana, caller, within=10)
    assert ana.phone.rings == 1
    assert (await world.conversation(caller, "active"))["agent"]["id"] == ana.id


async def test_a_number_that_was_answered_while_nobody_looked(own_world: World) -> None:
    # given a telephone that is answered while the service is dead
    world = own_world
    ana = await with_number(world, "ana")
    caller = await world.call("200")
    await offered_to(world, ana, caller)
    world.stack.kill9()
    await ana.line.call.answer()
    await ana.phone.answered()
    await asyncio.to_thread(world.stack.restart)

    # then it may be a mailbox: it is asked to press 1, and talks once it does
    await eventually(ana.line.hears_something, within=10)
    assert not caller.line.hears(ana.phone.hz)
    await ana.line.press("1")
    await world.hear_each_other(ana, caller)
    assert ana.phone.rings == 1
