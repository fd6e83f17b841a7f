"""What users of other contact centres complain of: each complaint that concerns voice, once.

Here calls and agents; phones, pages and restarts have a file of their own, and so have queues.
The references are issue trackers and forums of those products.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.conftest import OFFER_SECONDS
from tests.support.bot import Bot
from tests.support.people import Agent, Refused
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import Caller, World


async def succeeds(move: Awaitable[Any]) -> bool:
    """Whether the service allowed it; a refusal is 403, 404 or 409."""
    try:
        await move
    except Refused as refused:
        assert refused.status in {403, 404, 409}, refused
        return False
    return True


async def reasons(world: World, talk: str, agent: Agent) -> list[str]:
    """What keeps an agent from a conversation now, as the supervisor is told."""
    answer = await world.supervisor.get(f"conversations/{talk}/explain")
    found: list[str] = next(v["reasons"] for v in answer["agents"] if v["id"] == agent.id)
    return found


async def finish(agent: Agent, talk: str) -> None:
    """End the talk, and write nothing."""
    await agent.end(talk)
    await agent.wrap_up(talk)


# Two agents answer one call


@pytest.mark.parametrize("first", ["accept", "busy", "key 1", "reject"])
async def test_two_agents_never_answer_one_call(world: World, first: str) -> None:
    """Two agents connected to the same caller (asterisk #176)."""
    # given an offer to ana, who may be too late, and ben, who waits for his chance
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    caller = await world.call("200")
    talk = (await world.conversation(caller, "offered"))["id"]
    await ana.offered(talk)
    moves: dict[str, Callable[[], Awaitable[Any]]] = {
        "accept": lambda: succeeds(ana.accept(talk)),
        "busy": lambda: succeeds(ana.become("busy")),
        "key 1": lambda: ana.line.press("1"),
        "reject": lambda: succeeds(ana.reject(talk)),
    }

    async def ben_tries() -> bool:
        return await succeeds(ben.accept(talk)) or is_active(world, caller)

    # when all of it comes at once
    order = [first, *(name for name in moves if name != first)]
    await asyncio.gather(*(moves[name]() for name in order), eventually(ben_tries, every=0.0))

    # then one of them has it and hears the caller, the other hears nobody
    now = await world.conversation(caller, "active")
    winner, loser = (ana, ben) if now["agent"]["id"] == ana.id else (ben, ana)
    await world.hear_each_other(winner, caller)
    await eventually(loser.line.hears_nothing)
    assert [s["agent"]["id"] for s in now["segments"]] == [winner.id]
    assert (await loser.me())["load"]["voice"] == 0
    assert len(await world.behind.occupied_bridges()) == 2


def is_active(world: World, caller: Caller) -> bool:
    """Whether somebody has the caller."""
    seen = world.supervisor.picture.of(caller.number)
    return seen is not None and seen["state"] == "active"


# One early hang-up drops every ringing agent


async def test_one_early_hang_up_stops_only_its_own_phone(world: World) -> None:
    """One caller who gave up silenced every ringing phone (asterisk #1557)."""
    # given three callers who ring three agents
    agents = [await world.at_work(name) for name in ("ana", "ben", "chi")]
    callers, talks = [], []
    for agent, to in zip(agents, ("200", "200", "202"), strict=True):
        callers.append(await world.call(to))  # one after the other: ben could take the third, too
        talks.append((await world.conversation(callers[-1], "offered"))["id"])
        await agent.offered(talks[-1])

    # when the first gives up
    await callers[0].line.hang_up()
    await world.closed(talks[0])

    # then that phone alone is quiet, and the others still ring and can be answered
    ana, ben, chi = agents
    await eventually(ana.line.hears_nothing)
    for agent, caller, talk in [(ben, callers[1], talks[1]), (chi, callers[2], talks[2])]:
        await eventually(agent.line.hears_something)
        await agent.accept(talk)
        await world.hear_each_other(agent, caller)
    assert world.supervisor.picture.history[talks[1]][-2:] == ["offered", "active"]
    assert world.supervisor.picture.history[talks[2]][-2:] == ["offered", "active"]


# Calls counted twice


async def test_a_call_with_many_offers_is_counted_once(world: World) -> None:
    """A call that rang twice was two calls in the statistics (asterisk #1736)."""
    # given a call that ana rejected, ben put back, and ana took in the end
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    caller = await world.call("200")
    talk = (await world.conversation(caller, "offered"))["id"]
    await ana.offered(talk)
    await ana.reject(talk)
    await ben.offered(talk)
    await ben.accept(talk)
    await world.hear_each_other(ben, caller)
    await ben.requeue(talk)
    await ana.offered(talk)
    await ana.accept(talk)
    await world.hear_each_other(ana, caller)

    # when it is over
    await finish(ana, talk)
    kept = await world.closed(talk)

    # then it is one conversation with one part of each, in the archive and in either's list
    assert [s["agent"]["id"] for s in kept["segments"]] == [ben.id, ana.id]
    assert (kept["outcome"], kept["segments"][0]["wrap_up"]) == ("completed", "none")
    for agent in (ana, ben):

        async def listed(agent: Agent = agent) -> list[Json]:
            page = await world.supervisor.get("conversations", agent=agent.id)
            return [c for c in page["items"] if c["customer"]["number"] == caller.number]

        assert [c["id"] for c in await eventually(listed)] == [talk]
        assert (await agent.me())["load"]["voice"] == 0


# Wrap-up ends early


async def test_a_wrap_up_ends_when_its_agent_says_so(world: World) -> None:
    """An agent still writing was rung (asterisk #1006)."""
    # given an agent who writes
    ana = await world.at_work("ana")
    first = await world.call("200")
    talk = await world.talking(ana, first)
    await first.line.hang_up()
    await world.conversation(first, "wrap_up")

    # when all sorts of things happen: a caller waits, Busy and back, the leg goes and comes back,
    # the page is closed and opened
    waiting = (await world.conversation(await world.call("200"), "queued"))["id"]
    await ana.become("busy")
    await ana.become("available")
    await ana.delete("me/leg")
    await ana.leg_is("disconnected")
    await ana.connect("number")
    await ana.become("available")  # without a leg she was Busy, if a page of hers was closed before
    page = await world.person("ana")
    await page.put(f"conversations/{talk}/notes", {"notes": "still"})

    # then she still writes, and nothing rang
    mine = await page.get(f"conversations/{talk}")
    assert (mine["state"], mine["segments"][-1]["wrap_up"]) == ("wrap_up", "open")
    assert world.supervisor.picture.history[waiting] == ["queued"]
    assert "wrap_up" in await reasons(world, waiting, ana)

    # until she has done
    await ana.wrap_up(talk)
    await ana.offered(waiting)


# A matching agent who ignores a call blocks it for ever


async def test_an_agent_who_ignores_a_call_does_not_block_it(hasty_world: World) -> None:
    """The best match did not answer, and the call went to nobody else (Wazo's documentation)."""
    # given ana, who is the only one and does not answer
    world = hasty_world
    ana = await world.at_work("ana")
    caller = await world.call("200")
    first = await world.conversation(caller, "offered")
    await ana.offered(first["id"])

    # when ben comes while she lets it ring
    ben = await world.at_work("ben")

    # then it is his as soon as her time is over, with its age, and he can talk
    moved = await ben.offered(first["id"], within=OFFER_SECONDS + 3)
    assert moved["queued_at"] == first["queued_at"]
    await ben.accept(first["id"])
    await world.hear_each_other(ben, caller)
    await eventually(ana.line.hears_nothing)


# The agent has no caller identity


async def test_the_agent_sees_who_is_calling(world: World) -> None:
    """The agent's side showed the platform's number, not the caller's (jambonz #1363).

    The offer card shows it. The display of a phone whose leg stands between the calls does not.
    """
    ana = await world.at_work("ana")
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        # given a caller whose name the bot learnt
        caller = await world.call("100")
        channel = await bot.next_call()
        talk = await program.open(caller.number, "Greta Gable")

        # when the bot hands over
        await bot.hand_over(channel, SKILLS="Billing", CONVERSATION=talk)

        # then number and name are on the card before she answers, and stay
        offered = await ana.offered(talk)
        assert offered["customer"]["number"] == caller.number
        assert offered["customer"]["name"] == "Greta Gable"
        accepted = await ana.accept(talk)
        assert accepted["customer"] == offered["customer"]
        await world.hear_each_other(ana, caller)


# Nobody can see why a call skipped a ring


async def test_it_can_be_seen_why_a_call_skipped_a_ring(world: World) -> None:
    """A call passed an idle agent by, and nobody could say why (Genesys forum)."""
    # given ana, idle longest, who rejects; chi, without the skill; and ben, who is next
    ana, chi, ben = [await world.at_work(name) for name in ("ana", "chi", "ben")]
    caller = await world.call("200")
    talk = (await world.conversation(caller, "offered"))["id"]
    first = await ana.offered(talk)
    await ana.reject(talk)
    second = await ben.offered(talk)

    # then each offer tells what was asked for, how long its agent had been idle, and who else
    # could have had it (as the supervisor sees it)
    now = (await world.conversation(caller, "offered"))["why"]
    assert (now["how"], now["requirement"], now["eligible"]) == ("offered", ["Billing"], [])
    assert now["idle_ms"] >= 0
    assert first["offer"]["attempt"] + 1 == second["offer"]["attempt"]
    told = [
        e["data"]["why"]["eligible"]
        for e in world.supervisor.picture.events
        if e["type"] == "conversation.changed" and e["data"]["id"] == talk and e["data"]["why"]
    ]
    assert [[who["id"] for who in offer] for offer in told if offer][:1] == [[ben.id]]

    # and explain says of everybody what keeps them from it; an agent learns of themselves
    assert await reasons(world, talk, ana) == ["excluded"]
    assert await reasons(world, talk, chi) == ["skills"]
    assert sorted(await reasons(world, talk, ben)) == ["leg", "offer"]
    own = (await ben.get(f"conversations/{talk}/explain"))["agents"]
    assert [v["id"] for v in own] == [ben.id]
