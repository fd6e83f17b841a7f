"""After a story nothing of it is left: channels, bridges, Redis keys, open rows, threads, files.

What may stay, by design: the events of the last ten minutes in the stream, and the answers to
commands that Redis remembers, each of which expires by itself.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from app.telephony.translate import PAUSE_MS
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.residue import settled, unexpiring_answers
from tests.support.world import Caller, World

Story = Callable[[World, Agent, Agent], Awaitable[None]]
WORK = {"c:*", "conversations", "mine:*", "writes:*", "own:*"}
"""Keys that stand for open work."""

MOST_LAZY = 30
"""The demo's skill sets and requirements, three channels each, are fewer."""

ANEW_SECONDS = 1.5 * PAUSE_MS / 1000
"""A key just after a ringing that came sooner than PAUSE_MS after another is taken for the first's:
a story that presses keys twice keeps away from that instant, with half as much again."""


async def offered(world: World, agent: Agent) -> tuple[Caller, str]:
    """A caller who rings at this agent; the conversation's id."""
    caller = await world.call("200")
    talk = (await world.conversation(caller, "offered"))["id"]
    await agent.offered(talk)
    return caller, talk


async def rings_anew(*agents: Agent) -> None:
    """Wait until what rings next at them is heard as a new ringing, whose keys count at once."""

    def quiet() -> bool:
        return all(agent.line.hears_nothing(last=ANEW_SECONDS) for agent in agents)

    await eventually(quiet, within=ANEW_SECONDS + 5)


async def gives_up_in_the_queue(world: World, ana: Agent, ben: Agent) -> None:
    await ben.become("busy")
    caller = await world.call("202")
    talk = (await world.conversation(caller, "queued"))["id"]
    await caller.line.hang_up()
    await world.closed(talk)


async def gives_up_while_it_rings(world: World, ana: Agent, ben: Agent) -> None:
    caller, talk = await offered(world, ana)
    await caller.line.hang_up()
    await world.closed(talk)


async def customer_hangs_up(world: World, ana: Agent, ben: Agent) -> None:
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    await caller.line.hang_up()
    await world.conversation(caller, "wrap_up")
    await ana.wrap_up(talk, notes="done")
    await world.closed(talk)


async def agent_ends(world: World, ana: Agent, ben: Agent) -> None:
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    await ana.end(talk)
    await ana.wrap_up(talk)
    await world.closed(talk)


async def agent_hangs_up(world: World, ana: Agent, ben: Agent) -> None:
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    await ana.line.hang_up()
    await caller.line.ended()
    await world.conversation(caller, "wrap_up")
    await ana.leg_is("disconnected")
    await ana.wrap_up(talk)
    await ana.phone.answered(times=2)
    await ana.leg_is("connected")
    await world.closed(talk)


async def rejected_and_taken(world: World, ana: Agent, ben: Agent) -> None:
    await rings_anew(ana, ben)
    caller, talk = await offered(world, ana)
    await ana.line.press("2")
    await ben.offered(talk)
    await ben.line.press("1")
    await world.hear_each_other(ben, caller)
    await ben.end(talk)
    await ben.wrap_up(talk)
    await world.closed(talk)


async def put_back_and_taken(world: World, ana: Agent, ben: Agent) -> None:
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    await ana.requeue(talk)
    await ben.offered(talk)
    await ben.accept(talk)
    await world.hear_each_other(ben, caller)
    await caller.line.hang_up()
    await world.conversation(caller, "wrap_up")
    await ben.wrap_up(talk)
    await world.closed(talk)


async def busy_while_it_rings(world: World, ana: Agent, ben: Agent) -> None:
    caller, talk = await offered(world, ana)
    await ana.become("busy")
    await ben.offered(talk)
    await caller.line.hang_up()
    await world.closed(talk)
    await ana.become("available")


STORIES: list[Story] = [
    gives_up_in_the_queue,
    gives_up_while_it_rings,
    customer_hangs_up,
    agent_ends,
    agent_hangs_up,
    rejected_and_taken,
    put_back_and_taken,
    busy_while_it_rings,
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_nothing_is_left(world: World, story: Story) -> None:
    # given two agents at work, ana idle longest, who have had this before
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    await story(world, ana, ben)
    await ana.become("busy")
    await ben.become("busy")
    before = await settled(world)

    # when it happens once more
    await ana.become("available")
    await ben.become("available")
    await story(world, ana, ben)
    await ana.become("busy")
    await ben.become("busy")

    # then as much is there as before, to the last key
    after = await settled(world)
    assert replace(after, lazy=0) == replace(before, lazy=0)
    assert after.lazy <= MOST_LAZY
    assert (after.channels, after.open_in_sql, after.entries) == (2, 0, {})
    assert after.idle_legs == 2
    assert WORK.isdisjoint(after.keys)
    assert await unexpiring_answers(world.behind) == []

    # and when the agents have gone, neither legs nor their bridges
    for agent in (ana, ben):
        await agent.go_home()
    await world.nothing_left()
    assert (await settled(world)).idle_legs == 0

    async def waiting_room_alone() -> bool:
        return {b["name"] for b in await world.behind.ari("GET", "bridges")} <= {"waiting"}

    await eventually(waiting_room_alone)
