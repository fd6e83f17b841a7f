"""A consult in virtual time: how one is begun, and what must be so once it is over."""

from app.domain.conversation import Conversation, State
from tests.integration.acd.world import World

TIME = 30_000
"""Rules.transfer_ms."""


async def a_talk(world: World) -> None:
    """ana talks with caller c, who asked for x."""
    await world.agent("ana", "x")
    await world.enqueue("c", "x")
    assert await world.talk("c") == "ana"


async def asked(world: World) -> str | None:
    """Whom the consult about c is held out to."""
    consult = (await world.c("c")).consult
    return consult.offer.agent_id if consult and consult.offer else None


async def rings(world: World, agent: str) -> None:
    """The consult is heard on that agent's phone."""
    consult = (await world.c("c")).consult
    assert consult is not None
    assert consult.offer is not None
    await world.acd.rang("c", agent, consult.offer.attempt)


async def consulting(world: World) -> None:
    """ana talks with yan, the customer is held."""
    await a_talk(world)
    await world.agent("yan", "y")
    await world.acd.consult("c", "ana", skills=("y",))
    await rings(world, "yan")
    await world.acd.accept("c", "yan")


async def back_with_ana(world: World) -> Conversation:
    """The consult is over, and the customer is ana's as before."""
    c = await world.c("c")
    assert (c.state, c.agent_id, c.held, c.consult) == (State.ACTIVE, "ana", False, None)
    assert len(c.segments) == 1
    return c


async def nothing_hidden(world: World) -> None:
    """No seeker is left in Redis, on no list and no deadline."""
    found = [key async for key in world.redis.scan_iter("*")]
    assert not [key for key in found if "\t" in key]
    for key in found:
        if await world.redis.type(key) == "zset":
            assert not [m for m in await world.redis.zrange(key, 0, -1) if "\t" in m]
        if await world.redis.type(key) == "set":
            assert not [m for m in await world.redis.smembers(key) if "\t" in m]
    due = await world.redis.zrange("{ringdesk}:deadlines", 0, -1)
    assert not [m for m in due if str(m).startswith("consult")]
