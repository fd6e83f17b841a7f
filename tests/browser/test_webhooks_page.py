"""Settings > Operations > Webhooks on the real service: made, seen to fail, changed, removed."""

import pytest
from playwright.async_api import expect

from tests.browser.admin_page import AdminPage
from tests.browser.axe import no_serious_fault
from tests.browser.chromium import screenshot
from tests.support.polling import eventually
from tests.support.ports import free_port
from tests.support.world import World

pytestmark = pytest.mark.slow


async def test_a_webhook_is_made_fails_is_changed_and_removed(
    world: World, admin: AdminPage
) -> None:
    # given a program that is not there
    url = f"http://127.0.0.1:{free_port()}/told"
    await admin.open("webhooks")

    # when an administrator has it told of what is queued, then the secret is shown this once
    await admin.press("Add a webhook")
    await admin.dialog.get_by_label("Address").fill("ftp://example.com/")
    await admin.dialog.get_by_label("Queued").check()
    await admin.dialog.get_by_role("button", name="Add a webhook").click()
    await expect(admin.alert).not_to_be_empty()
    await admin.dialog.get_by_label("Address").fill(url)
    await admin.dialog.get_by_role("button", name="Add a webhook").click()
    await expect(admin.dialog.get_by_role("heading")).to_have_text("The new webhook's secret")
    secret = await admin.dialog.get_by_label("Secret", exact=True).input_value()
    assert secret.startswith("whsec_")
    await screenshot(admin.page, "admin-webhook-secret")
    await no_serious_fault(admin.page)
    await admin.confirm("Close")
    await expect(admin.row(url)).to_contain_text("Queued")
    await expect(admin.row(url)).to_contain_text("Works")
    assert secret not in await admin.page.content()

    # and once somebody is queued, the page says that it fails, and why
    caller = await world.call("202")
    await world.conversation(caller, "queued")

    async def failing() -> bool:
        await admin.open("webhooks")
        await expect(admin.row(url)).to_be_visible()
        return "in a row; " in await admin.row(url).inner_text()

    await eventually(failing, within=30, every=0.5)
    await caller.line.hang_up()

    # when it is switched off and told of other things, then the page says so
    await admin.row(url).get_by_role("button", name="Edit").click()
    await admin.dialog.get_by_label("Closed").check()
    await admin.dialog.get_by_label("Switched on").uncheck()
    await admin.confirm("Save")
    await expect(admin.row(url)).to_contain_text("Queued; Closed")
    await expect(admin.row(url)).to_contain_text("Switched off")

    # and it is removed after asking
    await admin.row(url).get_by_role("button", name="Remove").click()
    await expect(admin.dialog).to_contain_text(url)
    await admin.confirm("Remove")
    await expect(admin.row(url)).to_have_count(0)
