"""An agent's emails at the real page: read, answered, and harmless whatever is in them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.axe import no_serious_fault
from tests.browser.chromium import SCHEMES, screenshot
from tests.browser.inbox_page import InboxPage, at_page
from tests.support.letters import letter
from tests.support.mail_wire import bounce, bring, new_customer, reply, stored
from tests.support.mailing import CUSTOMER, MailDesk, mail_desk
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = pytest.mark.slow

EVIL = '"><img src=x onerror="top.hurt=1"><script>top.hurt=1</script>{{7*7}}'
RAN = "document.getElementById('seen').textContent = 'it ran'; top.hurt = 1"
HURT = """
<p id="seen">Good day</p><img id="pixel" src="{pixel}">
<img src="x" onerror="{ran}"><svg onload="{ran}"></svg><body onload="{ran}">
<script>{ran}</script><script src="/widget.js"></script>
<a id="link" href="javascript:{ran}">click</a>
<form action="/api/v1/session" method="post"><button id="go" onclick="{ran}">go</button></form>
"""


class Pixel:
    """A picture elsewhere, which notes who loads it."""

    def __init__(self) -> None:
        self.loads = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.loads += 1
        writer.write(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@pytest.fixture
async def mail(world: World) -> AsyncIterator[MailDesk]:
    """A mailbox on the common stack."""
    async with mail_desk(world.stack) as desk:
        yield desk


@pytest.fixture
async def inbox(browser: Browser, world: World, mail: MailDesk) -> AsyncIterator[InboxPage]:
    """Ana's page; she is Available, and has no phone."""
    ana = await world.person("ana")
    page = await at_page(browser, world, ana)
    await page.become("Available")
    yield page
    for talk in (await ana.get("inbox"))["conversations"]:
        if talk["state"] == "active" and talk["agent"]["id"] == ana.id:
            await ana.end(talk["id"])
            await ana.wrap_up(talk["id"])
    await page.page.context.close()


def cards(inbox: InboxPage) -> Locator:
    """The emails that Ana sees."""
    return inbox.page.locator(".mails article")


async def taken(inbox: InboxPage) -> None:
    """Ana accepts what is offered."""
    await inbox.offer.get_by_role("button", name="Accept").click()
    await expect(inbox.page.get_by_role("button", name="Send email")).to_be_visible()


@pytest.mark.timeout(300)
async def test_an_email_is_read_and_answered_with_a_copy_and_a_file(
    inbox: InboxPage, mail: MailDesk
) -> None:
    # given an email that Ana takes
    talk = await mail.conversation()
    came = await mail.came_in(talk, subject="Rechnung für März")
    await taken(inbox)
    page = inbox.page
    await expect(cards(inbox)).to_have_count(1)
    await expect(cards(inbox).first).to_contain_text(f'"Maria López" <{CUSTOMER}>')
    await expect(cards(inbox).first).to_contain_text("Where is my order?")
    await expect(page.get_by_label("Subject")).to_have_value("Re: Rechnung für März")
    # when she writes, reloads, and goes on writing what was kept
    await page.get_by_label("Message", exact=True).fill("It is on its way.")
    await expect(page.get_by_text("Draft kept")).to_be_visible()
    await page.reload()
    await page.locator(".row").first.click()
    await expect(page.get_by_label("Message", exact=True)).to_have_value("It is on its way.")
    await page.get_by_role("button", name="Cc and Bcc").click()
    await page.get_by_label("Cc", exact=True).fill("Boss <boss@example.org>; second@example.org")
    files = [{"name": "Übersicht.txt", "mimeType": "text/plain", "buffer": b"all of it"}]
    await page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    await expect(page.get_by_role("button", name="Remove Übersicht.txt")).to_be_visible()
    await no_serious_fault(page)
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await screenshot(page, f"email-{scheme}")
    await page.get_by_role("button", name="Send email").click()
    # then it is sent, and the server has all of it
    await expect(cards(inbox)).to_have_count(2)
    await expect(cards(inbox).nth(1)).to_contain_text("Sent")
    (arrived,) = mail.server.arrived
    assert sorted(arrived.to) == ["boss@example.org", CUSTOMER, "second@example.org"]
    assert arrived.mail["In-Reply-To"] == f"<{came.message_id}>"
    assert arrived.mail["Cc"].addresses[0].display_name == "Boss"
    assert arrived.text.startswith("It is on its way.\n\n-- \nAna\nSupport\n\nOn ")
    assert "> Where is my order?" in arrived.text
    (file,) = arrived.mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Übersicht.txt", "all of it")
    # when the server takes nothing, the page says so; when it comes round, that too
    mail.server.data = "451 come back later"
    await page.get_by_label("Message", exact=True).fill("One more thing.")
    await page.get_by_role("button", name="Send email").click()
    await expect(cards(inbox).nth(2)).to_contain_text("Delayed 451 come back later")
    await screenshot(page, "email-delayed")
    mail.server.data = ""
    await expect(cards(inbox).nth(2)).to_contain_text("Sent")
    # when it is over, there is a wrap-up
    await page.locator(".in-hand .danger").click()
    await expect(inbox.wrap_up).to_be_visible()
    await inbox.wrap_up.get_by_role("button", name="Close wrap-up").click()
    await expect(inbox.wrap_up).to_have_count(0)


