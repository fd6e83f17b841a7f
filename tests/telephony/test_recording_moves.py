"""Recordings of talks that change hands: what each file has in it, and what has no file at all."""

import asyncio

import pytest

from tests.support.bot import Bot
from tests.support.consults import consult, press, together
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.world import Caller, World
from tests.telephony.recorded import heard, is_written, on_a_call, parts, recorded

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE = 30.0


async def speaks(caller: Caller, hz: int, agent: Agent) -> None:
    """The customer sends another tone, for a second and more after the agent heard it."""
    caller.line.hz = hz
    await eventually(lambda: agent.line.hears(hz), within=PATIENCE)
    await asyncio.sleep(1)


async def was_told(world: World, caller: Caller) -> bool:
    """Whether the caller heard that the call is recorded."""
    channel = await world.behind.channel_of(caller.number)
    return bool(await world.behind.variable(channel, "RINGDESK_NOTICE") == "1")


async def test_a_transfer_to_a_recorded_skill_records_that_part_alone(world: World) -> None:
    async with recorded(world, "Spanish"):
        # given a talk for Billing, which is not recorded, and nothing was said of it
        ana, chi = await world.at_work("ana"), await world.at_work("chi")
        caller = await world.call("200")
        talk = await world.talking(ana, caller)
        assert not await was_told(world, caller)

        # when she passes the customer to Spanish
        first, second, third = caller.hz, world.tone(), world.tone()
        await press(ana, talk, "transfer", to={"skill": "Spanish"})
        caller.line.hz = second
        await chi.offered(talk, within=PATIENCE)
        await chi.accept(talk)

        # then they are told before they meet the next agent, and recorded from there on
        await is_written(world, caller)
        assert await was_told(world, caller)
        await world.hear_each_other(chi, caller, within=PATIENCE)
        await asyncio.sleep(1)

        # and when she passes them back to Billing, that is the end of the part
        await press(chi, talk, "transfer", to={"skill": "Billing"})
        await is_written(world, caller, on=False)
        await ana.wrap_up(talk)
        await ana.offered(talk, within=PATIENCE)
        await ana.accept(talk)
        await speaks(caller, third, ana)
        await caller.line.hang_up()
        [part] = await parts(world, talk, 1)
        sound = await heard(chi, part)
        assert sound.carry(second).sum() > 10
        assert sound.carry(chi.phone.hz).sum() > 10
        for of_others in (first, third, ana.phone.hz):
            assert not sound.carry(of_others).any(), of_others


async def test_what_the_agents_say_among_themselves_is_in_no_file_and_a_pause_holds(
    world: World,
) -> None:
    async with recorded(world, "Spanish"):
        # given a recorded talk, paused for a secret
        chi, caller, talk = await on_a_call(world)
        ben = await world.at_work("ben")
        await asyncio.sleep(1)
        ordinary, secret = caller.hz, world.tone()
        await chi.post(f"conversations/{talk}/recording/pause")
        await is_written(world, caller, on=False)
        await speaks(caller, secret, chi)

        # when she asks a colleague, and comes back, then it is paused still
        await consult(chi, talk, agent="ben@example.com")
        await ben.offered(talk, within=PATIENCE)
        await ben.accept(talk)
        await together(chi.line, ben.line)
        await press(chi, talk, "transfer/cancel")
        await eventually(lambda: chi.line.hears(secret), within=PATIENCE)
        seen = await chi.get(f"conversations/{talk}")
        assert (seen["recording"], seen["consult"]) == ("paused", None)
        await asyncio.sleep(1)
        await is_written(world, caller, on=False)

        # and when it is resumed, and she asks again and passes the customer on
        caller.line.hz = ordinary
        await eventually(
            lambda: chi.line.hears(ordinary) and not chi.line.hears(secret, last=0.5),
            within=PATIENCE,
        )
        await chi.post(f"conversations/{talk}/recording/resume")
        await is_written(world, caller)
        await asyncio.sleep(1)
        await consult(chi, talk, agent="ben@example.com")
        await is_written(world, caller, on=False)
        await ben.offered(talk, within=PATIENCE)
        await ben.accept(talk)
        await together(chi.line, ben.line)
        await asyncio.sleep(1)
        await press(chi, talk, "transfer/complete")
        await world.hear_each_other(ben, caller, within=PATIENCE)
        await is_written(world, caller)
        await asyncio.sleep(1)
        await caller.line.hang_up()

        # then the customer is in three parts, none has the secret, and in each is one agent
        files = [await heard(world.supervisor, part) for part in await parts(world, talk, 3)]
        for sound, agent, other in zip(files, (chi, chi, ben), (ben, ben, chi), strict=True):
            assert sound.carry(ordinary).sum() > 10
            assert sound.carry(agent.phone.hz).sum() > 10
            assert not sound.carry(other.phone.hz).any()
            assert not sound.carry(secret).any()


