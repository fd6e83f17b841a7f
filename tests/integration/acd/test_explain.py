"""`domain.routing.explain` says of a hundred random call centres what the distributor then does."""

import random

import pytest
from redis.asyncio import Redis

from app.acd import Distributor, WrongState
from app.domain.agent import Caps, Status
from app.domain.conversation import Channel, Conversation, State
from app.domain.leg import LegMove
from app.domain.routing import Reason, Rules, explain
from tests.integration.acd.world import World

SKILLS = ("billing", "spanish", "chess")


async def staff(world: World, chance: random.Random) -> None:
    for n in range(chance.randint(1, 6)):
        has = chance.sample(SKILLS, chance.randint(0, 3))
        await world.agent(
            f"a{n}",
            *has,
            status=chance.choice([Status.AVAILABLE, Status.AVAILABLE, *Status]),
            leg=chance.random() < 0.7,
            inbox=chance.random() < 0.7,
            caps=Caps(chat=chance.randint(0, 2), email=chance.randint(0, 2)),
        )
        world.now += chance.randint(0, 1_000)


async def busy_afternoon(world: World, chance: random.Random) -> None:
    """Some work comes, is taken, refused, put down; some statuses change."""
    for n in range(chance.randint(2, 14)):
        name = f"c{n}"
        need = chance.sample(SKILLS, chance.randint(0, 2))
        await world.enqueue(name, *need, channel=chance.choice(list(Channel)))
        world.now += chance.randint(0, 3_000)
        agent = await world.offered_to(name)
        if agent is None:
            continue
        what = chance.random()
        if what < 0.3:
            await world.acd.reject(name, agent)
        elif what < 0.7:
            await world.talk(name)
            if what < 0.5:
                await world.acd.end(name, "agent")
            elif what < 0.55:
                await world.acd.set_status(agent, Status.BUSY, after_current=True)
            elif what < 0.6:
                await world.acd.change_leg(agent, LegMove.DISCONNECT, lost=True)


def agreed(world: World, new: Conversation, agents_before: list, rules: Rules) -> set[str]:  # type: ignore[type-arg]
    verdicts = explain(agents_before, new, world.now, rules)
    return {v.agent_id for v in verdicts if v.eligible}


@pytest.mark.parametrize("seed", range(100))
async def test_what_is_explained_is_what_happens(redis: Redis, seed: int) -> None:
    chance = random.Random(seed)
    rules = Rules(messages_during_call=chance.random() < 0.5)
    world = World(redis, rules)
    await world.acd.begin_epoch("e")
    await staff(world, chance)
    await busy_afternoon(world, chance)

    for c in await world.acd.conversations():
        if c.state is State.QUEUED:
            assert agreed(world, c, await world.acd.agents(), rules) == set()

    agents = await world.acd.agents()
    channel = chance.choice(list(Channel))
    need = tuple(sorted(chance.sample(SKILLS, chance.randint(0, 2))))
    to = chance.choice([None, None, agents[0].id])
    result = await world.enqueue("new", *need, channel=channel, to=to)

    new = result.conversations["new"]
    asked = Conversation(
        "new", State.QUEUED, channel, new.customer, world.now, skills=need, routed_to=to
    )
    able = agreed(world, asked, agents, rules)
    got = {new.offer.agent_id} if new.offer else set()
    longest = min(
        (a for a in agents if a.id in able), key=lambda a: (a.idle_since, a.id), default=None
    )
    assert got == ({longest.id} if longest else set())
    if new.why and not to:
        assert {*new.why.eligible, *got} == able


@pytest.mark.parametrize("seed", range(20))
async def test_a_pick_is_allowed_exactly_where_only_an_exclusion_stands_in_the_way(
    redis: Redis, acd: Distributor, world: World, seed: int
) -> None:
    chance = random.Random(seed)
    await staff(world, chance)
    await busy_afternoon(world, chance)
    waiting = [c for c in await acd.conversations() if c.state is State.QUEUED]
    for c in waiting:
        for verdict in explain(await acd.agents(), c, world.now, acd.rules):
            allowed = set(verdict.reasons) <= {Reason.EXCLUDED} and c.channel is not Channel.VOICE
            if not allowed:
                with pytest.raises(WrongState):
                    await acd.pick(c.id, verdict.agent_id)
