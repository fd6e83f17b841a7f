"""Callers who leave the queue alive: after the longest wait, or by a key, back to the dialplan.

As the dialplan comes, they leave a message there, which becomes a callback of its own.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.people import Person
from tests.support.polling import eventually
from tests.support.stack import PASSWORD
from tests.support.world import Caller, World

BEEP_HZ = 700
"""Asterisk's own beep, to 50 Hz."""


@asynccontextmanager
async def settings(world: World, **values: object) -> AsyncIterator[None]:
    """Service-wide settings for one story, put back afterwards."""
    admin = Person(world.stack, "admin")
    await admin.sign_in(PASSWORD)
    try:
        await admin.put("settings", values)
        yield
    finally:
        await admin.put("settings", dict.fromkeys(values))
        await admin.close()


async def leaves_a_message(world: World, caller: Caller) -> None:
    """They hear the beep, speak, and hang up; the callback that comes of it is closed again."""
    beeped = False

    async def hears_beep() -> bool:
        nonlocal beeped
        beeped = beeped or caller.line.strongest() == BEEP_HZ
        return beeped

    first = (await world.supervisor.get("conversations", q=caller.number))["items"][0]
    await eventually(hears_beep, within=30)
    await asyncio.sleep(3)
    await caller.line.hang_up()
    left = await world.conversation(caller, "queued", within=15)
    assert left["id"] != first["id"]
    assert left["callback"]["recording"]
    assert left["queued_at"] == first["queued_at"]
    again = await world.phones.call("202", world.tone(), caller.number)
    await eventually(lambda: again.up)
    await asyncio.sleep(1)
    await again.hang_up()
    await world.closed(left["id"], within=10)


@pytest.mark.slow
async def test_who_waited_too_long_is_handed_back_and_leaves_a_message(world: World) -> None:
    async with settings(world, max_wait_seconds=4):
        # given a caller whom nobody takes
        caller, called = await world.call("202"), time.monotonic()
        waiting = await world.conversation(caller, "queued")
        await eventually(caller.line.hears_something)

        # when the longest wait is over, then, once and not before, they are in the dialplan
        over = await world.closed(waiting["id"], within=15)
        assert time.monotonic() - called > 3.5
        assert (over["outcome"], over["result"]) == ("transferred", "max_wait")
        assert not caller.line.over
        channel = await world.behind.channel_of(caller.number)

        async def in_the_dialplan() -> bool:
            return await world.behind.variable(channel, "RINGDESK_RESULT") == "max_wait"

        await eventually(in_the_dialplan)
        await leaves_a_message(world, caller)


@pytest.mark.slow
async def test_the_key_leads_out_of_the_queue_and_other_keys_do_not(world: World) -> None:
    async with settings(world, exit_key="9"):
        # given
        caller = await world.call("202")
        waiting = await world.conversation(caller, "queued")
        await eventually(caller.line.hears_something)

        # when another key is pressed, nothing happens; when the key is, they are in the dialplan
        await caller.line.press("5")
        await asyncio.sleep(1)
        assert (await world.conversation(caller, "queued"))["id"] == waiting["id"]
        await caller.line.press("9")
        over = await world.closed(waiting["id"])
        assert (over["outcome"], over["result"]) == ("transferred", "exit_key")
        await leaves_a_message(world, caller)


async def test_a_key_pressed_in_a_talk_is_the_agents_to_hear(world: World) -> None:
    async with settings(world, exit_key="9"):
        ana = await world.at_work("ana")
        caller = await world.call("200")
        talk = await world.talking(ana, caller)
        await caller.line.press("9")
        await asyncio.sleep(1)
        await world.hear_each_other(ana, caller)
        assert (await world.conversation(caller, "active"))["id"] == talk
        await ana.end(talk)
        await ana.wrap_up(talk)