async def test_what_the_customer_says_to_the_bot_is_in_no_file(world: World) -> None:
    async with recorded(world, "Spanish"):
        # given a recorded talk with somebody whom a bot handed over
        chi = await world.at_work("chi")
        async with Bot(world.stack, world.behind) as bot:
            caller = await world.call("100")
            channel = await bot.next_call()
            await bot.hand_over(channel, SKILLS="Spanish")
            talk = await world.talking(chi, caller)
            await is_written(world, caller)
            await asyncio.sleep(1)
            first, secret, last = caller.hz, world.tone(), world.tone()

            # when she hands them back, and they tell the bot a secret
            await chi.post(f"conversations/{talk}/hand-back", {})
            await bot.next_start()
            prompt = await bot.plays(channel, 1000)
            caller.line.hz = secret
            await eventually(lambda: caller.line.hears(1000), within=PATIENCE)
            await is_written(world, caller, on=False)
            await asyncio.sleep(2)
            caller.line.hz = last
            await asyncio.sleep(1)  # nothing of what they said before is under way any more
            await bot.hushes(prompt)
            await chi.wrap_up(talk)

            # and come to her again
            await bot.hand_over(channel, SKILLS="Spanish")
            assert await world.talking(chi, caller) == talk
            await is_written(world, caller)
            await asyncio.sleep(1)
            await caller.line.hang_up()

        # then there are two parts: what they said to her before, and after
        one, two = [await heard(chi, part) for part in await parts(world, talk, 2)]
        assert one.carry(first).sum() > 10 and two.carry(last).sum() > 10
        for sound in (one, two):
            assert sound.carry(chi.phone.hz).sum() > 10
            assert not sound.carry(secret).any()
            assert not sound.carry(1000).any()


async def test_what_was_said_before_asterisk_died_is_there(own_world: World) -> None:
    world = own_world
    async with recorded(world, "Spanish"):
        # given a talk with one part recorded, a pause, and a part that is being written
        chi, caller, talk = await on_a_call(world)
        await asyncio.sleep(1)
        ordinary, secret = caller.hz, world.tone()
        await chi.post(f"conversations/{talk}/recording/pause")
        await parts(world, talk, 1)
        await speaks(caller, secret, chi)
        caller.line.hz = ordinary
        await eventually(
            lambda: chi.line.hears(ordinary) and not chi.line.hears(secret, last=0.5),
            within=PATIENCE,
        )
        await chi.post(f"conversations/{talk}/recording/resume")
        await is_written(world, caller)
        await asyncio.sleep(3)

        # when Asterisk dies, then the talk has failed, and both parts can be played
        world.stack.kill9("asterisk")
        assert (await world.closed(talk, within=PATIENCE))["outcome"] == "failed"
        for part in await parts(world, talk, 2):
            sound = await heard(chi, part)
            assert sound.carry(ordinary).sum() > 10, part
            assert sound.carry(chi.phone.hz).sum() > 10, part
            assert not sound.carry(secret).any(), part

        # and the next caller is told again, and recorded
        await chi.connect("number")
        later = await world.call("202")
        again = await world.talking(chi, later)
        await is_written(world, later)
        assert await was_told(world, later)
        await later.line.hang_up()
        await parts(world, again, 1)
