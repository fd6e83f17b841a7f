"""An agent gives a caller back to the AI, with notes; a bot that does not take them loses them."""

from tests.support.bot import Bot
from tests.support.people import Agent, Refused
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.world import Caller, World


async def talking(world: World, bot: Bot, agent: Agent) -> tuple[Caller, str, str]:
    """A caller whom the bot handed over, and who talks with the agent: channel, conversation."""
    caller = await world.call("100")
    channel = await bot.next_call()
    await bot.hand_over(channel, SKILLS="Billing")
    return caller, channel, await world.talking(agent, caller)


async def test_back_to_the_bot_and_to_people_again(world: World) -> None:
    # given a caller whom the bot handed over, and who talks with Ana
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller, channel, talk = await talking(world, bot, ana)
        before = await world.conversation(caller, "active")

        # when she gives them back to the bot
        back = await ana.post(f"conversations/{talk}/hand-back", {"notes": "wants the invoice"})
        assert back["state"] == "bot"

        # then her part is over, and her wrap-up is open
        [segment] = back["segments"]
        assert (segment["ended_by"], segment["wrap_up"]) == ("hand_back", "open")
        assert segment["notes"] == "wants the invoice"

        # and the bot gets the channel, the conversation and the notes; the caller hears music
        start = await bot.next_start()
        assert (start["channel"]["id"], start["args"]) == (channel, ["handback", talk])
        assert await bot.variable(channel, "RINGDESK_NOTES") == "wants the invoice"
        await eventually(caller.line.hears_something, within=15)

        # when it plays something, then it has the caller, who hears it and no music
        prompt = await bot.plays(channel, 1000)
        await eventually(lambda: caller.line.hears(1000), within=15)
        with_bot = await eventually(lambda: taken(world, caller), within=15)
        assert with_bot["bot"]["has_caller"]
        await bot.hushes(prompt)

        # when it hands over again, then it is the same conversation, at its age, for who is asked
        await bot.hand_over(channel, SKILLS="Spanish")
        again = await world.conversation(caller, "queued", within=15)
        assert (again["id"], again["skills"]) == (talk, ["Spanish"])
        assert again["queued_at"] == before["queued_at"]
        await caller.line.hang_up()
        await ana.wrap_up(talk)
        kept = await world.closed(talk, within=15)
        assert kept["outcome"] == "abandoned"

    # and the timeline tells of it
    async def told() -> list[str] | None:
        past = await world.supervisor.get(f"conversations/{talk}/timeline")
        types = [entry["type"] for entry in past["items"]]
        return types if "conversation_closed" in types else None

    types = await eventually(told, within=15)
    assert types.index("conversation_handed_back") < types.index("bot_took")
    assert types.count("conversation_queued") == 2


def taken(world: World, caller: Caller) -> Json | None:
    """The caller's conversation once the bot has taken it up."""
    now = world.supervisor.picture.of(caller.number)
    return now if now and now["state"] == "bot" and now["bot"]["until"] is None else None


async def test_a_bot_that_does_nothing_with_the_caller_loses_them(world: World) -> None:
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller, channel, talk = await talking(world, bot, ana)
        before = await world.conversation(caller, "active")

        # when the bot is there, gets the caller, and does nothing
        await ana.post(f"conversations/{talk}/hand-back")
        assert await bot.next_call() == channel

        # then they wait again at their old place, with music, and whoever is free gets them
        again = await world.conversation(caller, "queued", within=15)
        assert again["queued_at"] == before["queued_at"]
        await eventually(caller.line.hears_something, within=15)
        await ana.wrap_up(talk)
        assert await world.talking(ana, caller) == talk


async def test_a_bot_that_listens_has_taken_them(world: World) -> None:
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller, channel, talk = await talking(world, bot, ana)

        # when the bot ends the music, which goes on beside a recording, and records what they say
        await ana.post(f"conversations/{talk}/hand-back")
        assert await bot.next_call() == channel
        await world.behind.ari("DELETE", f"channels/{channel}/moh")
        await bot.records(channel)

        # then it has them, and they hear nothing over their own words
        await eventually(lambda: taken(world, caller), within=15)
        await eventually(lambda: caller.line.hears_nothing(last=1.5), within=15)
        await caller.line.hang_up()
        await ana.wrap_up(talk)
        assert (await world.closed(talk, within=15))["outcome"] == "bot_completed"


async def test_a_bot_that_is_not_there_costs_no_time(world: World) -> None:
    ana = await world.at_work("ana")
    async with Bot(world.stack, world.behind) as bot:
        caller, _, talk = await talking(world, bot, ana)

    # when the bot's program has gone, and she gives the caller back
    await ana.post(f"conversations/{talk}/hand-back")

    # then they wait for people again
    await world.conversation(caller, "queued", within=15)
    await ana.wrap_up(talk)
    assert await world.talking(ana, caller) == talk


async def test_a_call_that_came_without_a_bot_cannot_be_handed_back(world: World) -> None:
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    assert (await world.conversation(caller, "active"))["bot"] is None

    try:
        await ana.post(f"conversations/{talk}/hand-back")
        raise AssertionError("it was handed back")
    except Refused as refused:
        assert refused.status == 409
        assert refused.type == "wrong-state"
        assert "without" in refused.problem["detail"]
    await world.hear_each_other(ana, caller)
