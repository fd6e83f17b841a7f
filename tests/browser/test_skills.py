"""Skills among the settings, on the real service: made, locked, given, kept while they are used."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.admin_page import AdminPage
from tests.browser.chromium import new_page, screenshot
from tests.support.world import World

pytestmark = pytest.mark.slow


async def test_a_skill_is_made_locked_given_and_not_removed_while_somebody_has_it(
    world: World, admin: AdminPage
) -> None:
    # given a new skill that agents cannot take themselves
    await admin.open("skills")
    await admin.press("Add a skill")
    await admin.dialog.get_by_label("Name").fill("Vault")
    await admin.dialog.get_by_label("Description").fill("Safes and keys")
    await admin.dialog.get_by_label("Only administrators give it").check()
    await admin.confirm("Save")
    await expect(admin.row("Vault")).to_contain_text("Safes and keys")

    # and nobody makes the same twice
    await admin.press("Add a skill")
    await admin.dialog.get_by_label("Name").fill("VAULT")
    await admin.dialog.get_by_role("button", name="Save").click()
    await expect(admin.alert).to_contain_text("there is already a skill")
    await admin.page.keyboard.press("Escape")

    # when it is given to Chi, and then to be removed
    chi = await world.person("chi")
    await admin.open("people")
    await admin.row("Chi").get_by_role("button", name="Edit").click()
    await admin.dialog.get_by_role("checkbox", name="Vault", exact=True).check()
    await admin.confirm("Save")
    await admin.open("skills")
    await admin.row("Vault").get_by_role("button", name="Remove").click()
    await admin.dialog.get_by_role("button", name="Remove").click()

    # then it stays, and the page says who has it
    await expect(admin.alert).to_contain_text("still used by Chi")
    await expect(admin.alert.get_by_role("listitem")).to_have_text(["Chi has it"])
    await screenshot(admin.page, "admin-skill-in-use")
    await admin.page.keyboard.press("Escape")
    held = [(skill["name"], skill["locked"]) for skill in (await chi.me())["skills"]]
    assert ("Vault", True) in held

    # and once nobody has it, it goes
    await admin.open("people")
    await admin.row("Chi").get_by_role("button", name="Edit").click()
    await admin.dialog.get_by_role("checkbox", name="Vault", exact=True).uncheck()
    await admin.confirm("Save")
    await admin.open("skills")
    await admin.row("Vault").get_by_role("button", name="Used by").click()
    await expect(admin.dialog).to_contain_text("Nobody has it, no open conversation requires it")
    await admin.confirm("Close")
    await admin.row("Vault").get_by_role("button", name="Remove").click()
    await admin.confirm("Remove")
    await expect(admin.row("Vault")).to_have_count(0)


async def test_a_locked_skill_is_shown_as_such(
    browser: Browser, world: World, admin: AdminPage
) -> None:
    await admin.open("people")
    await admin.row("Chi").get_by_role("button", name="Edit").click()
    await admin.dialog.get_by_label("Lock Spanish").check()
    await admin.confirm("Save")
    page = AdminPage(await new_page(browser), world.stack)
    await page.sign_in("chi@example.com")
    await page.open("personal")
    spanish = page.page.get_by_role("checkbox", name="Spanish")
    await expect(spanish).to_be_checked()
    await expect(spanish).to_be_disabled()
    await expect(page.page.get_by_text("Locked by an administrator")).to_be_visible()
    await admin.row("Chi").get_by_role("button", name="Edit").click()
    await admin.dialog.get_by_label("Lock Spanish").uncheck()
    await admin.confirm("Save")
    await expect(spanish).to_be_enabled()
    await page.page.context.close()


async def test_a_skill_is_added_by_keyboard_alone(admin: AdminPage) -> None:
    await admin.open("skills")
    add = admin.page.get_by_role("button", name="Add a skill")
    await add.focus()
    keys = admin.page.keyboard
    await keys.press("Enter")
    await keys.type("Keys only")
    await keys.press("Enter")
    await expect(admin.row("Keys only")).to_be_visible()
    await expect(admin.dialog).to_have_count(0)
    remove = admin.row("Keys only").get_by_role("button", name="Remove")
    await remove.focus()
    await keys.press("Enter")
    await expect(admin.dialog).to_be_visible()
    await keys.press("Escape")
    await expect(admin.dialog).to_have_count(0)
    await expect(remove).to_be_focused()
    await keys.press("Enter")
    await admin.confirm("Remove")
    await expect(admin.row("Keys only")).to_have_count(0)
