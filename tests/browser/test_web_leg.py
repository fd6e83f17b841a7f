"""The headset in the browser, end to end: Chromium, the real service and Asterisk, a SIP caller."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import HEADSET, chromium, new_page, screenshot
from tests.browser.headset import LISTEN, Headset, microphone
from tests.browser.inbox_page import InboxPage
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.world import Caller, World

pytestmark = pytest.mark.slow

HZ = 1000
CONNECTING_MS = 15_000


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    """Chromium with a microphone that hums."""
    async with chromium(*HEADSET, microphone(tmp_path / "hum.wav", HZ)) as found:
        yield found


async def a_tab(browser: Browser) -> Page:
    """A page that listens to what its speaker gets."""
    page = await new_page(browser)
    await page.context.add_init_script(LISTEN)
    return page


async def at_headset(world: World, agent: Agent, page: Page) -> InboxPage:
    """The agent at their page, the headset connected, Available."""
    await agent.put("me/preferences", {"audio": "web"})
    inbox = InboxPage(page, world.stack)
    await inbox.sign_in(agent)
    await connect(inbox)
    await inbox.become("Available")
    return inbox


async def connect(inbox: InboxPage) -> None:
    """Open the dialog by the leg indicator, and connect."""
    await inbox.leg("Disconnected").click()
    dialog = inbox.page.get_by_role("dialog", name="Headset in this browser")
    await dialog.get_by_role("button", name=re.compile("^(Connect|Use the headset here)$")).click()
    await expect(dialog.get_by_text("Connected", exact=True)).to_be_visible(timeout=CONNECTING_MS)
    await screenshot(inbox.page, "real-web-audio")
    await dialog.get_by_role("button", name="Close").click()
    await expect(inbox.leg("Connected")).to_be_visible()


async def hear_each_other(headset: Headset, caller: Caller, within: float = 10.0) -> None:
    """Wait until the tones flow both ways."""
    await headset.hears(caller.hz, within)
    await eventually(lambda: caller.line.hears(headset.hz), within=within)


async def test_a_call_over_the_headset(world: World, browser: Browser) -> None:
    # given Ana with the headset in her browser
    ana = await world.person("ana")
    inbox = await at_headset(world, ana, await a_tab(browser))
    headset = Headset(inbox.page, HZ)

    # when a customer calls and she accepts, then they hear each other
    caller = await world.call("200")
    await inbox.offer.get_by_role("button", name="Accept").click()
    await hear_each_other(headset, caller)

    # and when the customer hangs up, it is over on both sides, and the leg stays
    await caller.line.hang_up()
    await expect(inbox.wrap_up).to_be_visible()
    await expect(inbox.leg("Connected")).to_be_visible()
    await inbox.page.context.close()
