"""Files in chats on two real pages."""

import pytest
from playwright.async_api import FilePayload, Locator, expect

from tests.browser.inbox_page import InboxPage
from tests.browser.shop import Shop

pytestmark = pytest.mark.slow
EVIL = '<img src=x onerror="window.hurt=1">.png'
HTML = b"<script>window.hurt=1</script>"
PATIENCE = 30_000


def stored(inbox: InboxPage) -> Locator:
    return inbox.page.locator(".messages li[data-seq]")


async def saved(page: Locator) -> tuple[str, bytes]:
    """What a click on a link saves: the name and the bytes."""
    async with page.page.expect_download(timeout=PATIENCE) as download:
        await page.click()
    found = await download.value
    return found.suggested_filename, (await found.path()).read_bytes()


async def test_files_go_both_ways_and_nothing_of_them_runs(inbox: InboxPage, shop: Shop) -> None:
    # given a customer who sends a file whose name and content would run as HTML
    pick: FilePayload = {"name": EVIL, "mimeType": "image/png", "buffer": HTML}
    async with shop.page.expect_file_chooser() as chooser:
        await shop.chat.get_by_role("button", name="Attach a file").click()
    await (await chooser.value).set_files([pick])
    await expect(shop.chat.get_by_role("button", name="Remove")).to_be_visible()
    await expect(shop.chat.get_by_role("progressbar")).to_have_count(0)
    await shop.say("Look at this")
    await inbox.offer.get_by_role("button", name="Accept").click()
    await expect(stored(inbox)).to_have_count(1)

    # then Ana sees its name as it is, and a click saves it
    link = inbox.page.locator(".messages a.attached")
    await expect(link).to_contain_text(EVIL)
    name, data = await saved(link)
    assert data == HTML and name.endswith(".png")

    # when Ana drops a file, and one that is not taken
    composer = inbox.page.locator("form.composer")
    dropped = await inbox.page.evaluate_handle(
        """() => {
            const all = new DataTransfer();
            all.items.add(new File(["total: 42"], "bill.txt"));
            all.items.add(new File(["x"], "virus.exe"));
            return all;
        }"""
    )
    await composer.dispatch_event("drop", {"dataTransfer": dropped})
    await expect(composer.get_by_role("alert")).to_contain_text("files of this kind are not taken")
    await composer.get_by_role("button", name="Remove virus.exe").click()
    await expect(composer.get_by_role("progressbar")).to_have_count(0)
    await inbox.page.get_by_role("button", name="Send", exact=True).click()
    await shop.stored(2)

    # then the customer has it
    name, data = await saved(shop.log.get_by_role("link", name="bill.txt"))
    assert (name, data) == ("bill.txt", b"total: 42")
    # and after a reload both are there still, and nothing ran
    await shop.page.reload()
    await shop.stored(2)
    await expect(shop.log.get_by_text(EVIL)).to_be_visible()
    for page in (shop.page, inbox.page):
        assert await page.evaluate("window.hurt") is None
    assert shop.faults == []