@pytest.mark.timeout(300)
async def test_nothing_in_an_email_runs_or_loads(inbox: InboxPage, mail: MailDesk) -> None:
    pixel = Pixel()
    elsewhere = await asyncio.start_server(pixel.answer, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{elsewhere.sockets[0].getsockname()[1]}/pixel.png"
    # given an email that would run in its names, its subject, its text and its HTML, and which
    # no sanitiser has seen
    talk = await mail.conversation(name=EVIL)
    html = HURT.replace("{pixel}", address).replace("{ran}", RAN)
    await mail.came_in(talk, subject=EVIL, name=EVIL, text=EVIL, html=html)
    await taken(inbox)
    page = inbox.page
    await expect(cards(inbox).first).to_contain_text(EVIL)
    # when its HTML is shown, and clicked at
    await page.get_by_role("button", name="Show as it was sent").click()
    frame = page.frame_locator(".mails iframe")
    seen = frame.locator("#seen")
    await expect(seen).to_have_text("Good day")
    await frame.locator("#link").click(no_wait_after=True)
    await frame.locator("#go").click(no_wait_after=True)
    # then nothing ran, and nobody elsewhere knows that it was read
    await screenshot(page, "email-html")
    await expect(seen).to_have_text("Good day")
    assert await page.evaluate("window.hurt") is None
    assert pixel.loads == 0
    # when Ana asks for the pictures, they are loaded, and nothing runs still
    await page.get_by_role("button", name="Load pictures").click()
    await eventually(lambda: pixel.loads > 0, within=30)
    await expect(seen).to_have_text("Good day")
    assert await page.evaluate("window.hurt") is None
    elsewhere.close()


@pytest.mark.timeout(300)
async def test_the_customers_answer_comes_into_the_same_conversation(
    inbox: InboxPage, mail: MailDesk, world: World
) -> None:
    # given a customer's mail that came over SMTP, and Ana's answer to it
    customer = new_customer()
    first = letter(f"1{customer}", "Wo ist sie?", subject="Bestellung", address=customer)
    await bring(world.stack, first, mail.address)
    await taken(inbox)
    page = inbox.page
    await expect(cards(inbox).first).to_contain_text("Wo ist sie?")
    await page.get_by_label("Message", exact=True).fill("It left yesterday.")
    await page.get_by_role("button", name="Send email").click()
    await expect(cards(inbox).nth(1)).to_contain_text("Sent")
    (arrived,) = mail.server.arrived
    # when the customer answers that, with a file and a picture from elsewhere
    pixel = Pixel()
    elsewhere = await asyncio.start_server(pixel.answer, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{elsewhere.sockets[0].getsockname()[1]}/pixel.png"
    html = f'<p>Danke, <b>sie</b> ist da</p><img src="{address}" alt="logo">'
    again = reply(arrived.mail, "Danke, sie ist da", customer, files=("Ünlü.png",), html=html)
    await bring(world.stack, again, mail.address)
    # then Ana sees it on the open page, below her own, in the one conversation
    await expect(cards(inbox)).to_have_count(3, timeout=30_000)
    last = cards(inbox).nth(2)
    await expect(last).to_contain_text("Danke, sie ist da")
    await expect(last.get_by_role("link", name="Ünlü.png")).to_be_visible()
    talks = "SELECT DISTINCT conversation_id FROM emails WHERE mailbox_id = ?"
    assert len(stored(world.stack, talks, mail.mailbox["id"])) == 1
    # and the picture is loaded when she asks for it, and not before
    await last.get_by_role("button", name="Show as it was sent").click()
    frame = page.frame_locator(".mails iframe")
    await expect(frame.get_by_text("ist da")).to_be_visible()
    assert pixel.loads == 0
    await last.get_by_role("button", name="Load pictures").click()
    await eventually(lambda: pixel.loads > 0, within=30)
    # when her own mail comes back from farther on, her page says so at that mail
    await bring(world.stack, bounce(arrived, customer), mail.address, "")
    await expect(cards(inbox).nth(1)).to_contain_text("Came back", timeout=30_000)
    await expect(cards(inbox).nth(1)).to_contain_text("550 5.1.1 no such user")
    await screenshot(page, "email-came-back")
    elsewhere.close()
