"""One chat from its first word to its wrap-up, with all that can come between: a customer and an
agent at real pages, each over a line of their own that is cut."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from tests.browser.inbox_page import InboxPage, at_page
from tests.browser.shop import Shop, at_shop
from tests.drill.wire import Wire
from tests.support.people import Agent
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE = 30_000
PICTURE = b"\x89PNG a receipt"
BILL = b"total: 42"


class Cuttable:
    """One side's line to the service."""

    def __init__(self, world: World) -> None:
        host, port = world.stack.url.removeprefix("http://").split(":")
        self.wire = Wire(host, int(port))

    @property
    def url(self) -> str:
        """Where the service is for this side."""
        return f"http://127.0.0.1:{self.wire.port}"


@pytest.fixture
async def hers(world: World) -> AsyncIterator[Cuttable]:
    """The agent's line."""
    line = Cuttable(world)
    async with line.wire:
        yield line


@pytest.fixture
async def theirs(world: World) -> AsyncIterator[Cuttable]:
    """The customer's line."""
    line = Cuttable(world)
    async with line.wire:
        yield line


@pytest.fixture
async def ana(world: World) -> Agent:
    """The agent."""
    return await world.person("ana")


@pytest.fixture
async def inbox(
    browser: Browser, world: World, hers: Cuttable, ana: Agent
) -> AsyncIterator[InboxPage]:
    """Ana's page, over her line; she is Available, and has no phone."""
    page = await at_page(browser, world, ana, hers.url)
    await page.become("Available")
    yield page
    await page.page.context.close()


@pytest.fixture
async def shop(browser: Browser, theirs: Cuttable, bot_entry: str) -> AsyncIterator[Shop]:
    """A customer at a widget whose chats begin with the bot, over their line."""
    shop = await at_shop(browser, theirs.url, f"data-open data-entry={bot_entry}")
    yield shop
    await shop.page.context.close()


def stored(inbox: InboxPage) -> Locator:
    """What Ana sees, and the service has."""
    return inbox.page.locator(".messages li[data-seq]")


async def write(inbox: InboxPage, text: str) -> None:
    field = inbox.page.get_by_label("Write to the customer")
    await field.fill(text)
    await field.press("Enter")


async def agree(inbox: InboxPage, shop: Shop, count: int) -> list[str]:
    """Both have so many messages, none on its way, in one order; what they say."""
    await shop.stored(count)
    await expect(stored(inbox)).to_have_count(count)
    await expect(inbox.page.locator(".messages .on-its-way")).to_have_count(0)
    everything = await shop.texts()
    assert await stored(inbox).locator(".said").all_inner_texts() == everything
    assert len(everything) == count
    return everything


async def saved(page: Page, link: Locator) -> bytes:
    """What a click on a link saves."""
    async with page.expect_download(timeout=PATIENCE) as download:
        await link.click()
    return (await (await download.value).path()).read_bytes()


async def attach(page: Page, button: Locator, name: str, data: bytes) -> None:
    """Choose a file, and wait until it is up."""
    file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    async with page.expect_file_chooser() as chooser:
        await button.click()
    await (await chooser.value).set_files([file])
    await expect(page.get_by_role("button", name=name)).to_be_visible()
    await expect(page.get_by_role("progressbar")).to_have_count(0)


async def test_one_chat_with_everything_that_can_come_between(
    inbox: InboxPage, shop: Shop, hers: Cuttable, theirs: Cuttable, ana: Agent, world: World
) -> None:
    talk = await from_the_bot_to_ana(inbox, shop, ana)
    await files_both_ways(inbox, shop)
    await the_customers_line_is_cut(inbox, shop, theirs.wire)
    everything = await the_agents_line_is_cut(inbox, shop, hers.wire)
    await both_reload(inbox, shop, everything)
    await back_to_the_bot(inbox, shop)
    everything = await to_ana_again(inbox, shop)
    await the_end(inbox, shop)

    # then it is one closed conversation with two parts of hers, and every word once, in order
    kept = await world.closed(talk, within=30)
    assert kept["outcome"] == "completed"
    parts = [(part["agent"]["id"], part["ended_by"]) for part in kept["segments"]]
    assert parts == [(ana.id, "hand_back"), (ana.id, "agent")]
    assert [part["notes"] for part in kept["segments"]] == ["The bot goes on.", "Paid back."]
    said = (await world.supervisor.get(f"conversations/{talk}/messages"))["items"]
    assert [one["text"] for one in said] == everything
    assert [one["seq"] for one in said] == [*range(1, len(said) + 1)]
    assert shop.faults == []


async def from_the_bot_to_ana(inbox: InboxPage, shop: Shop, ana: Agent) -> str:
    # given a customer with the bot, who asks for a person
    await shop.say("Hello?")
    await expect(shop.log.get_by_text("I am the demo bot")).to_be_visible(timeout=PATIENCE)
    await shop.say("It is 48213")
    await expect(shop.log.get_by_text("Order 48213, thank you")).to_be_visible(timeout=PATIENCE)
    await shop.say("Billing please")
    # when Ana is offered the chat, then she sees what the bot learned; and takes it
    await expect(inbox.offer).to_be_visible(timeout=PATIENCE)
    context = inbox.page.get_by_role("complementary")
    await inbox.offer.click()
    await expect(context.get_by_text("48213", exact=True)).to_be_visible()
    await inbox.offer.get_by_role("button", name="Accept").click()
    await expect(shop.chat.get_by_role("status").first).to_have_text("You are talking to Ana.")
    # and messages go both ways
    await write(inbox, "Good day! Which of the two?")
    await shop.stored(7)
    await shop.say("The blue one")
    await agree(inbox, shop, 8)
    return str((await ana.get("inbox"))["conversations"][0]["id"])


