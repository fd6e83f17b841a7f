"""A customer at the widget who waits for a person, and does not want to any longer."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.axe import no_serious_fault
from tests.browser.chromium import SCHEMES, screenshot
from tests.browser.inbox_page import InboxPage
from tests.browser.shop import Shop, at_shop
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE = 30_000
WORDS = {
    "en": ("Stop waiting", "Keep waiting"),
    "de": ("Nicht länger warten", "Weiter warten"),
    "es": ("Dejar de esperar", "Seguir esperando"),
    "fr": ("Ne plus attendre", "Continuer à attendre"),
}


async def test_who_leaves_the_queue_is_asked_once_and_may_come_back(
    inbox: InboxPage, shop: Shop
) -> None:
    leave, keep = (shop.chat.get_by_role("button", name=name) for name in WORDS["en"])
    state = shop.chat.get_by_role("status")
    # given a customer whose chat is offered to Ana
    await expect(leave).to_be_hidden()
    await shop.say("Hello?")
    await expect(inbox.offer).to_be_visible()

    # when they want to leave, they are asked; who presses Enter twice still waits
    await leave.focus()
    await shop.page.keyboard.press("Enter")
    await expect(shop.chat.get_by_text("You lose your place.")).to_be_visible()
    await expect(keep).to_be_focused()
    for scheme in SCHEMES:
        await shop.page.emulate_media(color_scheme=scheme)
        await screenshot(shop.page, f"widget-way-out-{scheme}")
        await no_serious_fault(shop.page)
    await shop.page.keyboard.press("Enter")
    await expect(leave).to_be_focused()
    await expect(state).to_have_text("Somebody will be with you soon.")
    # and while the line is cut nothing is promised
    await shop.page.context.set_offline(True)
    await expect(leave).to_be_hidden()
    await shop.page.context.set_offline(False)

    # when they leave, it is over, and Ana's phone no longer rings for it
    await leave.click()
    await leave.click()
    await expect(state).to_have_text("This chat has ended. Write to begin again.")
    await expect(shop.field).to_be_focused()
    await expect(leave).to_be_hidden()
    await expect(inbox.offer).to_have_count(0)

    # when they write again, they wait again, and with Ana there is nothing to leave
    await shop.say("I have time now.")
    await inbox.offer.get_by_role("button", name="Accept").click()
    await expect(state).to_have_text("You are talking to Ana.")
    await expect(leave).to_be_hidden()
    await shop.stored(2)
    assert shop.faults == []


async def test_who_leaves_the_queue_is_back_with_the_bot(inbox: InboxPage, botshop: Shop) -> None:
    shop = botshop
    leave = shop.chat.get_by_role("button", name="Stop waiting")
    # given a customer whom the bot handed over
    await shop.say("Billing please")
    await expect(inbox.offer).to_be_visible(timeout=PATIENCE)
    # when they no longer want to wait, the bot goes on with them, on the same line
    await leave.click()
    await leave.click()
    await expect(inbox.offer).to_have_count(0)
    await expect(leave).to_be_hidden()
    await shop.say("What of 4711?")
    await expect(shop.log.get_by_text("Order 4711")).to_be_visible(timeout=PATIENCE)
    # and may hand over once more
    await shop.say("Billing after all")
    await inbox.offer.get_by_role("button", name="Accept").click(timeout=PATIENCE)
    await expect(shop.chat.get_by_role("status")).to_have_text("You are talking to Ana.")
    assert shop.faults == []


@pytest.mark.parametrize("language", [*WORDS])
async def test_the_way_out_speaks_the_pages_language(
    browser: Browser, world: World, language: str
) -> None:
    # given nobody who could take a chat, and a customer who waits
    shop = await at_shop(browser, world.stack.url, f"data-open data-language={language}")
    await shop.chat.get_by_role("textbox").last.fill("…?")
    await shop.page.keyboard.press("Enter")
    # then the way out is said in their words, and taken
    leave, keep = (shop.chat.get_by_role("button", name=name) for name in WORDS[language])
    await leave.click()
    await expect(keep).to_be_focused()
    await no_serious_fault(shop.page)
    await leave.click()
    await expect(leave).to_be_hidden()
    await shop.stored(1)
    assert shop.faults == []
    await shop.page.context.close()
