"""A customer at the widget, and nobody there: two real pages on the real service."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.axe import no_serious_fault
from tests.browser.chromium import screenshot
from tests.browser.shop import at_shop
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = pytest.mark.slow


async def test_nobody_is_there_and_the_customer_leaves_an_address(
    browser: Browser, world: World
) -> None:
    # given nobody signed in who takes chats, and a customer who writes
    shop = await at_shop(browser, world.stack.url)
    await shop.say("Is anybody there?")
    await shop.stored(1)

    # then they are told, and asked where they can be written to
    state = shop.chat.get_by_role("status")
    await expect(state).to_have_text("Nobody is here right now.")
    address = shop.chat.get_by_role("textbox", name="Your e-mail address")
    for scheme in ("light", "dark"):
        await shop.page.emulate_media(color_scheme=scheme)
        await screenshot(shop.page, f"widget-nobody-{scheme}")
        await no_serious_fault(shop.page)

    # when they leave it (what is no address is not taken), then it stands on the conversation
    leave = shop.chat.get_by_role("button", name="Leave it")
    await address.fill("maria")
    await leave.click()
    assert await address.evaluate("field => field.validity.typeMismatch")
    await address.fill("maria@example.com")
    await leave.click()
    await expect(state).to_have_text(
        "Nobody is here right now. Thank you. We will write to maria@example.com."
    )
    await expect(address).to_be_hidden()
    await expect(shop.field).to_be_focused()
    found = [
        one
        for one in world.supervisor.picture.conversations.values()
        if one["channel"] == "chat" and one["state"] == "queued"
    ]
    assert len(found) == 1
    talk = found[0]["id"]

    async def known() -> bool:
        who = (await world.supervisor.get(f"conversations/{talk}"))["customer"]
        return bool(who["email"] == "maria@example.com")

    await eventually(known)

    # and when somebody comes and takes it, they are no longer told that nobody is there
    ana = await world.person("ana")
    await ana.picture.open()
    await ana.become("available")
    await expect(state).to_have_text("Somebody will be with you soon.")
    await world.conversation_is(talk, "offered")
    await ana.accept(talk)
    await expect(state).to_have_text("You are talking to Ana.")
    await ana.end(talk)
    await ana.wrap_up(talk)
    assert shop.faults == []
    await shop.page.context.close()
