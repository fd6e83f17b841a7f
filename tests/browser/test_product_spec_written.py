"""The product page's sentences about chats and emails, and about routing rules, at the real page.

An email that is read and answered is in test_email.py, a chat with all its pains in test_chat.py.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, expect

from tests.browser.ai import Ai
from tests.browser.inbox_page import InboxPage, at_page
from tests.support.chat import Chatter
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.world import World
from tests.telephony.test_rules import rules

pytestmark = pytest.mark.slow


@pytest.fixture
async def ana(world: World) -> AsyncIterator[Agent]:
    """Ana, without a phone, who takes one chat at a time."""
    agent = await world.person("ana")
    before = (await agent.me())["preferences"]["chat_cap"]
    await agent.put("me/preferences", {"chat_cap": 1})
    yield agent
    await agent.put("me/preferences", {"chat_cap": before})


@pytest.fixture
async def inbox(browser: Browser, world: World, ana: Agent) -> AsyncIterator[InboxPage]:
    """Ana's page; she is Available."""
    page = await at_page(browser, world, ana)
    await page.become("Available")
    yield page
    await page.page.context.close()


@asynccontextmanager
async def writing(world: World, ana: Agent) -> AsyncIterator[Chatter]:
    """Somebody at the widget, who has written; what Ana has of it in the end, she ends."""
    async with Chatter(world.stack.url) as customer:
        await customer.says("m1", "I was charged twice.")
        yield customer
        talk = str(customer.conversation)
        if customer.state == "active":  # going home would send it to a colleague
            await ana.end(talk)
            await ana.wrap_up(talk)
        await world.closed(talk)


@pytest.fixture
async def customer(world: World, ana: Agent, inbox: InboxPage) -> AsyncIterator[Chatter]:
    """A customer while Ana's page is open."""
    async with writing(world, ana) as found:
        yield found


async def test_for_chats_no_audio_leg_is_needed(inbox: InboxPage, customer: Chatter) -> None:
    await expect(inbox.leg("Disconnected")).to_be_visible()
    await inbox.offer.get_by_role("button", name="Accept").click()
    await eventually(lambda: customer.state == "active", within=20)
    await expect(inbox.leg("Disconnected")).to_be_visible()


async def test_chats_open_directly_inside_the_inbox_for_real_time_messaging(
    inbox: InboxPage, customer: Chatter
) -> None:
    await inbox.offer.get_by_role("button", name="Accept").click()
    await expect(inbox.page.get_by_text("I was charged twice.").first).to_be_visible()
    field = inbox.page.get_by_label("Write to the customer")
    await field.fill("Which order?")
    await field.press("Enter")
    await eventually(lambda: "Which order?" in customer.texts, within=20)
    await customer.says("m2", "48213")
    await expect(inbox.page.locator(".messages li[data-seq]")).to_have_count(3)
    assert re.search(r"/inbox", inbox.page.url)


async def test_click_end_then_wrap_up_and_once_it_closes_i_am_eligible_again(
    inbox: InboxPage, world: World, ana: Agent, customer: Chatter
) -> None:
    await inbox.offer.get_by_role("button", name="Accept").click()
    await eventually(lambda: customer.state == "active", within=20)
    await inbox.page.locator(".in-hand .danger").click()
    await expect(inbox.wrap_up).to_be_visible()
    await inbox.page.locator("#notes").fill("Refunded")
    # while it is open, nothing new comes
    async with writing(world, ana) as following:
        await expect(inbox.waiting).to_have_count(1)
        await expect(inbox.offer).to_have_count(0)
        await inbox.wrap_up.get_by_role("button", name="Close wrap-up").click()
        await inbox.offer.get_by_role("button", name="Accept").click()
        await eventually(lambda: following.state == "active", within=20)


async def test_busy_returns_skill_based_chats_to_the_queue_for_reassignment(
    inbox: InboxPage, customer: Chatter
) -> None:
    await inbox.offer.get_by_role("button", name="Accept").click()
    await eventually(lambda: customer.state == "active", within=20)
    await inbox.become("Busy")
    await eventually(lambda: customer.state != "active", within=20)
    await expect(inbox.waiting).to_have_count(1)
    # and whoever is available next gets it, with all that was said
    await inbox.become("Available")
    await inbox.offer.get_by_role("button", name="Accept").click()
    await eventually(lambda: customer.state == "active", within=20)
    await expect(inbox.page.get_by_text("I was charged twice.").first).to_be_visible()
    assert customer.texts == ["I was charged twice."]


async def test_a_routing_rule_queues_it_and_it_shows_up_here(
    inbox: InboxPage, world: World
) -> None:
    unhappy = {
        "name": "Unhappy callers",
        "when": {"sentiment_below": -0.4, "state": "bot"},
        "then": {"queue": {"skills": ["Billing"]}},
    }
    async with rules(world, unhappy), Ai(world) as ai:
        caller, talk = await ai.takes_a_call()
        await expect(inbox.waiting).to_have_count(0)
        await ai.finds_out(talk, sentiment=-0.7)
        await expect(inbox.waiting).to_contain_text(["Maria Lopez"])
        await inbox.waiting.first.click()
        await expect(inbox.page.get_by_text("Unhappy callers").first).to_be_visible()
        await caller.line.hang_up()
