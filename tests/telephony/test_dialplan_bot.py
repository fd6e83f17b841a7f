"""A bot that is an application of the dialplan, such as AudioSocket(), AGI() or Echo(): it has no
Stasis application, and tells over HTTP which call it has. Echo() of 300 stands for it here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.support.consults import press
from tests.support.people import Refused
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import Caller, World

PATIENCE = 20.0


@dataclass(frozen=True)
class Echoed:
    """A caller who hears what they say."""

    caller: Caller
    talk: str
    program: Program


@asynccontextmanager
async def echoed(world: World) -> AsyncIterator[Echoed]:
    """Somebody is in the application, and their conversation is open."""
    async with Program(world) as program:
        caller = await world.call("300")
        await eventually(lambda: caller.line.hears(caller.hz), within=PATIENCE)
        channel = await world.behind.channel_of(caller.number)
        yield Echoed(caller, await program.open_call(caller.number, channel), program)


async def test_it_hands_its_caller_over_and_does_not_get_them_back(world: World) -> None:
    # given an agent, and a caller in such an application
    ana = await world.at_work("ana")
    async with echoed(world) as bot:
        told = {"turns": [{"speaker": "customer", "text": "A person, please."}]}
        await bot.program.post(f"conversations/{bot.talk}/transcript", told)

        # when it hands over, then she sees what was said, and they talk
        await bot.program.queue(bot.talk, "Billing", reason="asked for a person")
        offered = await ana.offered(bot.talk, within=PATIENCE)
        assert [turn["text"] for turn in offered["transcript"]] == ["A person, please."]
        assert offered["reason"] == "asked for a person"
        assert await world.talking(ana, bot.caller) == bot.talk
        assert not bot.caller.line.hears_among(bot.caller.hz)

        # and there is no application that the caller could be given back to
        try:
            await ana.post(f"conversations/{bot.talk}/hand-back")
            raise AssertionError("it was handed back")
        except Refused as said:
            assert (said.status, said.type) == (409, "wrong-state")
        await ana.end(bot.talk)
        await ana.wrap_up(bot.talk)
        kept = await world.closed(bot.talk, within=PATIENCE)
        assert (kept["outcome"], len(kept["segments"])) == ("completed", 1)


async def test_its_call_is_heard_and_taken_over(world: World) -> None:
    sam = await world.at_work("sam")
    async with echoed(world) as bot:
        # when a supervisor listens, then the caller hears their echo still
        await press(sam, bot.talk, "listen")
        await eventually(lambda: sam.line.hears_among(bot.caller.hz), within=PATIENCE)
        assert bot.caller.line.hears_among(bot.caller.hz)

        # when he takes the call over, then it is his
        await press(sam, bot.talk, "take-over")
        await world.hear_each_other(sam, bot.caller, within=PATIENCE)
        await sam.end(bot.talk)
        await sam.wrap_up(bot.talk)


async def test_who_hangs_up_on_it_was_served_by_it(world: World) -> None:
    async with echoed(world) as bot:
        await bot.caller.line.hang_up()
        kept = await world.closed(bot.talk, within=PATIENCE)
        assert (kept["outcome"], kept["segments"]) == ("bot_completed", [])
