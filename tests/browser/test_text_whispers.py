"""A supervisor, an agent and a customer, each at a real page: what two of them write to each other
in text, the third never sees."""

import re
import secrets
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, WebSocket, expect

from tests.browser.inbox_page import InboxPage, at_page
from tests.browser.shop import Shop
from tests.support.mailing import mail_desk
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
async def boss(browser: Browser, world: World) -> AsyncIterator[InboxPage]:
    """Sam's page at Live View; he is Available, and has no phone."""
    sam = await world.person("sam")
    page = await at_page(browser, world, sam)
    await page.become("Available")
    await page.go("Live View")
    yield page
    for talk in (await sam.get("inbox"))["conversations"]:
        if talk["state"] == "active":
            await sam.end(talk["id"])
            await sam.wrap_up(talk["id"])
    await page.page.context.close()


def whispers(page: Page) -> Locator:
    """The block of whispers."""
    return page.get_by_role("region", name="Whispers")


def whispered(page: Page) -> Locator:
    """Each of them that is stored."""
    return whispers(page).locator("li[data-seq] .said")


async def whisper(page: Page, label: str, text: str) -> None:
    field = whispers(page).get_by_label(label)
    await field.fill(text)
    await field.press("Enter")


async def opened(boss: InboxPage, text: str) -> Locator:
    """Sam opens the row that says this."""
    row = boss.page.locator(".live .row", has_text=text).first
    await row.click()
    return row


def all_frames(page: Page) -> list[str]:
    """Everything that comes over the page's sockets from now on."""
    found: list[str] = []

    def note(socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: found.append(str(data)))

    page.on("websocket", note)
    return found


async def test_a_supervisor_whispers_the_agent_answers_and_the_customer_sees_neither(
    inbox: InboxPage, boss: InboxPage, shop: Shop
) -> None:
    secret, answer = (f"{word} {secrets.token_hex(4)}" for word in ("offer-ten", "only-ten"))
    frames = all_frames(shop.page)
    await shop.page.reload()  # its socket is a new one: every frame is seen
    # given a chat that Ana has, and Sam who opens it in Live View
    await shop.say("It is too dear for me.")
    await inbox.offer.get_by_role("button", name="Accept").click()
    await opened(boss, "Ana")
    await expect(boss.page.locator(".messages").get_by_text("too dear")).to_be_visible()
    await expect(whispers(inbox.page)).to_have_count(0)

    # when he whispers, then she reads it, apart from what the customer reads
    await whisper(boss.page, "Whisper to Ana", secret)
    await expect(whispered(inbox.page)).to_have_text([secret])
    await expect(whispers(inbox.page)).to_contain_text("The customer never sees these.")
    await expect(whispers(inbox.page)).to_contain_text("Sam")
    # and her answer reaches him; it goes to nobody else
    await whisper(inbox.page, "Answer the supervisors", answer)
    await expect(whispered(boss.page)).to_have_text([secret, answer])
    await inbox.look("whisper-agent")
    await boss.look("whisper-supervisor")

    # when she looks at something else, then it is told to her all the same
    await inbox.go("Conversations")
    await whisper(boss.page, "Whisper to Ana", "Still there?")
    await expect(inbox.page.get_by_text("Sam whispers about")).to_contain_text("Still there?")
    await inbox.go("Inbox")

    # when both pages' lines were cut meanwhile, all of it is there, in order, once
    await inbox.page.context.set_offline(True)
    await whisper(boss.page, "Whisper to Ana", "Take your time.")
    await whisper(inbox.page, "Answer the supervisors", "I am slow today.")
    await expect(whispered(boss.page)).to_have_count(4)
    await inbox.page.context.set_offline(False)
    everything = [secret, answer, "Still there?", "Take your time.", "I am slow today."]
    await expect(whispered(inbox.page)).to_have_text(everything)
    await expect(whispered(boss.page)).to_have_text(everything)
    await inbox.page.reload()
    await inbox.page.locator(".row").first.click()
    await expect(whispered(inbox.page)).to_have_text(everything)

    # then the customer has what was said aloud, and nothing else, also after a reload
    field = inbox.page.get_by_label("Write to the customer")
    await field.fill("Ten percent less?")
    await field.press("Enter")
    await shop.stored(2)
    await shop.page.reload()
    await shop.stored(2)
    assert await shop.texts() == ["It is too dear for me.", "Ten percent less?"]
    got = "\n".join(frames)
    assert "Ten percent less?" in got
    assert [one for one in everything if one in got] == []


