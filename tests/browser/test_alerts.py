"""How the page calls for an agent who looks elsewhere: notification, title and ring."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser import samples
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import chromium, new_page, screenshot
from tests.browser.fake_api import FakeApi
from tests.support.polling import eventually

ASK = "localStorage.setItem('ringdesk.screen', JSON.stringify({notifications: true}))"
NOTED = """
    window.noted = [];
    window.Notification = class {
        static permission = "granted";
        constructor(title, { body, tag }) {
            this.told = { title, body, tag, open: true };
            noted.push(this.told);
        }
        close() { this.told.open = false; }
    };
    document.hasFocus = () => false;
"""
"""The system's notifications, which a browser without a screen does not show; nobody looks here."""
TELLS = """
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = async function () {
        try { await play.call(this); } finally { console.log("tried to play"); }
    };
"""
RINGS = """() => {
    const player = document.getElementById("ring");
    return player !== null && !player.paused;
}"""


@pytest.fixture
async def strict() -> AsyncIterator[Browser]:
    """A browser that lets no page make sound before somebody clicked in it, as they come."""
    async with chromium("--autoplay-policy=document-user-activation-required") as found:
        yield found


async def at(browser: Browser, url: str, *scripts: str) -> Page:
    """A page at its Inbox."""
    page = await new_page(browser)
    for script in scripts:
        await page.context.add_init_script(script)
    await page.goto(url)
    await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    return page


async def rings(page: Page) -> bool:
    """Whether this tab rings."""
    return bool(await page.evaluate(RINGS))


async def noted(page: Page) -> list[dict[str, Any]]:
    """The notifications so far."""
    told: list[dict[str, Any]] = await page.evaluate("noted")
    return told


async def test_who_rings_is_told_by_a_notification_and_in_the_title(
    browser: Browser, url: str, fake: FakeApi
) -> None:
    page = await at(browser, url, ASK, NOTED)
    await fake.change(samples.offered("o"))
    (told,) = await eventually(lambda: noted(page), within=15)
    assert told["title"] == "Ringdesk"
    assert "Maria Lopez" in told["body"]
    await expect(page).to_have_title(re.compile("Maria Lopez"))

    # when it is offered to somebody else, the notification goes
    await fake.change(samples.talk("o", version=5))

    async def closed() -> bool:
        return not (await noted(page))[0]["open"]

    await eventually(closed, within=15)
    assert len(await noted(page)) == 1
    await page.context.close()


async def test_a_ring_that_the_browser_blocks_is_said_and_a_click_lets_it_ring(
    strict: Browser, url: str, fake: FakeApi
) -> None:
    # given a page in which nobody clicked; to Chromium whatever Playwright asks of it is a click
    fake.conversations["o"] = samples.offered("o")
    page = await new_page(strict)
    await page.context.add_init_script(TELLS)
    async with page.expect_console_message(lambda said: said.text == "tried to play"):
        await page.goto(url, wait_until="commit")

    # then it says that it may not ring
    blocked = page.get_by_role("button", name="Sound blocked")
    await expect(blocked).to_be_visible()
    assert not await rings(page)
    await no_serious_fault(page)

    # when she looks what it is, and clicks, then it rings
    await blocked.click()
    await expect(page.get_by_text("does not let this page ring")).to_be_visible()
    await screenshot(page, "ring-blocked")
    await page.get_by_role("button", name="Test", exact=True).click()
    await eventually(lambda: rings(page), within=15)
    await expect(page.get_by_text("does not let this page ring")).to_have_count(0)

    # and no longer once it is not offered any more
    await fake.change(samples.talk("o", version=5))

    async def silent() -> bool:
        return not await rings(page)

    await eventually(silent, within=15)
    await page.context.close()


async def test_a_second_tab_stays_silent_until_the_first_is_gone(
    browser: Browser, url: str, fake: FakeApi
) -> None:
    # given two tabs of one browser
    first = await at(browser, url)
    second = await first.context.new_page()
    await second.goto(url)
    await expect(second.get_by_text("Nobody is waiting.")).to_be_visible()

    # when a call is offered, then the first rings, and the second shows it and says why it does not
    await fake.change(samples.offered("o"))
    await eventually(lambda: rings(first), within=15)
    await expect(second.locator(".offer")).to_be_visible()
    assert not await rings(second)
    await second.get_by_role("button", name="Sound on").click()
    await expect(second.get_by_text("Another tab of yours rings")).to_be_visible()
    await second.keyboard.press("Escape")

    # when the first is closed in the middle of it, then the second rings
    await first.close()
    await eventually(lambda: rings(second), within=15)
    await second.context.close()
