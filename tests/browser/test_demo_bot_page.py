"""A caller, the demo bot and an agent at the real page, to and fro: one talk, one timeline."""

import re
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.inbox_page import InboxPage, a_phone, at_page
from tests.conftest import running
from tests.support.demo_caller import PATIENCE, press, timeline, told, with_the_bot
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.stack import Stack
from tests.support.world import World

pytestmark = pytest.mark.slow
NOTES = "She wants to pay."
STATES = (
    "conversation_started",
    "conversation_queued",
    "conversation_offered",
    "offer_accepted",
    "conversation_handed_back",
    "bot_took",
    "conversation_queued",
    "conversation_offered",
    "offer_accepted",
    "conversation_ended",
    "conversation_closed",
)
DRAWN = ("AI", "Talk with Chi", "AI", "Talk with Chi", "Wrap-up of Chi")
"""Beside what takes no time at all, which is not drawn."""


@pytest.fixture(scope="module")
def bot_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The service with its demo bot."""
    yield from running(tmp_path_factory, "bot-page", DEMO_BOT="1")


@pytest.fixture
async def bot_world(bot_stack: Stack) -> AsyncIterator[World]:
    """Phones and people around it."""
    async with World(bot_stack) as around:
        yield around
    assert "Traceback" not in bot_stack.said()


async def at_her_page(browser: Browser, world: World) -> tuple[Agent, InboxPage]:
    """Chi, who speaks Spanish, is Available at her page, and her leg stands."""
    chi = await world.person("chi")
    chi.phone = await a_phone(world)
    inbox = await at_page(browser, world, chi)
    await chi.use_number(chi.phone)
    await inbox.become("Available")
    return chi, inbox


async def test_to_people_back_to_the_bot_and_to_people_again(
    bot_world: World, browser: Browser
) -> None:
    # given an agent for Spanish at her page, and a caller of the demo bot
    world = bot_world
    chi, inbox = await at_her_page(browser, world)
    caller, talk = await with_the_bot(world)

    # when they key in an order number and choose Spanish
    await press(world, caller, talk, "34711#2")

    # then she sees on the offer who it is, what was said and keyed in, and why they come to her
    await expect(inbox.offer).to_contain_text(caller.number)
    await expect(inbox.offer).to_contain_text("pressed 2")
    said = inbox.page.get_by_role("list", name="Transcript").locator(".said")
    heard = [turn["text"] for turn in (await told(world, talk, "[key 2]"))["transcript"]]
    assert heard[0] == "Hello, this is the demo bot."
    await expect(said).to_have_text(heard)
    context = inbox.page.get_by_role("complementary")
    await expect(context.get_by_text("order_number", exact=True)).to_be_visible()
    await expect(context.get_by_text("4711", exact=True)).to_be_visible()
    await inbox.offer.get_by_role("button", name="Accept").click()
    await world.hear_each_other(chi, caller, within=PATIENCE)

    # when she hands them back with notes, then the bot says so, and is heard
    await inbox.page.locator("#notes").fill(NOTES)
    await inbox.page.get_by_role("button", name=re.compile("^Hand back to the AI")).click()
    await told(world, talk, f"Welcome back. {NOTES}")
    await eventually(lambda: caller.line.hears_other_than(chi.phone.hz), within=PATIENCE)
    await expect(inbox.wrap_up).to_be_visible()
    await inbox.page.keyboard.press("Control+Enter")
    await expect(inbox.wrap_up).to_have_count(0)

    # and when they choose Spanish once more, then she has them again, with what was said meanwhile
    await press(world, caller, talk, "2")
    await expect(inbox.offer).to_contain_text(caller.number)
    await expect(said).to_contain_text([f"Welcome back. {NOTES}"])
    await inbox.offer.get_by_role("button", name="Accept").click()
    await world.hear_each_other(chi, caller, within=PATIENCE)
    await inbox.page.get_by_role("button", name=re.compile("^End")).click()
    await expect(inbox.wrap_up).to_be_visible()
    await inbox.page.keyboard.press("Control+Enter")

    # and it was one conversation with one timeline, which her page draws
    kept = await world.closed(talk, within=PATIENCE)
    assert (kept["outcome"], kept["parameters"]) == ("completed", {"order_number": "4711"})
    parts = [(part["agent"]["id"], part["ended_by"]) for part in kept["segments"]]
    assert parts == [(chi.id, "hand_back"), (chi.id, "agent")]
    found = await world.supervisor.get("conversations", q=caller.number[1:])
    assert [each["id"] for each in found["items"]] == [talk]
    assert [kind for kind in await timeline(world, talk) if kind in STATES] == list(STATES)
    await inbox.page.goto(f"{world.stack.url}/conversations/{talk}")
    drawn = inbox.page.get_by_role("list", name="The states it was in, by how long").locator("li")
    await expect(drawn).to_contain_text(list(DRAWN))
    await inbox.page.context.close()