async def test_a_supervisor_takes_a_chat_over_at_the_page(
    inbox: InboxPage, boss: InboxPage, shop: Shop
) -> None:
    # given a chat that Ana has, with a whisper beside it
    await shop.say("It is too dear for me.")
    await inbox.offer.get_by_role("button", name="Accept").click()
    await opened(boss, "Ana")
    await whisper(boss.page, "Whisper to Ana", "I take it.")
    await expect(whispered(inbox.page)).to_have_text(["I take it."])

    # when he takes the chat over, then the customer talks to him, and Ana writes her notes
    await boss.page.get_by_role("button", name="Take over").click()
    await expect(shop.chat.get_by_role("status").first).to_have_text("You are talking to Sam.")
    await expect(inbox.wrap_up).to_be_visible()
    theirs = boss.page.get_by_label("Write to the customer")
    await theirs.fill("I am Sam.")
    await theirs.press("Enter")
    await shop.stored(2)
    await shop.say("Hello Sam")
    await expect(boss.page.locator(".messages li[data-seq]")).to_have_count(3)
    await boss.look("whisper-taken-over")
    assert "I take it." not in await shop.chat.inner_text()
    # and Ana reads what was whispered to her, and writes no more
    await expect(whispers(inbox.page).get_by_role("textbox")).to_have_count(0)
    await inbox.wrap_up.get_by_role("button", name="Close wrap-up").click()
    await boss.page.get_by_role("button", name=re.compile("^End")).click()
    await expect(shop.chat.get_by_text("This chat has ended")).to_be_visible()
    await boss.page.get_by_role("button", name="Close wrap-up").click()
    assert shop.faults == []


async def test_an_email_is_whispered_about_and_taken_over(
    inbox: InboxPage, boss: InboxPage, world: World
) -> None:
    async with mail_desk(world.stack) as mail:
        name = f"Maria {secrets.token_hex(3)}"
        # given an email that Ana has, and Sam who opens it in Live View
        talk = await mail.conversation(name=name)
        await mail.came_in(talk, subject="Rechnung", name=name)
        await inbox.offer.get_by_role("button", name="Accept").click()
        await expect(inbox.page.get_by_role("button", name="Send email")).to_be_visible()
        await opened(boss, name)
        # when he whispers, then she reads it beside the email
        await whisper(boss.page, "Whisper to Ana", "This one is from the press.")
        await expect(whispered(inbox.page)).to_have_text(["This one is from the press."])
        await whisper(inbox.page, "Answer the supervisors", "Then you take it.")
        await expect(whispered(boss.page)).to_have_count(2)
        await inbox.look("whisper-email")
        # and when he takes it over, he is the one who answers
        await boss.page.get_by_role("button", name="Take over").click()
        await expect(boss.page.get_by_role("button", name="Send email")).to_be_visible()
        await boss.page.get_by_label("Message", exact=True).fill("Good day, I am Sam.")
        await boss.page.get_by_role("button", name="Send email").click()
        await expect(boss.page.locator(".mails article")).to_have_count(2)
        await expect(boss.page.locator(".mails article").nth(1)).to_contain_text("Sent")
        (arrived,) = mail.server.arrived
        assert arrived.text.startswith("Good day, I am Sam.")
        assert "press" not in arrived.mail.as_string()
        await inbox.wrap_up.get_by_role("button", name="Close wrap-up").click()
        await boss.page.get_by_role("button", name=re.compile("^End")).click()
        await boss.page.get_by_role("button", name="Close wrap-up").click()
        await expect(boss.wrap_up).to_have_count(0)
