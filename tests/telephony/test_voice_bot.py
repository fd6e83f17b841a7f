"""An AI that speaks and hears: it has its caller in a bridge with its voice, over RTP. Supervisors
whisper to it, callers go from it to people and back, and none is lost with it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.support.ai_voice import AiVoice
from tests.support.bot import Bot
from tests.support.consults import press
from tests.support.demo_caller import timeline
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.world import Caller, World

pytestmark = pytest.mark.slow
LONG = 20.0
"""Seconds, for whatever need not be quick on a busy machine."""
WHILE = 0.6
"""Seconds of sound in which nothing forbidden may be heard."""


@dataclass(frozen=True)
class Spoken:
    """A caller who speaks with an AI."""

    caller: Caller
    channel: str
    bot: Bot
    voice: AiVoice
    program: Program


@asynccontextmanager
async def spoken(world: World) -> AsyncIterator[Spoken]:
    """Somebody calls 100, and hears the AI, which hears them."""
    async with (
        Program(world) as program,
        Bot(world.stack, world.behind) as bot,
        AiVoice(bot, world.behind, world.tone()) as voice,
    ):
        caller = await world.call("100")
        channel = await bot.next_call()
        await voice.takes(channel)
        await voice.speaks_with(caller)
        yield Spoken(caller, channel, bot, voice, program)


async def passes() -> float:
    """Some sound; since when."""
    since = time.monotonic()
    await eventually(lambda: time.monotonic() - since > WHILE, within=LONG)
    return since


async def test_a_supervisor_whispers_to_the_ai_and_the_caller_does_not_hear_it(
    world: World,
) -> None:
    # given a supervisor with a phone, and a caller with an AI
    sam = await world.at_work("sam")
    async with spoken(world) as ai:
        caller, ears = ai.caller, ai.voice.ears
        talk = await ai.program.open_call(caller.number, ai.channel)
        began = time.monotonic()

        # when he listens, then he hears both, and neither hears him
        await press(sam, talk, "listen")
        await eventually(
            lambda: sam.line.hears_among(ai.voice.hz) and sam.line.hears_among(caller.hz),
            within=LONG,
        )
        await passes()
        assert ears.never_heard(sam.line.hz, began)
        assert caller.line.never_heard(sam.line.hz, began)

        # when he whispers, then the AI hears him beside the caller, who hears the AI alone
        seen = await press(sam, talk, "whisper")
        assert [s["how"] for s in seen["supervisors"]] == ["whisper"]
        await eventually(
            lambda: ears.hears_among(sam.line.hz) and ears.hears_among(caller.hz), within=LONG
        )
        since = await passes()
        assert caller.line.hears(ai.voice.hz)
        assert caller.line.never_heard(sam.line.hz, began)

        # and the AI does not hear itself through him
        assert ears.never_heard(ai.voice.hz, since)

        # when he speaks to all, then both hear him, and he them
        await press(sam, talk, "barge")
        await eventually(
            lambda: caller.line.hears_among(sam.line.hz) and ears.hears_among(sam.line.hz),
            within=LONG,
        )
        await eventually(
            lambda: sam.line.hears_among(ai.voice.hz) and sam.line.hears_among(caller.hz),
            within=LONG,
        )
        since = await passes()
        assert ears.never_heard(ai.voice.hz, since)
        assert caller.line.never_heard(caller.hz, since)

        # when he leaves, then the two go on where they were, and he hears nothing
        await sam.delete(f"conversations/{talk}/barge")
        await ai.voice.speaks_with(caller)
        await eventually(sam.line.hears_nothing, within=LONG)
        assert await ai.voice.has(ai.channel)
        assert (await world.conversation_is(talk, "bot"))["supervisors"] == []


async def test_who_whispers_follows_the_caller_from_the_ai_to_an_agent_and_back(
    world: World,
) -> None:
    # given a supervisor who whispers to an AI
    sam, ana = await world.at_work("sam"), await world.at_work("ana")
    async with spoken(world) as ai:
        caller, ears = ai.caller, ai.voice.ears
        talk = await ai.program.open_call(caller.number, ai.channel)
        began = time.monotonic()
        await press(sam, talk, "whisper")
        await eventually(lambda: ears.hears_among(sam.line.hz), within=LONG)

        # when the AI hands over, then he whispers to Ana, and hears her and the caller
        await hand_over(world, ai, "HTTP", talk)
        await ana.offered(talk, within=LONG)
        await ana.accept(talk)
        await eventually(
            lambda: ana.line.hears_among(sam.line.hz) and caller.line.hears(ana.phone.hz),
            within=LONG,
        )
        await eventually(
            lambda: sam.line.hears_among(ana.line.hz) and sam.line.hears_among(caller.hz),
            within=LONG,
        )
        await eventually(ears.hears_nothing, within=LONG)

        # when she hands back, then he whispers to the AI again, and she hears nobody
        await given_back(ai, ana, talk)
        await eventually(
            lambda: ears.hears_among(sam.line.hz) and ears.hears_among(caller.hz), within=LONG
        )
        await eventually(lambda: caller.line.hears(ai.voice.hz), within=LONG)
        await eventually(ana.line.hears_nothing, within=LONG)

        # and in all that time the caller heard nothing of him
        await passes()
        assert caller.line.never_heard(sam.line.hz, began)
        await sam.delete(f"conversations/{talk}/whisper")


async def test_a_supervisor_takes_a_caller_out_of_the_ais_bridge(world: World) -> None:
    sam = await world.at_work("sam")
    async with spoken(world) as ai:
        talk = await ai.program.open_call(ai.caller.number, ai.channel)
        await press(sam, talk, "whisper")
        await eventually(lambda: ai.voice.ears.hears_among(sam.line.hz), within=LONG)

        # when he takes the call over, then it is his, and the AI hears nobody
        await press(sam, talk, "take-over")
        await world.hear_each_other(sam, ai.caller, within=LONG)
        await eventually(ai.voice.ears.hears_nothing, within=LONG)
        await sam.end(talk)
        await sam.wrap_up(talk)


@pytest.mark.parametrize("way", ["HTTP", "move", "dialplan"])
async def test_to_people_back_to_the_ai_and_to_people_again(world: World, way: str) -> None:
    # given a caller with an AI
    ana = await world.at_work("ana")
    async with spoken(world) as ai:
        opened = await ai.program.open_call(ai.caller.number, ai.channel) if way == "HTTP" else ""

        # when it hands them over, then they talk with Ana, and the AI hears nobody
        await hand_over(world, ai, way, opened)
        talk = await world.talking(ana, ai.caller)
        assert talk == (opened or talk)
        await eventually(ai.voice.ears.hears_nothing, within=LONG)

        # when she gives them back, then the AI takes them into its bridge, and the two hear each
        # other, without music
        await given_back(ai, ana, talk)
        await ai.voice.speaks_with(ai.caller)

        # and they are its own: after the time that it had for taking them they speak as before
        await eventually(lambda: kept(world, talk), within=LONG, every=0.05)
        assert await ai.voice.has(ai.channel)

        # and when it hands them over in the same way again, then it is the same conversation
        await hand_over(world, ai, way, talk)
        assert await world.talking(ana, ai.caller) == talk
        await ai.caller.line.hang_up()
        await world.conversation_is(talk, "wrap_up", within=LONG)
        await ana.wrap_up(talk)

    # with one timeline
    closed = await world.closed(talk, within=LONG)
    assert [part["ended_by"] for part in closed["segments"]] == ["hand_back", "customer"]
    types = [kind for kind in await timeline(world, talk) if kind in MILESTONES]
    assert types == [*MILESTONES[:4], *MILESTONES[:2], *MILESTONES[4:]]


MILESTONES = (
    "conversation_queued",
    "offer_accepted",
    "conversation_handed_back",
    "bot_took",
    "conversation_closed",
)


async def test_an_ai_that_dies_leaves_its_caller_to_people(world: World) -> None:
    # given a caller with an AI that said for whom they are
    ana = await world.at_work("ana")
    async with Program(world) as program:
        bot = await Bot(world.stack, world.behind).__aenter__()
        async with AiVoice(bot, world.behind, world.tone()) as voice:
            caller = await world.call("100")
            channel = await bot.next_call()
            talk = await program.open_call(caller.number, channel, skills=["Billing"])
            await voice.takes(channel)
            await voice.speaks_with(caller)

            # when its program dies, whose bridge stays in Asterisk with its voice
            await bot.__aexit__(None, None, None)

            # then the caller comes out of it, and talks with Ana
            await world.talking(ana, caller)
            assert not await voice.has(channel)
            await ana.end(talk)
            await ana.wrap_up(talk)


async def test_the_ai_speaks_on_until_an_agent_accepts(world: World) -> None:
    ana = await world.at_work("ana")
    async with spoken(world) as ai:
        talk = await ai.program.open_call(ai.caller.number, ai.channel)

        # when it hands over and stays
        await ai.program.queue(talk, "Billing", stay=True)
        await ana.offered(talk, within=LONG)

        # then the caller hears it until she accepts
        await ai.voice.speaks_with(ai.caller)
        await ana.accept(talk)
        await world.hear_each_other(ana, ai.caller, within=LONG)
        await eventually(ai.voice.ears.hears_nothing, within=LONG)


async def hand_over(world: World, ai: Spoken, way: str, talk: str) -> None:
    """The caller, to Billing."""
    if way == "HTTP":
        await ai.program.queue(talk, "Billing")
    elif way == "move":
        await ai.bot.hand_over(ai.channel, SKILLS="Billing")
    else:
        skills = {"variable": "RINGDESK_SKILLS", "value": "Billing"}
        await world.behind.ari("POST", f"channels/{ai.channel}/variable", **skills)
        to = {"context": "ringdesk-queue", "extension": "s", "priority": "1"}
        await world.behind.ari("POST", f"channels/{ai.channel}/continue", **to)


async def given_back(ai: Spoken, agent: Agent, talk: str) -> None:
    """The agent hands back, and writes; the AI takes the caller."""
    await agent.post(f"conversations/{talk}/hand-back", {"notes": "wants to pay"})
    start = await ai.bot.next_start()
    assert (start["channel"]["id"], start["args"]) == (ai.channel, ["handback", talk])
    await ai.voice.takes(ai.channel)
    await agent.wrap_up(talk)


async def kept(world: World, talk: str) -> bool:
    """Whether the bot has taken them up, so that nobody takes them away."""
    now = await world.supervisor.get(f"conversations/{talk}")
    return bool(now["state"] == "bot" and now["bot"]["until"] is None)


async def test_an_ai_that_took_its_caller_while_ringdesk_was_dead_keeps_them(
    own_world: World,
) -> None:
    # given a talk with a caller who came from an AI
    world = own_world
    ana = await world.at_work("ana")
    async with spoken(world) as ai:
        await hand_over(world, ai, "move", "")
        talk = await world.talking(ana, ai.caller)

        # when Ringdesk dies as it has handed them back, and the AI takes them meanwhile
        await ana.post(f"conversations/{talk}/hand-back")
        await ai.bot.next_start()
        world.stack.kill9()
        await ai.voice.takes(ai.channel)
        await asyncio.to_thread(world.stack.restart)

        # then it has them, without the music that nobody had ended
        await eventually(lambda: kept(world, talk), within=LONG, every=0.05)
        await ai.voice.speaks_with(ai.caller)
        assert await ai.voice.has(ai.channel)
        await ai.caller.line.hang_up()
        await ana.wrap_up(talk)
        assert (await world.closed(talk, within=LONG))["outcome"] == "bot_completed"
