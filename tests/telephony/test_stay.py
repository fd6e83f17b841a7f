"""A bot that stays: it keeps the caller, and plays to them, until an agent accepts."""

from tests.support.bot import Bot
from tests.support.people import Refused
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import Caller, World


async def staying(world: World, program: Program, bot: Bot) -> tuple[Caller, str]:
    """A caller who hears the bot while they wait for Billing; the conversation."""
    caller = await world.call("100")
    channel = await bot.next_call()
    talk = await program.open_call(caller.number, channel)
    await bot.plays(channel, 1000)
    waiting = await program.queue(talk, "Billing", stay=True)
    assert waiting["bot"]["stays"]
    await eventually(lambda: caller.line.hears(1000), within=15)
    return caller, talk


async def test_the_bot_keeps_the_caller_until_an_agent_accepts(world: World) -> None:
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller, talk = await staying(world, program, bot)

        # when an agent comes, then her phone rings while the caller goes on hearing the bot
        ana = await world.at_work("ana")
        await world.conversation_is(talk, "offered")
        await ana.offered(talk)
        await eventually(lambda: caller.line.hears(1000))

        # and once she accepts, the two talk, though the bot had not ended its prompt
        await ana.accept(talk)
        await world.hear_each_other(ana, caller, within=15)
        now = await world.conversation_is(talk, "active")
        assert (now["bot"]["stays"], now["bot"]["has_caller"]) == (False, False)


async def test_a_staying_bot_that_dies_leaves_the_caller_at_their_place(world: World) -> None:
    async with Program(world) as program:
        async with Bot(world.stack, world.behind) as bot:
            caller, talk = await staying(world, program, bot)
            before = await world.conversation_is(talk, "queued")

        # when the bot dies, then the caller hears music instead, at the same age
        async def ours() -> bool:
            now = await world.supervisor.get(f"conversations/{talk}")
            return not now["bot"]["has_caller"]

        await eventually(ours, within=15)
        after = await world.conversation_is(talk, "queued")
        assert after["queued_at"] == before["queued_at"]
        await eventually(caller.line.hears_something, within=15)
        ana = await world.at_work("ana")
        await world.talking(ana, caller)


async def test_who_hangs_up_on_a_staying_bot_has_abandoned(world: World) -> None:
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller, talk = await staying(world, program, bot)
        await caller.line.hang_up()
        assert (await world.closed(talk))["outcome"] == "abandoned"


async def test_only_a_bot_that_has_the_caller_can_stay(world: World) -> None:
    async with Program(world) as program:
        talk = await program.open("+4930111222")
        try:
            await program.queue(talk, "Billing", stay=True)
            raise AssertionError("it stays with nobody")
        except Refused as refused:
            assert (refused.status, refused.type) == (409, "wrong-state")
            assert "channel_id" in refused.problem["detail"]
        await program.post(f"conversations/{talk}/end")
