"""A call that comes to people more than once: each time counts, and each time once."""

import asyncio
import time

import pytest

from tests.support.bot import APP, Bot
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import Caller, World

PLAYED = 40.0
"""Seconds: a bot that takes a caller back without a word has them once what plays is over, and a
notice takes 11 s. One more may stand behind it."""


TIMES = 6
"""How often a bot changes its mind."""


async def _another(world: World, caller: Caller, before: list[str]) -> str:
    """Wait until the caller is queued in a conversation that is none of these."""

    def found() -> str | None:
        seen = world.supervisor.picture.of(caller.number)
        new = seen is not None and seen["state"] == "queued" and seen["id"] not in before
        return str(seen["id"]) if seen and new else None

    return await eventually(found, within=PLAYED)


async def _waits(caller: Caller) -> None:
    """They are in the waiting room, and hear so."""
    since = time.monotonic()
    await eventually(lambda: time.monotonic() > since + 2 and caller.line.hears_something())


async def _archived(world: World, caller: Caller) -> list[str]:
    """The caller's conversations, as far as the archive has taken note."""
    page = await world.supervisor.get("conversations")
    return [c["id"] for c in page["items"] if c["customer"]["number"] == caller.number]


async def test_a_caller_whom_the_bot_takes_back_and_hands_over_again(world: World) -> None:
    # given a bot whose caller waits for Spanish, which nobody here speaks
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        await bot.hand_over(channel, SKILLS="Spanish")
        first = await world.conversation(caller, "queued")

        # when it takes the caller back without a word to us, and hands over again, and once more
        ids = [first["id"]]
        for _ in range(2):
            await _waits(caller)
            await world.behind.ari("POST", f"channels/{channel}/move", app=APP)
            assert await bot.next_call(within=PLAYED) == channel
            assert (await world.closed(ids[-1]))["outcome"] == "abandoned"
            await bot.hand_over(channel, SKILLS="Spanish")
            ids.append(await _another(world, caller, ids))

        # then each was taken, and hears music; nothing that was over is written over
        assert len(set(ids)) == 3
        await _waits(caller)
        assert (await world.closed(ids[0]))["skills"] == ["Spanish"]

        # and when it asks for what somebody here can do, then they talk
        await world.behind.ari("POST", f"channels/{channel}/move", app=APP)
        await bot.next_call(within=PLAYED)
        await world.closed(ids[-1])
        await bot.hand_over(channel, SKILLS="Billing")
        await world.talking(ana, caller)


@pytest.mark.parametrize("pause", [0.0, 0.008, 0.05], ids=["at once", "8 ms", "50 ms"])
async def test_a_caller_whom_the_bot_takes_back_in_the_instant_of_its_hand_over(
    world: World, pause: float
) -> None:
    # given a bot whose moves cross ours: it takes its caller back while we take them in
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        for _ in range(TIMES):
            await bot.hand_over(channel, SKILLS="Spanish")
            await asyncio.sleep(pause)  # no wait for anything: the instant is what it is about
            await world.behind.ari("POST", f"channels/{channel}/move", app=APP)
            assert await bot.next_call(within=PLAYED) == channel

        # when it hands over once more, for what somebody here can do
        await bot.hand_over(channel, SKILLS="Billing")

        # then each time that they came to us was one conversation, over when the bot took them back
        # (two moves may be one for Asterisk, where the second overtakes the first), and they talk
        async def theirs() -> list[str]:
            page = await world.supervisor.get("conversations")
            mine = [c for c in page["items"] if c["customer"]["number"] == caller.number]
            return sorted(c["outcome"] or "open" for c in mine)

        async def over() -> bool:
            ends = await theirs()
            earlier = len(ends) - 1
            return 0 < earlier <= TIMES and ends == [*earlier * ["abandoned"], "open"]

        await _waits(caller)
        try:
            await eventually(over)
        except AssertionError:
            raise AssertionError(await theirs()) from None
        talk = await world.talking(ana, caller)
        assert (await world.conversation_is(talk, "active"))["skills"] == ["Billing"]


async def test_a_caller_is_not_hung_up_who_left_and_came_back_before_the_queue_took_note(
    world: World,
) -> None:
    # given a caller who waits, and a live queue that answers nobody for a while
    async with Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        await bot.hand_over(channel, SKILLS="Spanish")
        first = await world.conversation(caller, "queued")
        await world.behind.redis.client_pause(60_000, all=False)

        # when the bot takes the caller back and hands over again, and the queue answers then
        await world.behind.ari("POST", f"channels/{channel}/move", app=APP)
        await bot.next_call()
        await bot.hand_over(channel, SKILLS="Spanish")
        await eventually(lambda: world.behind.holds(channel))
        await world.behind.redis.client_unpause()

        # then the first time is over, and the caller waits again
        assert (await world.closed(first["id"]))["outcome"] == "abandoned"
        await _another(world, caller, [first["id"]])
        await eventually(caller.line.hears_something)


@pytest.mark.parametrize("queued", [False, True], ids=["still the bot's", "queued already"])
async def test_a_conversation_opened_without_a_channel_is_the_call_that_names_it(
    world: World, queued: bool
) -> None:
    # given a bot that opened a conversation over HTTP, and perhaps queued it, and named no channel
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        talk = await program.open(caller.number, "Greta Gable")
        if queued:
            await program.queue(talk, "Spanish")

        # when the call comes to people and names it
        await bot.hand_over(channel, SKILLS="Spanish", CONVERSATION=talk)

        # then it is that conversation, with what the bot said, and no other
        await eventually(caller.line.hears_something)
        now = await world.conversation_is(talk, "queued")
        assert (now["customer"]["name"], now["skills"]) == ("Greta Gable", ["Spanish"])
        assert await eventually(lambda: _archived(world, caller)) == [talk]

        # and it ends with the call
        await caller.line.hang_up()
        assert (await world.closed(talk))["outcome"] == "abandoned"


async def test_a_call_never_takes_the_conversation_of_another(world: World) -> None:
    # given a caller who waits
    async with Bot(world.stack, world.behind) as bot:
        first = await world.call("100")
        await bot.hand_over(await bot.next_call(), SKILLS="Spanish")
        talk = (await world.conversation(first, "queued"))["id"]

        # when another call names that conversation as its own
        second = await world.call("100")
        await bot.hand_over(await bot.next_call(), SKILLS="Spanish", CONVERSATION=talk)

        # then it gets one for itself, and the first one's stands
        other = await world.conversation(second, "queued")
        assert other["id"] != talk
        assert (await world.conversation(first, "queued"))["id"] == talk
