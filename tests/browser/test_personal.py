"""An agent's own settings page on the real service, and that there is no other one for them."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.admin_page import PAGES, AdminPage
from tests.browser.chromium import new_page, screenshot
from tests.support.people import Person
from tests.support.stack import PASSWORD
from tests.support.world import World

pytestmark = pytest.mark.slow


async def test_personal_configuration_keeps_each_of_its_settings(
    browser: Browser, world: World
) -> None:
    # given Chi at her own page, with a skill that an administrator locked
    chi = await world.person("chi")
    page = AdminPage(await new_page(browser), world.stack)
    await page.sign_in("chi@example.com")
    await page.open("personal")
    await screenshot(page.page, "personal")
    # when she sets everything there is
    await page.page.get_by_role("radio", name="Phone number").check()
    await page.page.get_by_role("textbox", name="Phone number").fill("+1 555 0133")
    await page.page.get_by_role("radio", name="Rings for each call").check()
    await page.page.get_by_role("checkbox", name="Press 1").uncheck()
    await page.page.get_by_label("Chats at once").fill("2")
    await page.page.get_by_label("Emails at once").fill("0")
    await page.page.get_by_role("checkbox", name="Billing").check()
    await page.page.get_by_role("button", name="Save").click()
    await expect(page.page.get_by_text("Saved.")).to_be_visible()
    # then the service has it, and the page shows it again
    kept = (await chi.me())["preferences"]
    assert [kept[name] for name in ("phone_number", "audio", "leg", "confirm_answer")] == [
        "+15550133", "number", "per_call", False,
    ]  # fmt: skip
    assert (kept["chat_cap"], kept["email_cap"]) == (2, 0)
    assert sorted(kept["skills"]) == ["Billing", "Spanish"]
    await page.page.reload()
    await expect(page.page.get_by_role("radio", name="Rings for each call")).to_be_checked()
    # and a cap beyond ten is not sent
    await page.page.get_by_label("Chats at once").fill("11")
    await page.page.get_by_role("button", name="Save").click()
    assert (await chi.me())["preferences"]["chat_cap"] == 2
    back = {
        "leg": "persistent", "confirm_answer": True, "chat_cap": 5, "email_cap": 5,
        "skills": ["Spanish"],
    }  # fmt: skip
    await chi.put("me/preferences", back)
    await page.page.context.close()


async def test_ones_own_password_is_changed_and_other_sign_ins_end(
    browser: Browser, world: World
) -> None:
    # given Chi signed in twice
    page, other = [AdminPage(await new_page(browser), world.stack) for _ in range(2)]
    for each in (page, other):
        await each.sign_in("chi@example.com")
    await page.open("personal")
    # when she gives a wrong one, then it is refused
    old, new = page.page.get_by_label("Present password"), page.page.get_by_label("New password")
    await old.fill("something else")
    await new.fill("another-for-tests")
    await page.press("Change password")
    refusal = "Present password: this is not your password."
    await expect(page.panel.get_by_text(refusal)).to_be_visible()
    # when she gives the right one, then the other page is signed out, and this one is not
    await old.fill(PASSWORD)
    await page.press("Change password")
    await expect(page.page.get_by_text("Other sign-ins have ended")).to_be_visible()
    await expect(other.page.get_by_role("button", name="Sign in")).to_be_visible()
    await old.fill("another-for-tests")
    await new.fill(PASSWORD)
    await page.press("Change password")
    await expect(old).to_have_value("")
    for each in (page, other):
        await each.page.context.close()


async def test_an_agent_sees_none_of_it(browser: Browser, world: World) -> None:
    ana = Person(world.stack, "ana")
    await ana.sign_in()
    page = AdminPage(await new_page(browser), world.stack)
    await page.sign_in("ana@example.com")
    await page.open("personal")
    await expect(page.page.get_by_role("navigation", name="Settings")).not_to_contain_text("Skills")
    for path in [path for path in PAGES if path != "personal"]:
        await page.page.goto(f"{world.stack.url}/settings/{path}")
        await expect(page.page.get_by_text("There is no page at this address")).to_be_visible()
    for path in ("users", "phones", "api-keys", "settings", "audit", "exports/people"):
        answer = await page.page.request.get(f"{world.stack.url}/api/v1/{path}")
        assert answer.status == 403, path
    await page.page.context.close()
    await ana.close()
