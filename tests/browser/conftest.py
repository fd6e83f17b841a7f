"""Fixtures of the browser tests: a browser, and the page over the stand-in API."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from tests.browser.admin_page import AdminPage, admin_page
from tests.browser.chromium import chromium
from tests.browser.fake_api import FakeApi
from tests.browser.inbox_page import InboxPage, at_page
from tests.browser.samples import ana as sample_of_ana
from tests.browser.shop import Shop, at_shop
from tests.support.people import Person
from tests.support.stack import ROOT
from tests.support.world import World

expect.set_options(timeout=15_000)
Serve = Callable[[FakeApi], Awaitable[str]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with chromium() as found:
        yield found


@pytest.fixture
def fake() -> FakeApi:
    """Ana is signed in, Available and connected; nothing waits."""
    return FakeApi(sample_of_ana())


@pytest.fixture
async def url(fake: FakeApi) -> AsyncIterator[str]:
    """Where the stand-in serves the page."""
    async with TestServer(fake.app()) as server:
        yield str(server.make_url("/"))


@pytest.fixture
async def admin(browser: Browser, world: World) -> AsyncIterator[AdminPage]:
    """An administrator at the settings."""
    page = await admin_page(browser, world.stack)
    errors: list[str] = []
    page.page.on("pageerror", lambda error: errors.append(str(error)))
    page.page.on(
        "console", lambda said: errors.append(said.text) if _is_policy(said.text) else None
    )
    yield page
    await page.page.context.close()
    assert errors == []


@pytest.fixture
async def inbox(browser: Browser, world: World) -> AsyncIterator[InboxPage]:
    """Ana's page; she is Available, and has no phone."""
    ana = await world.person("ana")
    page = await at_page(browser, world, ana)
    await page.become("Available")
    yield page
    for talk in (await ana.get("inbox"))["conversations"]:
        if talk["state"] == "active":  # going home would send it to a colleague
            await ana.end(talk["id"])
            await ana.wrap_up(talk["id"])
    await page.page.context.close()


@pytest.fixture
async def shop(browser: Browser, world: World) -> AsyncIterator[Shop]:
    """A customer at the shop's page."""
    shop = await at_shop(browser, world.stack.url)
    yield shop
    await shop.page.context.close()


@pytest.fixture
async def bot_entry(world: World) -> AsyncIterator[str]:
    """A widget whose chats begin with the demo's chat bot, which runs."""
    entry = f"bot-{secrets.token_hex(4)}"
    admin = Person(world.stack, "admin")
    await admin.sign_in()
    key = await admin.post("api-keys", {"name": entry})
    await admin.put(f"chat-widgets/{entry}", {"bot": key["id"], "title": "The bot"})
    environment = {**os.environ, "RINGDESK_URL": world.stack.url, "RINGDESK_KEY": key["key"]}
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.demo_chat_bot", cwd=ROOT, env=environment
    )
    yield entry
    bot.kill()
    await bot.wait()
    await admin.close()


@pytest.fixture
async def botshop(browser: Browser, world: World, bot_entry: str) -> AsyncIterator[Shop]:
    """A customer at the page of that widget."""
    shop = await at_shop(browser, world.stack.url, f"data-open data-entry={bot_entry}")
    yield shop
    await shop.page.context.close()


def _is_policy(text: str) -> bool:
    return "Content Security Policy" in text
