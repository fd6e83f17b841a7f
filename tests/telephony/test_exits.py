"""Callers who leave the queue alive: after the longest wait, or by a key, back to the dialplan.

As the dialplan comes, they leave a message there, which becomes a callback of its own.
"""

import asyncio
import time

import pytest

from tests.support.polling import eventually
from tests.support.world import World
from tests.telephony.choices import leaves_a_message, settings


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
