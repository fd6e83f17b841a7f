"""The demo bot of extension 100, as `make run` has it: a newcomer's call, and what may go wrong."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.conftest import running
from tests.support.bot import Bot
from tests.support.chat import Chatter
from tests.support.demo_caller import PATIENCE, press, timeline, told, with_the_bot
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.stack import ROOT, Stack
from tests.support.world import World

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bot_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The service with its demo bot; who waits while it is away is not soon told of messages."""
    yield from running(tmp_path_factory, "bot", DEMO_BOT="1", AWAY_SECONDS="300")


@pytest.fixture
async def bot_world(bot_stack: Stack) -> AsyncIterator[World]:
    """Phones and people around it."""
    async with World(bot_stack) as around:
        yield around
    assert "Traceback" not in bot_stack.said()


async def test_a_newcomers_call_reaches_the_agent_with_all_that_the_bot_knows(
    bot_world: World,
) -> None:
    # given an agent who speaks Spanish, and a caller of extension 100
    chi = await bot_world.at_work("chi")
    caller, talk = await with_the_bot(bot_world)

    # when the caller gives an order number, errs, and chooses Spanish
    await press(bot_world, caller, talk, "34711#9")
    await told(bot_world, talk, "That is no choice.")
    await caller.line.press("2")

    # then the agent sees all of it on the offer
    offered = await chi.offered(talk, within=PATIENCE)
    assert offered["skills"] == ["Spanish"]
    assert offered["customer"]["number"] == caller.number
    assert offered["parameters"] == {"order_number": "4711"}
    assert offered["sentiment"] == -0.4
    assert offered["flow"] == {"name": "demo", "step": "menu"}
    assert offered["reason"] == "pressed 2"
    said = [turn["text"] for turn in offered["transcript"]]
    assert said[0] == "Hello, this is the demo bot."
    assert "You entered 4711." in said
    assert said[-1] == "[key 2]"

    # and they talk; it is one conversation in the archive
    await chi.accept(talk)
    await bot_world.hear_each_other(chi, caller, within=PATIENCE)
    await chi.end(talk)
    await chi.wrap_up(talk)
    kept = await bot_world.closed(talk, within=PATIENCE)
    assert kept["outcome"] == "completed"
    assert [turn["text"] for turn in kept["transcript"]] == said


async def test_the_readmes_caller_presses_keys_too(bot_world: World, bot_stack: Stack) -> None:
    # given an agent for Billing, and the command as the README has it
    ana = await bot_world.at_work("ana")
    readme = (ROOT / "README.md").read_text()
    [command] = re.findall(r"`\.venv/bin/python (-m app demo --caller 100 [^`]+)`", readme)

    # when it is typed
    caller = await asyncio.create_subprocess_exec(
        *(sys.executable, *command.split()),
        cwd=bot_stack.folder,
        env=bot_stack.environment(),
        stdout=asyncio.subprocess.PIPE,
    )

    # then the agent is offered the order number
    async def offered() -> Json | None:
        shown: list[Json] = (await ana.get("inbox"))["conversations"]
        return next((c for c in shown if c["state"] == "offered"), None)

    offer = await eventually(offered, within=60.0, every=0.1)
    assert offer["parameters"] == {"order_number": "4711"}
    assert offer["customer"]["name"] == "Maria Lopez"

    # and the command ends with the call
    await ana.offered(offer["id"])
    await ana.accept(offer["id"])
    await ana.end(offer["id"])
    said, _ = await asyncio.wait_for(caller.communicate(), PATIENCE)
    assert b"calls 100" in said and caller.returncode == 0


