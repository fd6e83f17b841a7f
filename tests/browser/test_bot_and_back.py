"""From the AI to a person, back to it, and to a person again, at the real page: one talk."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.ai import SAID, TONE, Ai
from tests.browser.inbox_page import a_phone, at_page
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = pytest.mark.slow
PATIENCE = 30.0
NOTES = "She wants to pay."


@pytest.fixture
async def ai(world: World) -> AsyncIterator[Ai]:
    """The AI agent that callers of extension 100 reach."""
    async with Ai(world) as found:
        yield found


async def test_an_agent_sees_all_of_it_hands_back_and_gets_them_again(
    world: World, browser: Browser, ai: Ai
) -> None:
    # given an agent for Spanish at her page
    chi = await world.person("chi")
    chi.phone = await a_phone(world)
    inbox = await at_page(browser, world, chi)
    await chi.use_number(chi.phone)
    await inbox.become("Available")

    # when the AI hands over, then she sees on the offer all that it knows
    caller, talk = await ai.hands_over("Spanish")
    await expect(inbox.offer).to_contain_text("Maria Lopez")
    await expect(inbox.offer).to_contain_text("wants a person")
    transcript = inbox.page.get_by_role("list", name="Transcript")
    await expect(transcript.locator(".said")).to_have_text([text for _, text in SAID])
    context = inbox.page.get_by_role("complementary")
    for captured in ("48213", "42.00"):
        await expect(context.get_by_text(captured, exact=True)).to_be_visible()
    await inbox.offer.get_by_role("button", name="Accept").click()
    await world.hear_each_other(chi, caller, within=PATIENCE)

    # when she writes notes and hands the caller back, then the AI gets both, and is heard
    await inbox.page.locator("#notes").fill(NOTES)
    await inbox.page.get_by_role("button", name=re.compile("^Hand back to the AI")).click()
    assert await ai.gets_back(talk) == NOTES
    await eventually(lambda: caller.line.hears(TONE), within=PATIENCE)
    await expect(inbox.wrap_up).to_be_visible()
    await inbox.page.keyboard.press("Control+Enter")
    await expect(inbox.wrap_up).to_have_count(0)

    # when the AI hands them over once more, then they come to her with what was said meanwhile
    await ai.hushes()
    await ai.queues(talk, "Spanish", reason="wants to pay by card")
    await expect(inbox.offer).to_contain_text("wants to pay by card")
    await expect(transcript.locator(".said")).to_contain_text([f"Welcome back. {NOTES}"])
    await inbox.offer.get_by_role("button", name="Accept").click()
    await world.hear_each_other(chi, caller, within=PATIENCE)

    # and it ends as one conversation
    await inbox.page.get_by_role("button", name=re.compile("^End")).click()
    await expect(inbox.wrap_up).to_be_visible()
    await inbox.page.keyboard.press("Control+Enter")
    kept = await world.closed(talk, within=PATIENCE)
    assert kept["outcome"] == "completed"
    parts = [(part["agent"]["id"], part["ended_by"]) for part in kept["segments"]]
    assert parts == [(chi.id, "hand_back"), (chi.id, "agent")]
    await inbox.page.context.close()
