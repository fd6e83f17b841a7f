"""Fixtures of the browser tests: a browser, and the page over the stand-in API."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, expect

from tests.browser.chromium import chromium
from tests.browser.fake_api import FakeApi
from tests.browser.samples import ana

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