async def test_the_chat_bot_captures_a_number_and_hands_over(bot_world: World) -> None:
    # given an agent for Spanish whose page is open, and a customer at the widget of the demo's bot
    chi = await bot_world.person("chi")
    await chi.picture.open()
    await chi.become("available")
    async with Chatter(bot_world.stack.url, entry="demo-bot") as customer:
        await customer.says("c1", "Hello?", within=PATIENCE)
        await eventually(lambda: "I am the demo bot" in "".join(customer.texts), within=PATIENCE)

        # when they give a number, and ask for Spanish
        await customer.says("c2", "It is 4711.", within=PATIENCE)
        await eventually(lambda: "Order 4711" in "".join(customer.texts), within=PATIENCE)
        await customer.says("c3", "Spanish, please", within=PATIENCE)

        # then she is offered the chat with all of that
        async def offered() -> Json | None:
            shown: list[Json] = (await chi.get("inbox"))["conversations"]
            return next((c for c in shown if c["id"] == customer.conversation and c["offer"]), None)

        offer = await eventually(offered, within=PATIENCE, every=0.1)
        assert offer["skills"] == ["Spanish"]
        assert offer["parameters"] == {"order_number": "4711"}
        messages = (await chi.get(f"conversations/{offer['id']}/messages"))["items"]
        assert [m["author"] for m in messages] == ["customer", "bot"] * 3

        # and writes to them
        await chi.accept(offer["id"])
        answer = {"client_id": "a1", "text": "¡Buenos días!"}
        await chi.post(f"conversations/{offer['id']}/messages", answer)
        await eventually(lambda: customer.texts[-1] == "¡Buenos días!", within=PATIENCE)
        await chi.end(offer["id"])
        await chi.wrap_up(offer["id"])


async def test_a_caller_who_hangs_up_was_served_by_the_bot(bot_world: World) -> None:
    # given a caller with the bot
    caller, talk = await with_the_bot(bot_world)

    # when they hang up
    await caller.line.hang_up()

    # then the conversation is over, and nobody is looked for
    kept = await bot_world.closed(talk, within=PATIENCE)
    assert kept["outcome"] == "bot_completed"


async def test_a_bot_that_dies_is_started_again(bot_world: World, bot_stack: Stack) -> None:
    # given a bot that is killed
    killed = bot_stack.pid("demo-bot")
    assert killed is not None
    os.kill(killed, signal.SIGKILL)

    # when another one stands in its place
    await eventually(lambda: bot_stack.pid("demo-bot") not in {None, killed}, within=PATIENCE)
    await eventually(lambda: serves(bot_world), within=PATIENCE)

    # then it answers
    caller, talk = await with_the_bot(bot_world)
    await caller.line.hang_up()
    await bot_world.closed(talk, within=PATIENCE)


async def test_who_chose_while_ringdesk_is_away_is_at_that_place_when_it_is_back(
    bot_world: World, bot_stack: Stack
) -> None:
    # given a caller who hears the bot's choices when Ringdesk is killed
    ben, chi = await bot_world.at_work("ben"), await bot_world.at_work("chi")
    await ben.become("offline")
    caller, talk = await with_the_bot(bot_world)
    bot_stack.kill9()

    # when they choose Spanish, hear music, and press a key of the menu again and again
    await caller.line.press("2")
    await eventually(lambda: caller.line.longest_quiet(time.monotonic() - 1) < 1, within=PATIENCE)
    for _again in range(3):
        await caller.line.press("1")
        await eventually(caller.line.hears_something, within=PATIENCE)

    # then they are not sent to leave a message, which nobody had told them of: once Ringdesk is
    # back they are offered to who speaks it, in the conversation that they began
    await asyncio.to_thread(bot_stack.restart)
    offered = await chi.offered(talk, within=PATIENCE)
    assert offered["skills"] == ["Spanish"]
    assert offered["transcript"][0]["text"] == "Hello, this is the demo bot."
    assert not list((bot_stack.folder / "asterisk" / "spool" / "recording").glob("*.wav"))
    await chi.accept(talk)
    await bot_world.hear_each_other(chi, caller, within=PATIENCE)
    await chi.end(talk)
    await chi.wrap_up(talk)