async def files_both_ways(inbox: InboxPage, shop: Shop) -> None:
    # when the customer sends a file, and Ana another
    clip = shop.chat.get_by_role("button", name="Attach a file")
    await attach(shop.page, clip, "receipt.png", PICTURE)
    await shop.say("Here is the receipt")
    hers = inbox.page.get_by_role("link", name="receipt.png")
    assert await saved(inbox.page, hers) == PICTURE
    await attach(
        inbox.page, inbox.page.get_by_role("button", name="Attach a file"), "bill.txt", BILL
    )
    await write(inbox, "And here the bill")
    # then each has the other's, byte for byte
    theirs = shop.log.get_by_role("link", name="bill.txt")
    assert await saved(shop.page, theirs) == BILL
    await agree(inbox, shop, 10)


async def the_customers_line_is_cut(inbox: InboxPage, shop: Shop, line: Wire) -> None:
    # when the customer's words arrive, but the line goes before they know it
    line.set("deaf")
    await shop.say("I bought it on Monday")
    await expect(stored(inbox)).to_have_count(11)
    await expect(shop.log.locator(".waiting")).to_have_count(1)
    line.set("cut")
    await expect(shop.chat.get_by_text("No connection")).to_be_visible()
    # and both go on writing, one of them in the middle of a sentence when it is back
    await shop.say("and paid at once")
    await shop.say("with my card")
    await write(inbox, "I see it.")
    await expect(stored(inbox)).to_have_count(12)
    await shop.field.press_sequentially("But then I")
    line.set("pass")
    everything = await agree(inbox, shop, 14)
    # then the order is the customer's, and what they were writing stands there still
    assert everything[10:] == [
        "I bought it on Monday",
        "I see it.",
        "and paid at once",
        "with my card",
    ]
    await expect(shop.field).to_have_value("But then I")
    await shop.field.press_sequentially(" was charged twice")
    await shop.field.press("Enter")
    await agree(inbox, shop, 15)


async def the_agents_line_is_cut(inbox: InboxPage, shop: Shop, line: Wire) -> list[str]:
    # when Ana's words arrive, but her line goes before she knows it
    line.set("deaf")
    await write(inbox, "One of the two was a deposit.")
    await shop.stored(16)
    await expect(inbox.page.locator(".messages .on-its-way")).to_have_count(1)
    line.set("cut")
    await expect(inbox.page.get_by_text("The connection to Ringdesk is lost.")).to_be_visible()
    # and both go on writing, she in the middle of a sentence when it is back
    await write(inbox, "It comes back tomorrow.")
    await write(inbox, "By the evening.")
    await shop.say("Ah, the deposit")
    await shop.stored(17)
    field = inbox.page.get_by_label("Write to the customer")
    await field.press_sequentially("Is there")
    line.set("pass")
    everything = await agree(inbox, shop, 19)
    # then the order is hers, and what she was writing stands there still
    assert everything[15:] == [
        "One of the two was a deposit.",
        "Ah, the deposit",
        "It comes back tomorrow.",
        "By the evening.",
    ]
    await expect(field).to_have_value("Is there")
    await field.press_sequentially(" anything else?")
    await field.press("Enter")
    return await agree(inbox, shop, 20)


async def both_reload(inbox: InboxPage, shop: Shop, everything: list[str]) -> None:
    # when both load their pages anew
    await shop.page.reload()
    await inbox.page.reload()
    await inbox.page.locator(".row").first.click()
    # then all of it is there again, with its files, and Ana has it still
    assert await agree(inbox, shop, len(everything)) == everything
    assert await saved(inbox.page, inbox.page.get_by_role("link", name="receipt.png")) == PICTURE
    assert await saved(shop.page, shop.log.get_by_role("link", name="bill.txt")) == BILL
    await expect(shop.chat.get_by_role("status").first).to_have_text("You are talking to Ana.")


async def back_to_the_bot(inbox: InboxPage, shop: Shop) -> None:
    # when Ana hands the customer back, then the bot has them again, on the same line
    await inbox.page.locator("#notes").fill("The bot goes on.")
    await inbox.page.get_by_role("button", name="Hand back to the AI").click()
    await expect(inbox.wrap_up).to_be_visible()
    await expect(shop.chat.get_by_text("You are talking to Ana.")).to_be_hidden()
    await shop.say("And number 48214?")
    await expect(shop.log.get_by_text("Order 48214, thank you")).to_be_visible(timeout=PATIENCE)
    # and Ana closes her wrap-up
    await inbox.wrap_up.get_by_role("button", name="Close wrap-up").click()
    await expect(inbox.wrap_up).to_have_count(0)


async def to_ana_again(inbox: InboxPage, shop: Shop) -> list[str]:
    # when the bot hands over again, then it is the same chat, with what was said meanwhile
    await shop.say("Billing once more")
    await inbox.offer.get_by_role("button", name="Accept").click(timeout=PATIENCE)
    await write(inbox, "Here I am again.")
    return await agree(inbox, shop, 25)


async def the_end(inbox: InboxPage, shop: Shop) -> None:
    # when Ana ends it, then the customer is told, and she writes what she has to write
    await inbox.page.locator(".in-hand .danger").click()
    await expect(shop.chat.get_by_text("This chat has ended")).to_be_visible()
    await expect(inbox.wrap_up).to_be_visible()
    await inbox.page.locator("#notes").fill("Paid back.")
    await inbox.wrap_up.get_by_role("button", name="Close wrap-up").click()
    await expect(inbox.wrap_up).to_have_count(0)
