"""A page with the chat widget on it, and the customer at it."""

from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import new_page

TAG = """
addEventListener("DOMContentLoaded", () => {{
  const tag = document.createElement("script");
  tag.src = "/widget.js";
  for (const [name, value] of {names}) tag.setAttribute(name, value);
  document.body.append(tag);
}});
"""


class Shop:
    """A page of the service's own origin, whose Content Security Policy allows no script but its
    files: the widget's tag is put into it."""

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

        def note(text: str) -> None:
            if not text.startswith(("WebSocket", "Failed to load resource")):
                self.faults.append(text)  # not a line that was cut, nor an icon that is not there

        self.page.on("console", lambda said: note(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: note(str(error)))
        names = [list(one.partition("=")[::2]) for one in self._attributes.split()]
        await self.page.add_init_script(TAG.format(names=names))
        await self.page.goto(f"{self._url}/api/docs")
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
