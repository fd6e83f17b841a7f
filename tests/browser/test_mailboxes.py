"""Settings > Operations > Mailboxes, on the real service with a real SMTP server."""

import pytest
from playwright.async_api import expect

from tests.browser.admin_page import AdminPage
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import SCHEMES, screenshot
from tests.support.mail_server import PASSWORD, USER, MailServer

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
        await admin.confirm("Save")
        await expect(admin.row("Invoices")).to_contain_text("1 rule")
        # when it is tested, the server's words are shown
        await admin.row("Invoices").get_by_role("button", name="Test").click()
        await expect(admin.panel.get_by_text("Invoices: 535")).to_be_visible()
        # when the password is mended, and everything else left as it was
        await admin.row("Invoices").get_by_role("button", name="Edit").click()
        await expect(admin.dialog.get_by_label("Rules")).to_have_value(
            "@example.org | refund = Billing, Spanish"
        )
        await out.get_by_label("Password").fill(PASSWORD)
        await admin.confirm("Save")
        await admin.row("Invoices").get_by_role("button", name="Test").click()
        await expect(admin.panel.get_by_text("lets us in")).to_be_visible()
        await no_serious_fault(admin.page)
        # when it goes, it is gone
        await admin.row("Invoices").get_by_role("button", name="Remove").click()
        await admin.confirm("Remove")
        await expect(admin.row("Invoices")).to_have_count(0)
