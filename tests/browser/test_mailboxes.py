"""Settings > Operations > Mailboxes, on the real service with a real SMTP server."""

import pytest
from playwright.async_api import expect

from tests.browser.admin_page import AdminPage
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import SCHEMES, screenshot
from tests.support.letters import letter
from tests.support.mail_server import PASSWORD, USER, MailServer
from tests.support.mail_wire import bring, emails_of, new_customer, stored, taken
from tests.support.mailing import mail_desk
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port
from tests.support.world import World

pytestmark = pytest.mark.slow


async def test_a_mailbox_is_added_tested_changed_and_removed(admin: AdminPage) -> None:
    async with MailServer(auth=True) as server:
        await admin.open("mailboxes")
        # given a mailbox whose password is wrong
        await admin.press("Add a mailbox")
        await admin.dialog.get_by_label("Name", exact=True).fill("Invoices")
        await admin.dialog.get_by_label("Address").fill("invoices@ringdesk.example")
        await admin.dialog.get_by_label("Skills").fill("Billing")
        await admin.dialog.get_by_label("Rules").fill("@example.org | refund = Billing, Spanish")
        out = admin.dialog.get_by_role("group", name="Mail out (SMTP)")
        await out.get_by_label("Host").fill("127.0.0.1")
        await out.get_by_label("Port").fill(str(server.port))
        await out.get_by_label("Encryption").select_option("none")
        await out.get_by_label("User").fill(USER)
        await out.get_by_label("Password").fill("wrong")
        await no_serious_fault(admin.page)
        for scheme in SCHEMES:
            await admin.page.emulate_media(color_scheme=scheme)
            await screenshot(admin.page, f"admin-mailbox-{scheme}")
        # and whose IMAP server is not there
        way_in = admin.dialog.get_by_role("group", name="Mail in (IMAP)")
        await way_in.get_by_label("Host").fill("127.0.0.1")
        await way_in.get_by_label("Port").fill(str(free_tcp_port()))
        await way_in.get_by_label("Encryption").select_option("none")
        await admin.confirm("Save")
        await expect(admin.row("Invoices")).to_contain_text("1 rule")
        # when it is tested, the server's words are shown, and why the other cannot be reached
        await admin.row("Invoices").get_by_role("button", name="Test").click()
        await expect(admin.panel.get_by_text("Invoices: 535")).to_be_visible()
        refused = "mail in: 127.0.0.1: [Errno 111] Connection refused"
        await expect(admin.panel.get_by_text(refused)).to_be_visible()
        # when the password is mended, and everything else left as it was
        await admin.row("Invoices").get_by_role("button", name="Edit").click()
        await expect(admin.dialog.get_by_label("Rules")).to_have_value(
            "@example.org | refund = Billing, Spanish"
        )
        await out.get_by_label("Password").fill(PASSWORD)
        await way_in.get_by_label("Host").fill("")
        await admin.confirm("Save")
        await admin.row("Invoices").get_by_role("button", name="Test").click()
        await expect(admin.panel.get_by_text("lets us in")).to_be_visible()
        await no_serious_fault(admin.page)
        # when it goes, it is gone
        await admin.row("Invoices").get_by_role("button", name="Remove").click()
        await admin.confirm("Remove")
        await expect(admin.row("Invoices")).to_have_count(0)


async def test_a_mail_that_was_set_aside_becomes_a_conversation(
    admin: AdminPage, world: World
) -> None:
    customer = new_customer()
    async with mail_desk(world.stack) as desk:
        # given a machine's answer to nothing of ours
        away = {"Auto-Submitted": "auto-replied"}
        subject = f"Away {customer}"
        mail = letter(f"1{customer}", "I am away", subject=subject, address=customer, headers=away)
        await bring(world.stack, mail, desk.address)

        def lies_aside() -> bool:
            query = "SELECT id FROM emails WHERE state = 'aside' AND mailbox_id = ?"
            return bool(stored(world.stack, query, desk.mailbox["id"]))

        await eventually(lies_aside, within=60, every=0.2)
        # when an administrator looks, it is there with its reason
        await admin.open("mailboxes")
        await expect(admin.row(subject)).to_contain_text("automatic answer to nothing of ours")
        await expect(admin.row(subject)).to_contain_text("I am away")
        for scheme in SCHEMES:
            await admin.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await no_serious_fault(admin.page)
            await screenshot(admin.page, f"admin-mails-aside-{scheme}")
        # and when they want it, it waits for an agent, who gets it
        await admin.row(subject).get_by_role("button", name="Make a conversation").click()
        await expect(admin.panel.get_by_text("is a conversation now")).to_be_visible()
        await expect(admin.row(subject)).to_have_count(0)
        ana = await world.person("ana")
        await ana.picture.open()
        await ana.become("available")
        talk = await taken(ana, customer)
        assert (await emails_of(ana, talk, 1))[0]["subject"] == subject
        await ana.end(talk)
        await ana.wrap_up(talk)
