"""A hand-over that cannot be: of a caller who is gone, or once more. Nothing is lost by it."""

import pytest

from tests.support.bot import Bot
from tests.support.people import Agent, Refused
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import World

PATIENCE = 20.0


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


async def test_while_it_rings_the_same_is_the_same_and_another_takes_its_place(
    world: World,
) -> None:
    # given a caller whom a bot handed over, and who is offered to Ana
    ana, chi = await world.at_work("ana"), await world.at_work("chi")
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        talk = await program.open_call(caller.number, await bot.next_call())
        await program.queue(talk, "Billing")
        ringing = await ana.offered(talk, within=PATIENCE)

        # when the bot says the same again, then it is that offer
        again = await program.queue(talk, "Billing")
        assert (again["state"], again["queued_at"]) == ("offered", ringing["queued_at"])
        assert again["offer"]["attempt"] == ringing["offer"]["attempt"]

        # when it wants Spanish instead, then it rings there, at the old place, and not at Ana's
        await program.queue(talk, "Spanish")
        moved = await chi.offered(talk, within=PATIENCE)
        assert (moved["skills"], moved["queued_at"]) == (["Spanish"], ringing["queued_at"])
        assert (await ana.me())["offer"] is None
        await chi.accept(talk)
        await world.hear_each_other(chi, caller, within=PATIENCE)
        await caller.line.hang_up()
        await world.conversation_is(talk, "wrap_up", within=PATIENCE)
        await chi.wrap_up(talk)
    kept = await world.closed(talk, within=PATIENCE)
    assert [part["agent"]["id"] for part in kept["segments"]] == [chi.id]


@pytest.mark.parametrize("accepted", [False, True], ids=["it rings", "accepted already"])
async def test_a_hand_over_that_knows_no_channel_waits_for_its_caller(
    world: World, accepted: bool
) -> None:
    # given a bot that opens a conversation without saying on which channel, and hands it over,
    # once more the same, and an agent who is offered it, and may have accepted it
    ana = await world.at_work("ana")
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        caller = await world.call("100")
        channel = await bot.next_call()
        talk = await program.open(caller.number)
        await program.queue(talk, "Billing")
        await ana.offered(talk, within=PATIENCE)
        again = await program.queue(talk, "Billing")
        assert (again["id"], again["state"]) == (talk, "offered")
        if accepted:
            await ana.accept(talk)
            said = await refused(program, f"conversations/{talk}/queue", {"skills": ["Spanish"]})
            assert (said.status, said.type) == (409, "wrong-state")

        # when the caller is moved to people, and says which conversation is theirs
        await bot.hand_over(channel, SKILLS="Spanish", CONVERSATION=talk)

        # then it is that one, as it stands, where they hear music, and the two talk
        if not accepted:
            await eventually(caller.line.hears_something, within=PATIENCE)
            assert (await ana.offered(talk, within=PATIENCE))["skills"] == ["Billing"]
            await ana.accept(talk)
        await world.hear_each_other(ana, caller, within=PATIENCE)
        await caller.line.hang_up()
        await world.conversation_is(talk, "wrap_up", within=PATIENCE)
        await ana.wrap_up(talk)
    assert (await world.closed(talk, within=PATIENCE))["outcome"] == "completed"

    async def found() -> bool:
        page = await world.supervisor.get("conversations", q=caller.number[1:])
        return [each["id"] for each in page["items"]] == [talk]

    await eventually(found, within=PATIENCE)


async def test_a_move_of_a_caller_who_is_gone_or_goes_leaves_nothing(world: World) -> None:
    # given an agent, and two callers whom a bot has
    ana = await world.at_work("ana")
    async with Program(world) as program, Bot(world.stack, world.behind) as bot:
        first = await world.call("100")
        one = await bot.next_call()
        talk = await program.open_call(first.number, one)
        second = await world.call("100")
        two = await bot.next_call()

        # when the bot moves one who has hung up, then Asterisk says so, and the bot had served them
        await first.line.hang_up()
        await eventually(lambda: is_gone(world, one), within=PATIENCE, every=0.05)
        with pytest.raises(AssertionError, match="404"):
            await bot.hand_over(one, SKILLS="Billing", CONVERSATION=talk)
        kept = await world.closed(talk, within=PATIENCE)
        assert (kept["outcome"], kept["segments"]) == ("bot_completed", [])

        # and when the other hangs up as they are moved, then no conversation of theirs stays open
        await bot.hand_over(two, SKILLS="Billing")
        await second.line.hang_up()
        await eventually(lambda: is_gone(world, two), within=PATIENCE, every=0.05)
        await eventually(lambda: nothing_open(world, second.number), within=PATIENCE, every=0.05)
        await eventually(lambda: free(ana), within=PATIENCE, every=0.05)
    assert ana.phone.rings == 1, "her leg stands, and nothing came to it"


async def nothing_open(world: World, number: str) -> bool:
    """Whether all of this customer's conversations are closed, in the queue and the archive."""
    found = await world.supervisor.get("conversations", q=number[1:])
    return all(each["state"] == "closed" for each in found["items"]) and not any(
        each["customer"]["number"] == number
        for each in (await world.supervisor.get("live"))["conversations"]
    )


async def free(agent: Agent) -> bool:
    """Whether nothing is offered to them, and nothing open."""
    me = await agent.me()
    return me["offer"] is None and me["load"]["voice"] == 0 and me["wrap_ups"] == 0
