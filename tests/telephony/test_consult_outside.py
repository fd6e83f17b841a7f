"""An agent asks a number outside while the customer waits with music."""

import time

import pytest

from tests.support.consults import (
    back_with,
    consult,
    consulting_outside,
    music,
    number,
    on_a_call,
    press,
    together,
)
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = pytest.mark.slow


async def test_a_number_is_consulted_swapped_and_gets_the_customer(world: World) -> None:
    # given
    ana, caller, talk, outside = await consulting_outside(world)
    seen = (await ana.get(f"conversations/{talk}"))["consult"]
    assert (seen["state"], seen["number"]) == ("talking", outside.name)

    # when she goes to the customer, and back
    await press(ana, talk, "transfer/swap")
    await together(ana.line, caller.line)
    await music(outside.line, ana.line.hz, caller.hz)
    await press(ana, talk, "transfer/swap")
    await together(ana.line, outside.line)
    await music(caller.line, ana.line.hz, outside.hz)

    # when she gives the customer away
    done = await press(ana, talk, "transfer/complete")

    # then those two talk, without another ring, and it is over for us
    assert (done["state"], done["outcome"]) == ("wrap_up", "transferred")
    await together(caller.line, outside.line)
    await eventually(ana.line.hears_nothing)
    since = time.monotonic()
    await ana.wrap_up(talk, notes="to the bank")
    assert (await world.closed(talk))["outcome"] == "transferred"
    await eventually(lambda: time.monotonic() > since + 1)
    await eventually(lambda: caller.line.hears(outside.hz))
    assert outside.rings == 1

    # and when one of them hangs up, nothing is left
    await outside.line.hang_up()
    await caller.line.ended()
    await world.nothing_left_but_legs()


async def test_a_number_that_hangs_up_gives_the_customer_back(world: World) -> None:
    ana, caller, talk, outside = await consulting_outside(world)
    await outside.line.hang_up()
    await back_with(world, ana, caller, talk)


async def test_a_number_that_refuses_gives_the_customer_back(world: World) -> None:
    # given a number that rings
    ana, caller, talk = await on_a_call(world)
    outside = await number(world, answers=False)
    await consult(ana, talk, number=outside.name)
    await eventually(lambda: outside.rings == 1)
    await music(caller.line, ana.line.hz)

    # when
    await outside.line.hang_up()

    # then
    await back_with(world, ana, caller, talk)


async def test_a_number_that_rings_is_cancelled(world: World) -> None:
    ana, caller, talk = await on_a_call(world)
    outside = await number(world, answers=False)
    await consult(ana, talk, number=outside.name)
    await eventually(lambda: outside.rings == 1)
    await press(ana, talk, "transfer/cancel")
    await back_with(world, ana, caller, talk)
    await outside.line.ended()

    # and the same number again rings anew, and answers
    outside.answers = True
    await consult(ana, talk, number=outside.name)
    await outside.answered(2)
    await together(ana.line, outside.line)


async def test_a_number_that_nobody_has_gives_the_customer_back(world: World) -> None:
    ana, caller, talk = await on_a_call(world)
    await consult(ana, talk, number="+442079460098")
    await back_with(world, ana, caller, talk)


async def test_the_customer_hangs_up_while_a_number_rings(world: World) -> None:
    ana, caller, talk = await on_a_call(world)
    outside = await number(world, answers=False)
    await consult(ana, talk, number=outside.name)
    await eventually(lambda: outside.rings == 1)
    await caller.line.hang_up()
    await outside.line.ended()
    await world.conversation(caller, "wrap_up")
    await ana.wrap_up(talk)
    await world.nothing_left_but_legs()