async def test_who_chooses_after_ringdesk_was_killed_and_is_back_is_heard(
    bot_world: World, bot_stack: Stack
) -> None:
    # given a caller with the bot, and a Ringdesk that dies and comes back meanwhile
    ben = await bot_world.at_work("ben")
    caller, talk = await with_the_bot(bot_world)
    bot_stack.kill9()
    await asyncio.to_thread(bot_stack.restart)

    # when they choose, then they come to people, in the same conversation, and in no other: it was
    # the bot that had them, and goes on having them
    await caller.line.press("2")
    await ben.offered(talk, within=PATIENCE)
    await bot_world.conversation(caller, "offered", within=PATIENCE)
    seen = bot_world.supervisor.picture.conversations.values()
    assert [c["id"] for c in seen if c["customer"]["number"] == caller.number] == [talk]
    await ben.accept(talk)
    await bot_world.hear_each_other(ben, caller, within=PATIENCE)
    await ben.end(talk)
    await ben.wrap_up(talk)


async def test_another_program_may_take_the_application(bot_world: World, bot_stack: Stack) -> None:
    # given a bot of one's own by the same name
    ours = bot_stack.pid("demo-bot")
    async with Bot(bot_stack, bot_world.behind) as theirs:
        await eventually(lambda: bot_stack.pid("demo-bot") is None, within=PATIENCE)

        # when somebody calls, then it is theirs
        caller = await bot_world.call("100")
        assert await theirs.next_call()
        await caller.line.hang_up()

    # and when that bot leaves, the demo's own is back
    await eventually(lambda: bot_stack.pid("demo-bot") not in {None, ours}, within=PATIENCE)
    await eventually(lambda: serves(bot_world), within=PATIENCE)
    caller, talk = await with_the_bot(bot_world)
    await caller.line.hang_up()
    await bot_world.closed(talk, within=PATIENCE)


async def serves(world: World) -> bool:
    """Whether somebody has the bot's application."""
    return any(app["name"] == "demo-bot" for app in await world.behind.ari("GET", "applications"))


async def test_one_caller_bot_people_bot_people_is_one_conversation(bot_world: World) -> None:
    # given a caller with an order number, whom the bot hands over to Spanish
    chi, ana = await bot_world.at_work("chi"), await bot_world.at_work("ana")
    caller, talk = await with_the_bot(bot_world)
    await press(bot_world, caller, talk, "34711#2")

    # when the agent has talked with them and gives them back
    await chi.offered(talk, within=PATIENCE)
    await chi.accept(talk)
    await bot_world.hear_each_other(chi, caller, within=PATIENCE)
    await chi.post(f"conversations/{talk}/hand-back", {"notes": "She wants to pay."})

    # then the bot says so, and offers its choices again
    await told(bot_world, talk, "Welcome back. She wants to pay.")
    await told(bot_world, talk, "Press 1 for Billing", times=3)
    await eventually(lambda: caller.line.hears_other_than(chi.phone.hz), within=PATIENCE)

    # and when they choose Billing, who is offered them sees all that was said before
    await press(bot_world, caller, talk, "1")
    offered = await ana.offered(talk, within=PATIENCE)
    assert offered["skills"] == ["Billing"]
    assert offered["parameters"] == {"order_number": "4711"}
    assert offered["transcript"][0]["text"] == "Hello, this is the demo bot."
    await ana.accept(talk)
    await bot_world.hear_each_other(ana, caller, within=PATIENCE)
    await ana.end(talk)
    await ana.wrap_up(talk, notes="Paid.")
    await chi.wrap_up(talk)

    # and it is one conversation with one timeline
    kept = await bot_world.closed(talk, within=PATIENCE)
    assert kept["outcome"] == "completed"
    parts = [(part["agent"]["id"], part["ended_by"]) for part in kept["segments"]]
    assert parts == [(chi.id, "hand_back"), (ana.id, "agent")]
    assert {turn["speaker"] for turn in kept["transcript"]} == {"bot", "customer"}
    types = await timeline(bot_world, talk)
    assert [kind for kind in types if kind in MILESTONES] == list(MILESTONES)


MILESTONES = (
    "conversation_started",
    "conversation_queued",
    "offer_accepted",
    "conversation_handed_back",
    "bot_took",
    "conversation_queued",
    "offer_accepted",
    "conversation_closed",
)
