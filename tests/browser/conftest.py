"""Fixtures of the browser tests: a browser, and the page over the stand-in API."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from tests.browser.admin_page import AdminPage, admin_page
from tests.browser.chromium import chromium
from tests.browser.fake_api import FakeApi
from tests.browser.samples import ana
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
    return FakeApi(ana())


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


def _is_policy(text: str) -> bool:
    return "Content Security Policy" in text
