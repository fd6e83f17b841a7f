"""Canned replies on two real pages: an administrator writes them, an agent sends one by keys."""

import pytest
from playwright.async_api import expect

from tests.browser.admin_page import AdminPage
from tests.browser.inbox_page import InboxPage
from tests.browser.shop import Shop
from tests.support.mailing import mail_desk
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
EVIL = '<img src=x onerror="window.hurt=1">'


async def add(admin: AdminPage, name: str, text: str, skills: str = "") -> None:
    """With the page's own form."""
    await admin.press("Add a reply")
    await admin.dialog.get_by_label("Name", exact=True).fill(name)
    await admin.dialog.get_by_label("Text").fill(text)
    await admin.dialog.get_by_label("Skills").fill(skills)
    await admin.dialog.get_by_role("button", name="Save").click()


async def test_a_reply_is_written_by_an_admin_and_sent_by_keys_alone(
    inbox: InboxPage, shop: Shop, admin: AdminPage
) -> None:
    # given an administrator who writes a reply; a variable that is not closed is refused
    await admin.open("canned-replies")
    await add(admin, "greeting", "Hello {{customer")
    await expect(admin.alert).to_contain_text("customer|there")
    await admin.dialog.get_by_label("Text").fill(
        "Hello {{customer|there}}, I am {{agent}}. Your order {{order}}?"
    )
    await admin.confirm("Save")
    await add(admin, EVIL, "another")
    await expect(admin.row(EVIL)).to_contain_text("All conversations")
    await add(admin, "gracias", "De nada.", "Spanish")
    await expect(admin.row("gracias")).to_contain_text("Spanish")

    # when Ana, in a chat, types a slash, then she finds those that are for this chat
    await shop.say("Hello?")
    await inbox.offer.get_by_role("button", name="Accept").click()
    field = inbox.page.get_by_label("Write to the customer")
    await field.press("/")
    choices = inbox.page.get_by_role("option")
    await expect(choices).to_have_count(2)
    await inbox.look("canned-replies")

    # and Escape closes the list, what is typed stays
    await field.press("Escape")
    await expect(choices).to_have_count(0)
    await expect(field).to_have_value("/")
    await field.press("Backspace")

    # when she looks for one and takes it, then what is known stands in it
    await field.press_sequentially("/gre")
    await expect(choices).to_have_count(1)
    await field.press("Enter")
    await expect(field).to_have_value("Hello there, I am Ana. Your order {{order}}?")
    # and what nothing is known of is marked: she writes over it, and sends
    marked = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    await inbox.page.wait_for_function(f"({marked})(document.activeElement) === '{{{{order}}}}'")
    await inbox.page.keyboard.insert_text("4711")
    await field.press("Enter")
    await shop.stored(2)
    assert (await shop.texts())[1] == "Hello there, I am Ana. Your order 4711?"

    # when the arrows choose another, it is taken as it is
    await field.press("/")
    await expect(choices).to_have_count(2)
    await field.press("ArrowDown")
    await expect(inbox.page.get_by_role("option", selected=True)).to_contain_text("greeting")
    await field.press("ArrowUp")
    await field.press("Tab")
    await expect(field).to_have_value("another")
    await field.fill("")
    # and a slash that no reply fits is a message like any other
    await field.press_sequentially("/no such reply")
    await field.press("Enter")
    await shop.stored(3)

    # when the administrator takes them away, she finds none
    for name in ("greeting", EVIL, "gracias"):
        await admin.row(name).get_by_role("button", name="Remove").click()
        await admin.confirm("Remove")
        await expect(admin.row(name)).to_have_count(0)
    await field.press("/")
    await expect(inbox.page.get_by_text("No reply fits.")).to_be_visible()
    # and nothing of what was written ran
    for page in (shop.page, inbox.page, admin.page):
        assert await page.evaluate("window.hurt") is None
    assert shop.faults == []


async def test_a_reply_is_put_into_the_line_of_an_email_that_begins_with_a_slash(
    inbox: InboxPage, admin: AdminPage, world: World
) -> None:
    async with mail_desk(world.stack) as mail:
        # given a reply of two lines, and Ana who writes an email
        await admin.open("canned-replies")
        await add(admin, "thanks", "Thank you, {{customer|and good day}}.\nYour order {{order}}.")
        await expect(admin.row("thanks")).to_be_visible()
        talk = await mail.conversation(name="Maria")
        await mail.came_in(talk, subject="Order")
        await inbox.offer.get_by_role("button", name="Accept").click()
        await expect(inbox.page.locator(".mails article")).to_have_count(1)
        field = inbox.page.get_by_label("Message", exact=True)
        await field.fill("Good day,\n\n\nYours, Ana")
        # when she looks for it on an empty line, then it stands there and nowhere else
        await field.press("Control+Home")
        await field.press("ArrowDown")
        await field.press("ArrowDown")
        await field.press_sequentially("/than")
        choices = inbox.page.get_by_role("option")
        await expect(choices).to_have_count(1)
        await inbox.look("canned-replies-email")
        await field.press("Enter")
        text = "Good day,\n\nThank you, Maria.\nYour order {{order}}.\nYours, Ana"
        await expect(field).to_have_value(text)
        # and what nothing is known of is marked: she writes over it
        marked = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
        await inbox.page.wait_for_function(
            f"({marked})(document.activeElement) === '{{{{order}}}}'"
        )
        await inbox.page.keyboard.insert_text("4711")
        # when a line begins with a slash and nobody types it, no list is in the way
        await field.press("Control+End")
        await field.press("Enter")
        await field.press_sequentially("/thanks")
        await expect(choices).to_have_count(1)
        await field.press("ArrowLeft")
        await expect(choices).to_have_count(0)
        await inbox.page.get_by_role("button", name="Send email").click()
        await expect(inbox.page.locator(".mails article")).to_have_count(2)
        await expect(inbox.page.locator(".mails article").nth(1)).to_contain_text("Sent")
        (arrived,) = mail.server.arrived
        filled = "Thank you, Maria.\nYour order 4711.\nYours, Ana\n/thanks"
        assert arrived.text.startswith(f"Good day,\n\n{filled}")
        await admin.row("thanks").get_by_role("button", name="Remove").click()
        await admin.confirm("Remove")
