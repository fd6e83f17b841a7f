"""A customer at the widget and an agent at the Inbox: two real pages on the real service."""

import secrets

import pytest
from playwright.async_api import Locator, expect

from tests.browser.axe import no_serious_fault
from tests.browser.chromium import screenshot
from tests.browser.inbox_page import InboxPage
from tests.browser.shop import Shop
from tests.support.world import World

pytestmark = pytest.mark.slow


def said(inbox: InboxPage) -> Locator:
    """The messages that Ana sees, those on their way too."""
    return inbox.page.locator(".messages li:not(.mark)")


def settled(inbox: InboxPage) -> Locator:
    """Those that are stored."""
    return inbox.page.locator(".messages li[data-seq]")


async def texts(inbox: InboxPage) -> list[str]:
    return await said(inbox).locator(".said").all_inner_texts()


async def answer(inbox: InboxPage, text: str) -> None:
    """Ana writes to the customer."""
    field = inbox.page.get_by_label("Write to the customer")
    await field.fill(text)
    await field.press("Enter")


async def accepted(inbox: InboxPage, shop: Shop, first: str) -> None:
    """The customer's first words, and Ana takes the chat."""
    await shop.say(first)
    await inbox.offer.get_by_role("button", name="Accept").click()
    await expect(settled(inbox)).to_have_count(1)


@pytest.mark.timeout(300)
async def test_a_whole_chat_with_cuts_and_reloads(inbox: InboxPage, shop: Shop) -> None:
    # given a customer who writes, and Ana who accepts
    await shop.say("Hello, I was charged twice.")
    await expect(inbox.offer).to_be_visible()
    await expect(shop.chat.get_by_role("status").first).to_have_text(
        "Somebody will be with you soon."
    )
    await inbox.offer.get_by_role("button", name="Accept").click()
    await expect(settled(inbox)).to_have_count(1)
    await expect(shop.chat.get_by_role("status").first).to_have_text("You are talking to Ana.")

    # when both write
    await answer(inbox, "Good day! Which order is it?")
    await shop.stored(2)
    await shop.say("48213")
    await expect(settled(inbox)).to_have_count(3)
    await no_serious_fault(shop.page)
    await no_serious_fault(inbox.page)
    await screenshot(shop.page, "chat-widget")
    await screenshot(inbox.page, "chat-inbox")

    # when the customer's network goes away in mid-sentence, both go on writing
    await shop.page.context.set_offline(True)
    await expect(shop.chat.get_by_text("No connection")).to_be_visible()
    await shop.say("the blue one")
    await shop.say("from Monday")
    await answer(inbox, "I see it.")
    await expect(settled(inbox)).to_have_count(4)
    await shop.page.context.set_offline(False)
    await shop.stored(6)
    await expect(settled(inbox)).to_have_count(6)

    # when the agent's goes away
    await inbox.page.context.set_offline(True)
    await answer(inbox, "One of the two was a deposit.")
    await answer(inbox, "It comes back tomorrow.")
    await shop.say("ah")
    await shop.stored(7)
    await inbox.page.context.set_offline(False)
    await shop.stored(9)
    await expect(settled(inbox)).to_have_count(9)
    await expect(said(inbox)).to_have_count(9)

    # then nothing is lost, nothing is there twice, and the order is everybody's
    everything = await texts(inbox)
    assert await shop.texts() == everything
    mine = [t for t in everything if t in {"the blue one", "from Monday", "ah"}]
    assert mine == ["the blue one", "from Monday", "ah"]
    hers = [t for t in everything if "deposit" in t or "tomorrow" in t]
    assert hers == ["One of the two was a deposit.", "It comes back tomorrow."]

    # when both reload, it is all there again
    await shop.page.reload()
    await shop.stored(9)
    await inbox.page.reload()
    await inbox.page.locator(".row").first.click()
    await expect(settled(inbox)).to_have_count(9)
    assert await texts(inbox) == await shop.texts() == everything

    # when Ana ends it and closes the wrap-up
    await inbox.page.locator(".in-hand .danger").click()
    await expect(shop.chat.get_by_text("This chat has ended")).to_be_visible()
    await expect(inbox.wrap_up).to_be_visible()
    await inbox.wrap_up.get_by_role("button", name="Close wrap-up").click()
    await expect(inbox.wrap_up).to_have_count(0)
    assert shop.faults == []


async def test_script_in_what_is_written_does_not_run(inbox: InboxPage, shop: Shop) -> None:
    # given words that would run as HTML
    evil = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>{{7*7}}'
    await accepted(inbox, shop, evil)
    # when both have said them
    await answer(inbox, evil)
    await shop.stored(2)
    # then both pages show them as they are, and nothing ran
    assert await shop.texts() == [evil, evil]
    assert await texts(inbox) == [evil, evil]
    for page in (shop.page, inbox.page):
        assert await page.evaluate("window.hurt") is None
    assert shop.faults == []


async def test_typing_and_unread_messages_are_shown(inbox: InboxPage, shop: Shop) -> None:
    await accepted(inbox, shop, "Hello?")
    # when the customer types, Ana sees it, and the other way
    await shop.field.press_sequentially("wait")
    await expect(inbox.page.get_by_text("is writing…")).to_be_visible()
    await inbox.page.get_by_label("Write to the customer").press_sequentially("I am")
    await expect(shop.chat.get_by_text("Ana is writing…")).to_be_visible()
    # when the widget is closed, what comes is counted
    await shop.chat.get_by_role("button", name="Close the chat").click()
    await answer(inbox, "Still there?")
    await expect(shop.page.locator(".count")).to_have_text("1")
    await shop.page.get_by_role("button", name="Open the chat").click()
    await shop.stored(2)
    await expect(inbox.page.get_by_text("seen")).to_be_visible()


async def test_an_ended_chat_is_found_by_a_word_and_read_in_the_archive(
    inbox: InboxPage, shop: Shop, world: World
) -> None:
    # given a chat that Ana answered, ended and wrapped up
    word = f"walrus{secrets.token_hex(4)}"
    await accepted(inbox, shop, f"Where is my {word}?")
    await answer(inbox, "In the post.")
    await expect(settled(inbox)).to_have_count(2)
    ana = await world.person("ana")
    talk = (await ana.get("inbox"))["conversations"][0]["id"]
    await ana.end(talk)
    await ana.wrap_up(talk)
    await world.closed(talk, within=30)

    # when she looks for the word among the conversations
    await inbox.page.get_by_role("link", name="Conversations").click()
    await inbox.page.get_by_label("Search", exact=True).fill(word[:-1])

    # then the chat is there, with what the customer wrote
    row = inbox.page.locator(".archive .row")
    await expect(row).to_have_count(1)
    await expect(row.locator("mark")).to_have_text(word)
    # and opened, all of it can be read and none of it written on
    await row.click()
    await expect(settled(inbox)).to_have_count(2)
    assert await texts(inbox) == [f"Where is my {word}?", "In the post."]
    await expect(inbox.page.get_by_label("Write to the customer")).to_have_count(0)
    await no_serious_fault(inbox.page)
