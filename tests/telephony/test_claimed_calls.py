"""A bot that says a call is its own which is somebody else's, or says it twice."""

from tests.support.bot import Bot
from tests.support.consults import on_a_call
from tests.support.people import Refused
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import World

PATIENCE = 20.0


async def refused(program: Program, channel: str) -> Refused:
    """What the service answers to a bot that opens a conversation on this channel."""
    try:
        talk = await program.open("+4930555", None, channel)
    except Refused as said:
        return said
    raise AssertionError(f"it is {talk}")


async def test_nobody_takes_the_call_that_people_have(world: World) -> None:
    # given a talk, and a caller who waits
    ana, caller, talk = await on_a_call(world)
    waits = await world.call("202")
    await world.conversation(waits, "queued")
    async with Program(world) as program:
        # when a bot opens a conversation on either's call, then it is told that somebody has it
        for one in (caller, waits):
            said = await refused(program, await world.behind.channel_of(one.number))
            assert (said.status, said.type) == (409, "wrong-state")

        # and on an agent's phone, that this is no customer
        said = await refused(program, await world.leg_channel(ana))
        assert (said.status, said.type) == (422, "validation")
        assert said.problem["errors"][0]["field"] == "channel_id"

    # and the two talk on
    await world.hear_each_other(ana, caller)
    assert (await world.conversation(caller, "active"))["id"] == talk
    await waits.line.hang_up()


async def test_a_bot_that_opens_its_call_twice_has_one_conversation(world: World) -> None:
    # given a bot that has a caller
    ana = await world.at_work("ana")
    async with (
        Program(world) as program,
        Program(world) as other,
        Bot(world.stack, world.behind) as bot,
    ):
        caller = await world.call("100")
        channel = await bot.next_call()
        talk = await program.open_call(caller.number, channel)

        # when it was started again, and opens the conversation once more, then it is that one
        assert await program.open_call(caller.number, channel) == talk

        # and another bot does not get it
        assert (await refused(other, channel)).status == 409

        # and once it is over nothing of this caller is open
        await program.queue(talk, "Billing")
        await world.talking(ana, caller)
        assert (await refused(program, channel)).status == 409
        await caller.line.hang_up()
        await world.conversation_is(talk, "wrap_up", within=PATIENCE)
        await ana.wrap_up(talk)
        await world.closed(talk, within=PATIENCE)

        async def nothing_open() -> bool:
            live = (await world.supervisor.get("live"))["conversations"]
            return all(each["customer"]["number"] != caller.number for each in live)

        await eventually(nothing_open, within=PATIENCE, every=0.1)


async def test_a_call_that_the_dialplan_brings_to_the_bot_again_is_a_new_conversation(
    world: World,
) -> None:
    # given a caller whose conversation with the bot is over, and who is on the line
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        first = await program.open_call(caller.number, channel)
        await program.post(f"conversations/{first}/end")
        await world.closed(first, within=PATIENCE)

        # when the bot begins another one with them, then it is another one
        second = await program.open_call(caller.number, channel)
        assert second != first
        await world.conversation_is(second, "bot")
        await caller.line.hang_up()
        assert (await world.closed(second, within=PATIENCE))["outcome"] == "bot_completed"
