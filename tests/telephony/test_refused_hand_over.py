"""A hand-over that cannot be: of a caller who is gone, or once more. Nothing is lost by it."""

from tests.support.bot import Bot
from tests.support.people import Refused
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import World


async def refused(program: Program, path: str, body: Json) -> Refused:
    """What the service answers to what it does not do."""
    try:
        await program.post(path, body)
    except Refused as said:
        return said
    raise AssertionError(f"{path} was done")


async def is_gone(world: World, channel: str) -> bool:
    """Whether Asterisk has this channel no more."""
    return channel not in {each["id"] for each in await world.behind.channels()}


async def test_nobody_is_opened_on_a_channel_that_is_not_there(world: World) -> None:
    async with Program(world) as program:
        body = {"channel": "voice", "customer": {"number": "+4930555"}, "channel_id": "gone.1"}
        said = await refused(program, "conversations", body)
        assert (said.status, said.type) == (422, "validation")
        assert said.problem["errors"][0]["field"] == "channel_id"


async def test_a_caller_who_has_hung_up_is_not_queued(world: World) -> None:
    # given an agent, and a caller whom a bot has
    ana = await world.at_work("ana")
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        talk = await program.open_call(caller.number, channel)

        # when the bot hands them over, once they have hung up
        await caller.line.hang_up()
        await eventually(lambda: is_gone(world, channel), every=0.05)
        said = await refused(program, f"conversations/{talk}/queue", {"skills": ["Billing"]})

        # then it is told so; the bot has served them, and nobody was rung
        assert (said.status, said.type) == (409, "wrong-state")
        kept = await world.closed(talk)
        assert (kept["outcome"], kept["segments"]) == ("bot_completed", [])
        assert ana.phone.rings == 1, "her leg stands, and nothing came to it"


async def test_a_second_hand_over_changes_nothing_of_a_talk(world: World) -> None:
    # given a caller who was handed over, with a repeated request, and talks with Ana
    ana = await world.at_work("ana")
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        talk = await program.open_call(caller.number, await bot.next_call())
        first = await program.queue(talk, "Billing")
        again = await program.queue(talk, "Billing")
        assert (again["id"], again["queued_at"]) == (first["id"], first["queued_at"])
        assert await world.talking(ana, caller) == talk

        # when the bot hands them over once more, then it is refused, and they go on talking
        said = await refused(program, f"conversations/{talk}/queue", {"skills": ["Spanish"]})
        assert (said.status, said.type) == (409, "wrong-state")
        now = await world.conversation_is(talk, "active")
        assert (now["agent"]["id"], now["skills"]) == (ana.id, ["Billing"])
        await world.hear_each_other(ana, caller)
