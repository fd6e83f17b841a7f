"""Agents whose phones are rung for each call, and their callers."""

import itertools
import time

from tests.support.people import Agent
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.world import Caller, World

_numbers = itertools.count(int(time.time()) % 100_000 * 100)


async def with_desk_phone(world: World, name: str, answers: bool = False) -> Agent:
    """An available agent whose SIP phone is rung for each call."""
    agent = await world.person(name)
    agent.phone = await world.phones.desk_phone(*world.sip_user(agent), world.tone(), answers)
    return await rung_per_call(world, agent, "sip")


async def with_number(world: World, name: str, answers: bool = False, **prefer: bool) -> Agent:
    """An available agent whose telephone is rung for each call."""
    agent = await world.person(name)
    number = f"+4421{next(_numbers)}"
    agent.phone = await world.phones.number(number, world.tone(), answers)
    await agent.put("me/preferences", {"phone_number": number, **prefer})
    return await rung_per_call(world, agent, "number")


async def rung_per_call(world: World, agent: Agent, audio: str) -> Agent:
    """Prefer to be rung for each call, connect, and become available."""
    await agent.put("me/preferences", {"leg": "per_call", "audio": audio})
    await agent.connect(audio)
    await agent.become("available")
    return agent


async def offered_to(world: World, agent: Agent, caller: Caller) -> str:
    """Wait until the caller is offered to this agent, and their phone rings."""
    talk = str((await world.conversation(caller, "offered"))["id"])
    await agent.offered(talk)
    return talk


async def talks(world: World, agent: Agent, caller: Caller) -> str:
    """Wait until a phone that answers by itself is in a talk; the conversation's id."""
    await agent.phone.answered()
    await world.hear_each_other(agent, caller)
    return str((await world.conversation(caller, "active"))["id"])


async def no_leg(world: World) -> None:
    """Wait until no agent's phone has a channel."""

    async def none() -> bool:
        return not [c for c in await world.behind.channels() if c["id"].startswith("leg-")]

    await eventually(none)


async def waits(world: World, caller: Caller) -> Json:
    """The caller waits, with music."""
    waiting = await world.conversation(caller, "queued")
    await eventually(caller.line.hears_something)
    return waiting
