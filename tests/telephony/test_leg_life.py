"""Standing legs over the day: silent phones, idle ones, and carriers that end every long call."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from app.domain.leg import RELEASED, SILENT
from tests.conftest import running
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.raw_phone import RawPhone
from tests.support.stack import Stack
from tests.support.world import World

IDLE_SECONDS = 2
SILENT_SECONDS = 30
CALM_SECONDS = 5
"""Between two looks at a phone whose contact answers."""
MOST_SECONDS = 8

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def worn_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that soon gives up on idle and on silent legs."""
    hurry = {"IDLE_LEG_SECONDS": str(IDLE_SECONDS), "SILENT_LEG_SECONDS": str(SILENT_SECONDS)}
    yield from running(tmp_path_factory, "worn", **hurry)


@pytest.fixture
async def worn_world(worn_stack: Stack) -> AsyncIterator[World]:
    """Phones and people around it."""
    async with World(worn_stack) as around:
        yield around
    assert "Traceback" not in worn_stack.said()


@pytest.fixture
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose carrier ends every call after some seconds."""
    yield from running(tmp_path_factory, "carrier", LEG_MAX_SECONDS=str(MOST_SECONDS))


async def detail(agent: Agent) -> str | None:
    """What the leg indicator says."""
    said: str | None = (await agent.me())["leg"]["detail"]
    return said


async def says(agent: Agent, words: str | None, within: float) -> None:
    """Wait until the leg indicator says this, of a leg that is connected."""

    async def said() -> bool:
        leg = (await agent.me())["leg"]
        return bool(leg["state"] == "connected" and leg["detail"] == words)

    await eventually(said, within=within, every=0.2)


async def lasted(seconds: float) -> None:
    """Let time pass: what must not happen is given the time to."""
    until = time.monotonic() + seconds
    await eventually(lambda: time.monotonic() >= until, within=seconds + 5, every=0.1)


async def test_a_silent_phone_is_suspect_and_never_ended_while_it_is_spoken_to(
    worn_world: World,
) -> None:
    # given two desk phones with silence suppression, in quiet rooms
    world = worn_world
    ana, ben = await world.person("ana"), await world.person("ben")
    sip = world.stack.sip
    async with (
        RawPhone(sip, *world.sip_user(ana), hz=0) as hers,
        RawPhone(sip, *world.sip_user(ben), hz=0) as his,
    ):
        for agent in (ana, ben):
            await agent.connect("sip")
        silent_since = time.monotonic()
        await ana.become("available")

        # then both are suspect after a while, which is told, and they stay connected
        for agent in (ana, ben):
            await says(agent, SILENT, within=15 + 2 * CALM_SECONDS)
        seen = {a["id"]: a["leg"] for a in world.supervisor.picture.agents.values()}
        assert seen[ana.id]["detail"] == SILENT

        # when one of them speaks, then it is suspect no more
        his.call.rtp.hz = world.tone()
        await says(ben, None, within=2 * CALM_SECONDS)

        # when the other is on a call and listens, for longer than silence may last, then it stays
        caller = await world.call("200")
        talk = str((await world.conversation(caller, "offered"))["id"])
        await ana.offered(talk)
        await ana.accept(talk)
        await eventually(lambda: hers.call.rtp.hears(caller.hz))
        await lasted(silent_since + SILENT_SECONDS + 2 * CALM_SECONDS - time.monotonic())
        await eventually(lambda: hers.call.rtp.hears(caller.hz))
        assert (await world.conversation(caller, "active"))["agent"]["id"] == ana.id

        # when nobody speaks to it any more, then it is ended, and told why
        await caller.line.hang_up()
        await eventually(lambda: hers.call.over, within=SILENT_SECONDS)
        await ana.leg_is("disconnected")
        assert await detail(ana) == SILENT
        assert his.call.up


async def test_an_idle_leg_over_a_number_is_released_and_called_again(worn_world: World) -> None:
    # given
    world = worn_world
    ana = await world.at_work("ana")
    ben = await world.at_desk_phone("ben")
    first = ana.line

    # when both are busy for a while, then the number is hung up; the desk phone costs nothing
    await ben.become("busy")
    await ana.become("busy")
    await first.ended(within=IDLE_SECONDS + 3)
    await ana.leg_is("disconnected")
    assert await detail(ana) == RELEASED
    assert (await ben.me())["leg"]["state"] == "connected"

    # when she is available, then she is called again, and the next caller is hers
    await ana.become("available")
    await ana.phone.answered(times=2)
    await ana.leg_is("connected")
    caller = await world.call("200")
    await world.talking(ana, caller)

    # and a talk that goes on while she is busy is no idle time
    await ana.become("busy")
    await lasted(IDLE_SECONDS + 1)
    await world.hear_each_other(ana, caller)
    assert ana.phone.rings == 2


async def test_a_leg_near_its_carriers_limit_is_renewed_when_idle(own_world: World) -> None:
    # given a talk on a leg whose time to be renewed comes, and a while on hold
    world = own_world
    ana = await world.at_work("ana")
    began = time.monotonic()
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    await lasted(0.7 * MOST_SECONDS)
    await ana.post(f"conversations/{talk}/hold")
    await lasted(0.2 * MOST_SECONDS)
    assert time.monotonic() - began > 0.75 * MOST_SECONDS

    # then it was not touched
    await ana.post(f"conversations/{talk}/unhold")
    await world.hear_each_other(ana, caller)
    assert ana.phone.rings == 1

    # when the talk is over, then it is called anew, once, and stands for the next
    await caller.line.hang_up()
    await ana.phone.answered(times=2)
    await ana.leg_is("connected")
    await ana.wrap_up(talk)
    later = await world.call("200")
    await world.talking(ana, later)
    assert ana.phone.rings == 2


async def test_who_hung_up_is_called_after_the_wrap_up_also_by_the_next_process(
    own_world: World,
) -> None:
    # given an agent who ended a talk by hanging up, and writes
    world = own_world
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    await ana.line.hang_up()
    await world.conversation(caller, "wrap_up")
    await ana.leg_is("disconnected")

    # when the service dies, and she closes the wrap-up once it is back
    world.stack.kill9()
    await asyncio.to_thread(world.stack.restart)
    assert ana.phone.rings == 1
    await ana.wrap_up(talk)

    # then her phone is called, and the next caller is hers
    await ana.phone.answered(times=2)
    await ana.leg_is("connected")
    later = await world.call("200")
    await world.talking(ana, later)
