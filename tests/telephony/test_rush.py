"""Many customers within a second: each is one conversation, and none leaves anything behind."""

import asyncio
from datetime import datetime
from pathlib import Path

from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.sipp import rush
from tests.support.world import World

CALLS = 30


def queued_at(of: Json) -> datetime:
    """Since when somebody waits."""
    return datetime.fromisoformat(of["queued_at"])


async def test_thirty_customers_call_and_give_up(world: World, tmp_path: Path) -> None:
    # given one agent who does not answer
    ana = await world.at_work("ana")
    picture = world.supervisor.picture
    earlier = {c["id"] for c in picture.conversations.values()}

    def callers() -> list[Json]:
        new = [c for c in picture.conversations.values() if c["id"] not in earlier]
        return [c for c in new if c["customer"]["number"] == "sipp"]

    # when thirty customers call within a second
    calling = asyncio.create_task(rush(world.stack.sip, "200", CALLS, CALLS, 3000, tmp_path))
    await eventually(lambda: len(callers()) == CALLS, within=15)
    ids = [c["id"] for c in callers()]

    # then the oldest is offered to her
    states = [c["state"] for c in sorted(callers(), key=queued_at)]
    assert states.count("offered") == 1
    assert states[0] == "offered"
    assert (await ana.me())["offer"] in ids

    # when they all hang up, then each is in the archive as abandoned, and she is free
    assert await calling == ""
    closed = await asyncio.gather(*(world.closed(talk) for talk in ids))
    assert {c["outcome"] for c in closed} == {"abandoned"}
    await ana.leg_is("connected")
    await eventually(ana.line.hears_nothing)
