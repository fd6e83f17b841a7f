"""Redis has lost everything; conversations come back from what SQL kept, one by one."""

import random

import pytest

from app.acd import AgentProfile, WrongState
from app.domain.agent import Status
from app.domain.conversation import State
from app.domain.leg import LegMove
from tests.integration.acd import invariants
from tests.integration.acd.test_explain import busy_afternoon, staff
from tests.integration.acd.world import FOR_EVER, World


async def flush(world: World) -> None:
    await world.redis.flushall()
    await world.acd.begin_epoch("second")


@pytest.mark.parametrize("seed", range(20))
async def test_what_was_kept_comes_back(world: World, seed: int) -> None:
    chance = random.Random(seed)
    await staff(world, chance)
    await busy_afternoon(world, chance)
    before = await world.acd.picture()

    await flush(world)
    for a in before.agents.values():
        profile = AgentProfile(a.id, a.name, a.role, a.skills, a.caps)
        await world.acd.put_agent(profile, status=a.status, reason=a.status_reason)
        if a.leg.state.value != "disconnected":
            await world.acd.change_leg(a.id, LegMove.CONNECT)
        await world.acd.set_inbox(a.id, a.inbox_until)
    kept = [c for c in before.conversations.values() if c.state is not State.CLOSED]
    for c in chance.sample(kept, len(kept)):
        await world.acd.restore(c)
        assert (await world.acd.restore(c)).events == ()

    after = await world.acd.picture()
    invariants.check_ownership(after)
    invariants.check_nobody_waits(after, world.now, world.acd.rules)
    assert {c.id for c in kept} == set(after.conversations)
    for c in kept:
        back = after.conversations[c.id]
        assert (back.queued_at, back.agent_id) == (c.queued_at, c.agent_id)
        assert back.segments == c.segments
    for a in before.agents.values():
        assert (after.agents[a.id].load, after.agents[a.id].wrap_ups) == (a.load, a.wrap_ups)


async def test_an_active_call_frees_its_agent_of_what_was_offered_meanwhile(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.talk("call")
    kept = await world.c("call")
    await flush(world)
    await world.agent("ana", "billing")
    await world.enqueue("next", "billing")
    assert await world.offered_to("next") == "ana"
    await world.acd.restore(kept)
    assert (await world.c("call")).agent_id == "ana"
    assert await world.state("next") is State.QUEUED
    invariants.check_ownership(await world.acd.picture())


async def test_a_call_whose_agent_is_gone_waits_at_its_old_place(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.talk("call")
    kept = await world.c("call")
    await flush(world)
    world.now += 5_000
    await world.enqueue("next", "billing")
    await world.acd.restore(kept)
    await world.agent("ben", "billing")
    assert await world.offered_to("call") == "ben"


async def test_asterisk_knows_better_who_talks(world: World) -> None:
    await world.agent("ana", "billing")
    await world.agent("ben", "billing", status=Status.BUSY, inbox=False)
    await world.enqueue("call", "billing")
    world.now += 1
    await world.enqueue("other", "billing")
    await world.acd.adopt("call", "ben")
    assert (await world.c("call")).agent_id == "ben"
    assert await world.offered_to("other") == "ana"
    await world.acd.adopt("other", "ana")
    assert (await world.acd.adopt("other", "ana")).events == ()
    await world.enqueue("third", "billing")
    with pytest.raises(WrongState):
        await world.acd.adopt("third", "ana")
    await world.acd.set_inbox("ben", FOR_EVER)
    invariants.check_ownership(await world.acd.picture())
