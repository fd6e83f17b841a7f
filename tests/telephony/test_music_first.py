"""Who comes while nobody can put them into the queue hears music all the same."""

import asyncio
import os
import signal
import time

import pytest

from app.telephony.hold_music import UNSETTLED_MS
from tests.support.bot import Bot
from tests.support.phones import Line
from tests.support.polling import eventually
from tests.support.world import World
from tests.telephony.per_call import talks, with_desk_phone

QUIET_SECONDS = 1.5
"""Until the first sound, at the most: the bot's callers wait for UNSETTLED_MS of it. Music has
short pauses of its own."""


async def _hears_music_for(line: Line, seconds: float, since: float) -> None:
    """They hear something, soon and all the while."""
    await eventually(lambda: time.monotonic() > since + seconds)
    assert line.longest_quiet(since) < QUIET_SECONDS + UNSETTLED_MS / 1000


async def test_a_caller_hears_music_while_the_queue_does_not_answer(world: World) -> None:
    # given a live queue that answers nobody
    ana = await world.at_work("ana")
    await world.behind.redis.client_pause(60_000, all=False)

    # when a customer calls, then they hear music
    caller = await world.call("200")
    await eventually(lambda: caller.line.up)
    await _hears_music_for(caller.line, 4, time.monotonic())

    # and once the queue answers they are served, and no music is over the voices
    await world.behind.redis.client_unpause()
    await world.talking(ana, caller)


async def test_a_bots_caller_hears_music_while_the_queue_does_not_answer(world: World) -> None:
    # given a bot with a caller, and a live queue that answers nobody
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        await world.behind.redis.client_pause(60_000, all=False)

        # when it hands over, then the caller hears music
        await bot.hand_over(channel, SKILLS="Billing")
        await _hears_music_for(caller.line, 4, time.monotonic())

        # and once the queue answers they are served, and no music is over the voices
        await world.behind.redis.client_unpause()
        await world.talking(ana, caller)


@pytest.mark.parametrize("leg", ["persistent", "per_call"])
async def test_whose_agent_hangs_up_while_the_queue_does_not_answer_hears_music(
    world: World, leg: str
) -> None:
    # given a talk, and a live queue that answers nobody
    if leg == "persistent":
        ana = await world.at_work("ana")
        caller = await world.call("200")
        await world.talking(ana, caller)
    else:
        ana = await with_desk_phone(world, "ana", answers=True)
        caller = await world.call("200")
        await talks(world, ana, caller)
    await world.behind.redis.client_pause(60_000, all=False)

    # when the agent's phone hangs up, then the customer hears music
    await ana.line.hang_up()
    await _hears_music_for(caller.line, 4, time.monotonic())
    assert caller.line.up

    # and once the queue answers the talk is over
    await world.behind.redis.client_unpause()
    await eventually(lambda: caller.line.over, within=5)


async def test_a_caller_hears_music_while_the_service_stands_still(own_world: World) -> None:
    # given a service that stands still
    world = own_world
    ana = await world.at_work("ana")
    service = world.stack.pid("service")
    assert service is not None
    os.kill(service, signal.SIGSTOP)

    # when a customer calls, then they hear music
    try:
        caller = await world.call("200")
        await eventually(lambda: caller.line.up)
        await _hears_music_for(caller.line, 3, time.monotonic())
    finally:
        os.kill(service, signal.SIGCONT)

    # and once it goes on they are served, and no music is over the voices
    await asyncio.wait_for(world.talking(ana, caller), 40)
