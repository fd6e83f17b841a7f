"""A call that comes to people more than once: each time counts, and each time once."""

from tests.support.bot import APP, Bot
from tests.support.polling import eventually
from tests.support.world import World


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
            await world.behind.ari("POST", f"channels/{channel}/move", app=APP)
            assert await bot.next_call() == channel
            assert (await world.closed(ids[-1]))["outcome"] == "abandoned"
            await bot.hand_over(channel, SKILLS="Spanish")
            ids.append((await world.conversation(caller, "queued"))["id"])

        # then each was taken, and hears music; nothing that was over is written over
        assert len(set(ids)) == 3
        await eventually(caller.line.hears_something)
        assert (await world.closed(ids[0]))["skills"] == ["Spanish"]

        # and when it asks for what somebody here can do, then they talk
        await world.behind.ari("POST", f"channels/{channel}/move", app=APP)
        await bot.next_call()
        await world.closed(ids[-1])
        await bot.hand_over(channel, SKILLS="Billing")
        await world.talking(ana, caller)
