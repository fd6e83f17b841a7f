"""A bot that dies while it has a caller, or is not there at all: nobody is dropped."""

import os
import signal

import pytest

from tests.support.bot import Bot
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import World


async def test_a_caller_whose_bot_dies_in_mid_call_is_queued(world: World) -> None:
    # given a bot that plays a prompt to a caller, of whom it told us what it knows
    ana = await world.at_work("ana")
    async with Program(world) as program:
        async with Bot(world.stack, world.behind) as bot:
            caller = await world.call("100")
            channel = await bot.next_call()
            talk = await program.open_call(caller.number, channel, skills=["Billing"])
            await bot.plays(channel, 1000)
            await eventually(lambda: caller.line.hears(1000), within=15)
            with_bot = await world.conversation_is(talk, "bot")
            assert (with_bot["bot"]["has_caller"], with_bot["skills"]) == (True, ["Billing"])

        # when its program dies, then the caller is queued for the skill that it named, and talks
        await world.conversation_is(talk, "offered", within=15)
        await ana.offered(talk)
        await ana.accept(talk)
        await world.hear_each_other(ana, caller)
        assert (await world.conversation_is(talk, "active"))["bot"]["has_caller"] is False


async def test_a_bot_that_dies_after_a_hand_back_loses_the_caller_to_people(world: World) -> None:
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        await bot.hand_over(channel, SKILLS="Billing")
        talk = await world.talking(ana, caller)
        await ana.post(f"conversations/{talk}/hand-back")
        await bot.next_call()
        await bot.plays(channel, 1000)
        await eventually(lambda: taken_up(world, talk), within=15)

    # when it dies once it had taken them up, then they wait again, and the same agent may get them
    await ana.wrap_up(talk)
    await talks(world, ana, talk)
    await world.hear_each_other(ana, caller)


async def test_a_caller_who_hangs_up_on_the_bot_was_served_by_it(world: World) -> None:
    # given a caller whom a bot has
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        talk = await program.open_call(caller.number, await bot.next_call())

        # when they hang up, then it is over, without a word of the bot
        await caller.line.hang_up()
        kept = await world.closed(talk, within=15)
        assert (kept["outcome"], kept["segments"]) == ("bot_completed", [])


async def test_without_a_bot_the_dialplan_queues_the_caller(world: World) -> None:
    # given no bot, an agent, and a caller for the bot's number
    ana = await world.at_work("ana")
    caller = await world.call("100")

    # then they are with people at once
    await world.talking(ana, caller)


@pytest.mark.slow
async def test_nobody_is_lost_when_ringdesk_dies_between_a_hand_back_and_its_effect(
    own_world: World,
) -> None:
    # given a talk with a caller who came from a bot
    world = own_world
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        await bot.hand_over(await bot.next_call(), SKILLS="Billing")
        talk = await world.talking(ana, caller)

        # when she hands it back while Asterisk takes no orders, and Ringdesk is killed
        asterisk = world.stack.pid("asterisk")
        assert asterisk is not None
        os.kill(asterisk, signal.SIGSTOP)
        try:
            assert (await ana.post(f"conversations/{talk}/hand-back"))["state"] == "bot"
            world.stack.kill9()
        finally:
            os.kill(asterisk, signal.SIGCONT)
        world.stack.restart()

        # then, whether the bot (which does nothing) was given the caller or its time had passed
        # meanwhile, they wait for people again, and talk
        await world.conversation_is(talk, "queued", within=30)
        await ana.wrap_up(talk)
        await talks(world, ana, talk)
        await world.hear_each_other(ana, caller, within=15)


async def taken_up(world: World, talk: str) -> bool:
    """Whether the bot has taken up the caller who was handed back."""
    now = await world.supervisor.get(f"conversations/{talk}")
    return now["state"] == "bot" and now["bot"]["until"] is None


async def talks(world: World, agent: Agent, talk: str) -> None:
    """The agent gets the conversation and accepts it."""
    await world.conversation_is(talk, "offered", within=15)
    await agent.offered(talk)
    await agent.accept(talk)
