"""Redis loses everything with 1,000 who wait: routing is on again within 5 s, all at their place.

The thousand are voice conversations that a bot handed over and whose channel it has not moved
yet: they come back from SQL alone. Five more are real callers in Asterisk.
"""

import asyncio
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import Caller, World

WAITING = 1000
CALLERS = 5
ROUTING_AGAIN = 5.0
"""Seconds from the loss until a new caller rings at an agent."""


async def many_wait(program: Program) -> None:
    """So many conversations for Billing, 16 at a time."""
    numbers = iter(range(WAITING))

    async def some() -> None:
        for n in numbers:
            await program.queue(await program.open(f"+4950{n:04}"), "Billing")

    await asyncio.gather(*(some() for _ in range(16)))


def queued_in_sql(folder: Path) -> int:
    """What the archive holds as waiting."""
    with closing(sqlite3.connect(folder / "ringdesk.db")) as database:
        query = "SELECT count(*) FROM conversations WHERE state = 'queued'"
        return int(database.execute(query).fetchone()[0])


def places(world: World) -> dict[str, tuple[str, str]]:
    """State and age of all that is open, by the supervisor's page."""
    seen: list[Json] = list(world.supervisor.picture.conversations.values())
    return {c["id"]: (c["state"], c["queued_at"]) for c in seen if c["state"] != "bot"}


@pytest.mark.slow
@pytest.mark.alone
async def test_a_thousand_who_wait_come_back(own_world: World) -> None:
    # given a talk, 1,000 who wait for Billing, five real callers behind them, and chi, who is free
    world = own_world
    ana, chi = await world.at_work("ana"), await world.at_work("chi")
    talking = await world.call("200")
    talk = await world.talking(ana, talking)
    callers: list[Caller] = []
    async with Program(world) as program:
        await many_wait(program)
        for _ in range(CALLERS):
            callers.append(await world.call("200"))
            await world.conversation(callers[-1], "queued")
        everybody = WAITING + CALLERS
        await eventually(lambda: queued_in_sql(world.stack.folder) == everybody, within=15)
        before = places(world)
        epoch = world.supervisor.picture.seq.partition("-")[0]

        # when Redis loses everything, and a customer calls for Spanish
        await world.behind.redis.flushall()
        lost = time.monotonic()
        new = await world.call("202")

        # then that one rings at chi within 5 s
        offered = await world.conversation(new, "offered", within=ROUTING_AGAIN)
        await chi.offered(offered["id"])
        routed = time.monotonic() - lost
        assert routed < ROUTING_AGAIN
        await chi.accept(offered["id"])
        await world.hear_each_other(chi, new)

        # and everybody is where they were, with their age, in a new epoch; the talk goes on
        def all_back() -> bool:
            now = places(world)
            return all(now.get(talk_id) == place for talk_id, place in before.items())

        try:
            await eventually(all_back, within=ROUTING_AGAIN)
        except AssertionError:
            now = Counter(places(world).get(talk_id, ("gone", ""))[0] for talk_id in before)
            raise AssertionError(f"not where they were: {now}") from None
        back = time.monotonic() - lost
        assert world.supervisor.picture.seq.partition("-")[0] != epoch
        await world.hear_each_other(ana, talking)
        assert talking.line.missing(ana.phone.hz, lost) < 0.1
        print(f"routing again after {routed:.2f} s, all back after {back:.2f} s")

        # when ana is free again, then she gets them in their order
        oldest = sorted((age, talk_id) for talk_id, (state, age) in before.items())
        order = [talk_id for _, talk_id in oldest if before[talk_id][0] == "queued"]
        await ana.end(talk)
        await ana.wrap_up(talk)
        for talk_id in order[:3]:
            await ana.offered(talk_id)
            await ana.accept(talk_id)
            await ana.end(talk_id)
            await ana.wrap_up(talk_id)
