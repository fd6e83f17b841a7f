"""Every page of the menu, as the menu has it: nobody has to think of this file to be in it.

A call that waits and one in a talk are enough to fill them; how each looks when it is full is in
its own tests.
"""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.admin_page import AdminPage, admin_page
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import NARROW, SCHEMES, WIDE, screenshot
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LEAST = {
    "/inbox",
    "/live",
    "/conversations",
    "/wallboard",
    "/reports",
    "/settings/personal",
    "/settings/skills",
    "/settings/people",
    "/settings/phones",
    "/settings/dispositions",
    "/settings/break-reasons",
    "/settings/dial-rules",
    "/settings/calendars",
    "/settings/routing-rules",
    "/settings/mailboxes",
    "/settings/chat-widgets",
    "/settings/canned-replies",
    "/settings/service",
    "/settings/api-keys",
    "/settings/import",
    "/settings/audit",
}
"""What an administrator's menu must have at least; more is looked at, too."""
STICKS_OUT = """() => {
    const out = [...document.querySelectorAll("#root *")]
        .filter((each) => each.getBoundingClientRect().left < -1)
        .filter((each) => !each.closest(".visually-hidden"))
        .map((each) => each.outerHTML.slice(0, 100));
    const wider = document.documentElement.scrollWidth - innerWidth;
    return wider > 0 ? [...out, `wider by ${wider}`] : out;
}"""
"""Beyond the left edge nobody can scroll, and sideways the whole page never should."""


async def test_every_page_of_the_menu_is_fit_for_everybody(browser: Browser, world: World) -> None:
    # given a floor at work, and an administrator who opens one page of the menu after the other
    ana = await world.at_work("ana")
    talking, _ = await world.call("200"), await world.call("202")
    await world.talking(ana, talking)
    admin = await admin_page(browser, world.stack)
    faults: list[str] = []
    admin.page.on("pageerror", lambda error: faults.append(str(error)))
    addresses = await menu_of(admin)
    assert set(addresses) >= LEAST

    # then each says where one is, and has no serious fault in light or dark
    for address in addresses:
        await opened(admin, address)
        name = f"page-{address.strip('/').replace('/', '-')}"
        await pictures(admin.page, name)
        # and in a narrow window nothing sticks out
        await admin.page.set_viewport_size(NARROW)
        await screenshot(admin.page, f"{name}-narrow")
        assert await admin.page.evaluate(STICKS_OUT) == [], address
        await admin.page.set_viewport_size(WIDE)
    assert faults == []
    await admin.page.context.close()


async def menu_of(admin: AdminPage) -> list[str]:
    """Where the links of the sidebar and of the settings' own list lead."""
    await admin.open("personal")
    links: list[str] = await admin.page.evaluate(
        """() => [...document.querySelectorAll("nav.sidebar a, nav.settings-list a")]
            .map((link) => link.getAttribute("href"))"""
    )
    return sorted({re.sub(r"[?#].*", "", link) for link in links if link.startswith("/")})


async def opened(admin: AdminPage, address: str) -> None:
    """Go there, and wait until it is loaded."""
    await admin.page.goto(f"{admin.url}{address}")
    await expect(admin.page.get_by_role("navigation", name="Main")).to_be_visible()
    await expect(admin.page.get_by_role("main")).to_have_count(1)
    await expect(admin.page.get_by_role("heading").first).to_be_visible()
    # what loads says so in a paragraph; names that a chart has shortened end in three dots, too
    loading = admin.page.locator("#panel :is(p, .empty)").filter(has_text=re.compile(r"…\s*$"))
    await expect(loading).to_have_count(0)
    current = admin.page.locator("nav.sidebar a[aria-current]")
    await expect(current).to_have_count(1)


async def pictures(page: Page, name: str) -> None:
    """In light and dark, each looked at by axe-core."""
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await no_serious_fault(page)
        await screenshot(page, f"{name}-{scheme}")
