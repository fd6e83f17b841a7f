"""The first call: a customer waits, an agent is found, the two hear each other, all is kept."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import pytest

from tests.support.people import Agent
from tests.support.picture import Picture
from tests.support.polling import eventually
from tests.support.world import World

AtWork = Callable[[World, str], Coroutine[Any, Any, Agent]]
LEGS = pytest.mark.parametrize(
    "at_work", [World.at_work, World.at_desk_phone], ids=["number", "desk phone"]
)


@LEGS
async def test_a_customer_and_the_right_agent_talk(world: World, at_work: AtWork) -> None:
    # given an agent with the skill Billing whose phone is connected
    ana = await at_work(world, "ana")
    await eventually(ana.line.hears_nothing)

    # when a customer calls Billing
    caller = await world.call("200")

    # then the customer hears music, the agent's phone rings
    talk = (await world.conversation(caller, "offered"))["id"]
    offered = await ana.offered(talk)
    await eventually(caller.line.hears_something)
    await eventually(ana.line.hears_something)
    await ana.leg_is("ringing")
    assert offered["customer"]["number"] == caller.number
    assert offered["skills"] == ["Billing"]

    # and once she accepts, they hear each other
    assert (await ana.accept(talk))["state"] == "active"
    await world.hear_each_other(ana, caller)
    await ana.leg_is("connected")
    assert ana.phone.rings == 1


@LEGS
async def test_the_whole_call_is_in_the_archive(world: World, at_work: AtWork) -> None:
    # given a talk
    ana = await at_work(world, "ana")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)

    # when the customer hangs up, and the agent writes notes and closes the wrap-up
    await caller.line.hang_up()
    await world.conversation(caller, "wrap_up")
    await ana.put(f"conversations/{talk}/notes", {"notes": "wants a refund"})
    await ana.wrap_up(talk)

    # then all of it is found again
    kept = await world.closed(talk)
    assert kept["outcome"] == "completed"
    assert kept["customer"]["number"] == caller.number
    [segment] = kept["segments"]
    assert segment["agent"]["id"] == ana.id
    assert (segment["ended_by"], segment["wrap_up"]) == ("customer", "closed")
    assert segment["notes"] == "wants a refund"
    times = [kept["queued_at"], segment["from"], segment["to"]]
    assert times == sorted(times, key=datetime.fromisoformat)

    async def listed() -> bool:
        page = await world.supervisor.get("conversations", agent=ana.id)
        return any(c["id"] == talk for c in page["items"])

    await eventually(listed)


async def test_closing_the_wrap_up_makes_the_agent_eligible_again(world: World) -> None:
    # given an agent in wrap-up, and a customer who waits for her
    ana = await world.at_work("ana")
    first = await world.call("200")
    talk = await world.talking(ana, first)
    await first.line.hang_up()
    await world.conversation(first, "wrap_up")
    second = await world.call("200")
    waiting = await world.conversation(second, "queued")

    # then she gets nothing, and explain says why
    verdicts = (await world.supervisor.get(f"conversations/{waiting['id']}/explain"))["agents"]
    assert "wrap_up" in next(v["reasons"] for v in verdicts if v["id"] == ana.id)
    assert world.supervisor.picture.history[waiting["id"]] == ["queued"]

    # when she closes the wrap-up, then her phone rings at once
    await ana.wrap_up(talk)
    await ana.offered(waiting["id"])


async def test_the_agent_ends_on_the_page(world: World) -> None:
    # given a talk
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)

    # when the agent clicks End
    assert (await ana.end(talk))["state"] == "wrap_up"

    # then the customer's call is over, and the leg stays up for the next one
    await caller.line.ended()
    assert ana.line.up
    await eventually(ana.line.hears_nothing)
    await ana.leg_is("connected")


async def test_the_next_call_comes_over_the_same_leg(world: World) -> None:
    # given an agent who has had a call
    ana = await world.at_work("ana")
    first = await world.call("200")
    talk = await world.talking(ana, first)
    await first.line.hang_up()
    await world.conversation(first, "wrap_up")
    await ana.wrap_up(talk)

    # when the next customer calls
    second = await world.call("200")
    await world.talking(ana, second)

    # then the phone was called once for both
    assert ana.phone.rings == 1


async def test_the_live_picture_is_what_a_fresh_one_shows(world: World) -> None:
    # given a supervisor's page that has been open for a whole call
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    await caller.line.hang_up()
    await world.conversation(caller, "wrap_up")
    old = world.supervisor.picture

    # when another page is opened
    fresh = Picture(world.supervisor.watch)
    await fresh.open()

    # then both show the same
    await eventually(lambda: old.seq == fresh.seq)
    assert old.conversations == fresh.conversations
    assert old.agents == fresh.agents
    assert old.history[talk][-3:] == ["offered", "active", "wrap_up"]
    await fresh.close()
