"""Settings > Operations > Chat widgets: what is set there, the next customer meets."""

import secrets

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.admin_page import AdminPage
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import SCHEMES, screenshot
from tests.browser.inbox_page import InboxPage
from tests.browser.shop import at_shop
from tests.support.people import Person
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def look(admin: AdminPage, name: str) -> None:
    """Pictures in light and dark; axe-core finds nothing serious in either."""
    for scheme in SCHEMES:
        await admin.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await no_serious_fault(admin.page)
        await screenshot(admin.page, f"admin-chat-{name}-{scheme}")


async def fill(admin: AdminPage, **fields: str) -> None:
    """Into the form's text fields, by their labels."""
    for label, text in fields.items():
        await admin.dialog.get_by_label(label, exact=True).fill(text)


def save(admin: AdminPage) -> Locator:
    return admin.dialog.get_by_role("button", name="Save")


async def test_what_cannot_be_is_refused_at_its_field(admin: AdminPage) -> None:
    # given the widget that is always there: it cannot go, and another is not written over it
    await admin.open("chat-widgets")
    always = admin.row("default").get_by_role("button")
    await expect(always).to_have_text(["Script tag", "Edit"])
    await admin.press("Add a widget")
    await fill(admin, Name="default", Skills="billing")
    await save(admin).click()
    await expect(admin.dialog.get_by_label("Name", exact=True)).to_be_focused()
    await expect(admin.alert).to_contain_text("There is a widget “default” already")
    # and what is no page's address is refused by its place
    await fill(admin, Name="shop", Pages="https://shop.example\nshop.example/basket")
    await save(admin).click()
    await expect(admin.dialog.get_by_label("Pages")).to_have_attribute("aria-invalid", "true")
    await expect(admin.dialog.get_by_text("Entry 2: ")).to_be_visible()
    await look(admin, "widget-refused")
    await admin.confirm("Cancel")
    await expect(admin.row("shop")).to_have_count(0)


async def test_a_widget_is_made_and_its_customers_come_as_it_says(
    browser: Browser, inbox: InboxPage, admin: AdminPage, world: World
) -> None:
    # given a widget for Billing that asks for a name
    entry = f"shop-{secrets.token_hex(3)}"
    await admin.open("chat-widgets")
    await admin.press("Add a widget")
    await fill(admin, Name=entry, Title="The shop", Skills="billing", Priority="3")
    await fill(admin, Pages="https://shop.example")
    await admin.dialog.get_by_label("Asks first for").select_option("A name")
    await admin.confirm("Save")
    for shown in ("The shop", "The queue", "Billing", "https://shop.example", "Always"):
        await expect(admin.row(entry)).to_contain_text(shown)

    # when its script tag stands in a page, then customers meet what was set
    await admin.row(entry).get_by_role("button", name="Script tag").click()
    tag = admin.dialog.get_by_label("Script tag", exact=True)
    await expect(tag).to_have_value(
        f'<script src="{world.stack.url}/widget.js" data-entry="{entry}" async></script>'
    )
    await look(admin, "widget-tag")
    await admin.confirm("Close")
    shop = await at_shop(browser, world.stack.url, f"data-open data-entry={entry}")
    await expect(shop.chat.get_by_role("heading")).to_have_text("The shop")
    await shop.chat.get_by_label("Your name").fill("Maria")
    await shop.chat.get_by_role("button", name="Start").click()
    await shop.say("Is the blue one there?")
    await expect(inbox.offer).to_contain_text("Maria")
    await inbox.offer.get_by_role("button", name="Accept").click()

    # when it is to go while she chats and a calendar names it, then it stays, and says for whom
    boss = Person(world.stack, "admin")
    await boss.sign_in()
    hours = {"name": "Shop hours", "time_zone": "Europe/Berlin", "entries": [entry]}
    calendar = await boss.post("calendars", hours)
    await admin.row(entry).get_by_role("button", name="Remove").click()
    await admin.dialog.get_by_role("button", name="Remove").click()
    await expect(admin.alert.get_by_role("listitem")).to_have_text(
        ["Maria open conversation", "Shop hours calendar"]
    )
    await look(admin, "widget-in-use")
    await admin.confirm("Cancel")
    # and the page says which hours hold once it is read anew
    await admin.page.reload()
    await expect(admin.row(entry)).to_contain_text("Shop hours")

    # when she and the calendar are gone, so is the widget
    await inbox.page.locator(".in-hand .danger").click()
    await expect(shop.chat.get_by_text("This chat has ended")).to_be_visible()
    await inbox.wrap_up.get_by_role("button", name="Close wrap-up").click()
    await boss.delete(f"calendars/{calendar['id']}")
    await admin.row(entry).get_by_role("button", name="Remove").click()
    await admin.confirm("Remove")
    await expect(admin.row(entry)).to_have_count(0)
    assert shop.faults == []
    await shop.page.context.close()
    await boss.close()


async def test_a_bots_widget_says_when_its_bot_cannot_answer_any_more(
    admin: AdminPage, world: World
) -> None:
    # given a bot's key, and a widget whose chats begin with it
    name = f"helper-{secrets.token_hex(3)}"
    boss = Person(world.stack, "admin")
    await boss.sign_in()
    key = await boss.post("api-keys", {"name": name})
    await admin.open("chat-widgets")
    await admin.press("Add a widget")
    await fill(admin, Name=name)
    await admin.dialog.get_by_label("Begins with").select_option(f"Bot {name}")
    await admin.confirm("Save")
    await expect(admin.row(name)).to_contain_text(f"Bot {name}")

    # when the key is revoked, then the page says that nobody answers there
    await boss.delete(f"api-keys/{key['id']}")
    await admin.page.reload()
    await expect(admin.row(name)).to_contain_text("its key is revoked, nobody answers")
    await look(admin, "widgets")
    # and a change is not taken until it begins with somebody
    await admin.row(name).get_by_role("button", name="Edit").click()
    await expect(admin.dialog.get_by_label("Name", exact=True)).to_be_disabled()
    await save(admin).click()
    begins = admin.dialog.get_by_label("Begins with")
    await expect(begins).to_have_attribute("aria-invalid", "true")
    await begins.select_option("The queue")
    await expect(begins).not_to_have_attribute("aria-invalid", "true")
    await admin.confirm("Save")
    await expect(admin.row(name)).to_contain_text("The queue")
    await admin.row(name).get_by_role("button", name="Remove").click()
    await admin.confirm("Remove")
    await boss.close()
