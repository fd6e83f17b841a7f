"""A shop's page with the chat widget on it, and the customer at it."""

from playwright.async_api import Browser, Page, Route, expect

from tests.browser.chromium import new_page

POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
PAGE = """<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>
<script src="/widget.js" {attributes}></script></html>"""


class Shop:
    """A page under the service's own origin, with a strict Content Security Policy of its own."""

    def __init__(self, page: Page, url: str, attributes: str = "data-open") -> None:
        self.page = page
        self.faults: list[str] = []
        """What the page's console calls an error."""
        self._url = url
        self._attributes = attributes
        self.chat = page.get_by_role("dialog")
        self.field = self.chat.get_by_placeholder("Write a message")
        self.log = self.chat.get_by_role("log")
        self.bubbles = self.log.locator("li")

    async def open(self) -> None:
        """Load the page."""

        async def answer(route: Route) -> None:
            headers = {"Content-Security-Policy": POLICY}
            body = PAGE.format(attributes=self._attributes)
            await route.fulfill(content_type="text/html", body=body, headers=headers)

        def note(text: str) -> None:
            if "WebSocket" not in text and "ERR_INTERNET" not in text and "favicon" not in text:
                self.faults.append(text)

        self.page.on("console", lambda said: note(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: note(str(error)))
        await self.page.route(f"{self._url}/shop", answer)
        await self.page.goto(f"{self._url}/shop")
        await expect(self.chat).to_be_visible()

    async def say(self, text: str) -> None:
        """Type and press Enter."""
        await self.field.fill(text)
        await self.field.press("Enter")

    async def stored(self, count: int) -> None:
        """Wait until so many messages are there, and none on its way."""
        await expect(self.log.locator(".waiting")).to_have_count(0)
        await expect(self.bubbles).to_have_count(count)

    async def texts(self) -> list[str]:
        """What is shown."""
        return await self.log.locator(".text").all_inner_texts()


async def at_shop(browser: Browser, url: str, attributes: str = "data-open") -> Shop:
    """A new customer at the page."""
    shop = Shop(await new_page(browser), url, attributes)
    await shop.open()
    return shop
