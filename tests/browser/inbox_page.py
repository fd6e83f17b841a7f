"""An agent at the real page: what they see and click."""

import re

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.axe import no_serious_fault
from tests.browser.chromium import SCHEMES, new_page, screenshot
from tests.support.people import Person
from tests.support.phones import Phone
from tests.support.stack import PASSWORD, Stack
from tests.support.world import World

DIALLING_MS = 8_000


async def at_page(
    browser: Browser, world: World, person: Person, url: str | None = None
) -> "InboxPage":
    """Somebody's own page, signed in; `url` where they reach the service by another way."""
    page = InboxPage(await new_page(browser), world.stack, url)
    await page.sign_in(person)
    return page


async def a_phone(world: World) -> Phone:
    """A phone behind the trunk, with a number of its own."""
    hz = world.tone()
    return await world.phones.number(f"+44301{hz}", hz)


class InboxPage:
    """The Inbox of somebody who signs in at it."""

    def __init__(self, page: Page, stack: Stack, url: str | None = None) -> None:
        self.page = page
        self._url = url or stack.url
        self.offer = page.locator(".offer")
        self.waiting = page.locator("h2", has_text="Waiting for my skills").locator("+ ul .row")
        self.wrap_up = page.locator("#wrap-up")

    async def sign_in(self, person: Person) -> None:
        """Open the page and sign in with the form."""
        await self.page.goto(self._url)
        await self.page.get_by_label("Email").fill(person.email)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.page.get_by_role("region", name="Inbox")).to_be_visible()

    def leg(self, state: str) -> Locator:
        """The Agent Leg indicator, if it says so."""
        return self.page.get_by_role("button", name=re.compile(f"^Agent leg: {state}"))

    def status(self, status: str) -> Locator:
        """The Status dropdown, if it says so."""
        return self.page.get_by_role("button", name=re.compile(f"^Status: {status}"))

    async def go(self, name: str) -> None:
        """Follow a link of the sidebar."""
        sidebar = self.page.get_by_role("navigation", name="Main")
        await sidebar.get_by_role("link", name=name).click()

    async def look(self, name: str) -> None:
        """Pictures in light and dark; axe-core finds nothing serious in either."""
        for scheme in SCHEMES:
            # colours fade from one scheme to the other, unless motion is not wanted
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await no_serious_fault(self.page)
            await screenshot(self.page, f"{name}-{scheme}")
        await self.page.emulate_media(color_scheme="light")

    async def use_number(self, phone: Phone) -> None:
        """Set the number under Personal Configuration, and click to reconnect."""
        await self.configure_number(phone.name)
        await self.leg("Disconnected").click()
        await expect(self.leg("Connected")).to_be_visible(timeout=DIALLING_MS)

    async def configure_number(self, number: str) -> None:
        """Set the number under Personal Configuration."""
        await self.page.get_by_title("Personal Configuration").click()
        await self.page.get_by_role("radio", name="Phone number").check()
        await self.page.get_by_role("textbox", name="Phone number").fill(number)
        await self.page.get_by_role("button", name="Save").click()
        await expect(self.page.get_by_text("Saved.")).to_be_visible()
        await self.page.get_by_role("link", name="Inbox").click()

    async def become(self, status: str) -> None:
        """Choose a status from the dropdown."""
        await self.status("").click()
        await self.page.get_by_role("button", name=re.compile(f"^{status} ")).click()
        if status != "Available":
            await self.page.get_by_role("button", name=f"Set {status}").click()
        await expect(self.status(status)).to_be_visible()
