"""The settings' pages of an administrator, in a real browser."""

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.chromium import WIDE, Scheme, new_page
from tests.support.stack import PASSWORD, Stack

ADMIN = "admin@example.com"
PAGES = {
    "personal": "Personal Configuration",
    "skills": "Skills",
    "people": "People",
    "phones": "Phones",
    "dispositions": "Dispositions",
    "break-reasons": "Break reasons",
    "dial-rules": "Dial rules",
    "calendars": "Calendars",
    "routing-rules": "Routing rules",
    "mailboxes": "Mailboxes",
    "chat-widgets": "Chat widgets",
    "canned-replies": "Canned replies",
    "service": "Service settings",
    "api-keys": "API keys",
    "webhooks": "Webhooks",
    "import": "Import and export",
    "audit": "Audit log",
}


class AdminPage:
    """Somebody who signed in, and goes from page to page."""

    def __init__(self, page: Page, stack: Stack) -> None:
        self.page = page
        self._stack = stack

    @property
    def url(self) -> str:
        """Where the service is."""
        return self._stack.url

    @property
    def panel(self) -> Locator:
        """The page itself, without what surrounds it."""
        return self.page.locator("#panel")

    @property
    def dialog(self) -> Locator:
        """The open dialog."""
        return self.page.get_by_role("dialog")

    @property
    def alert(self) -> Locator:
        """What the dialog refuses with."""
        return self.dialog.get_by_role("alert")

    async def sign_in(self, email: str = ADMIN, password: str = PASSWORD) -> None:
        """With the form."""
        await self.page.goto(self._stack.url)
        await self.page.get_by_label("Email").fill(email)
        await self.page.get_by_label("Password").fill(password)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.page.get_by_role("region", name="Inbox")).to_be_visible()

    async def open(self, path: str) -> None:
        """A settings' page, by its address."""
        await self.page.goto(f"{self._stack.url}/settings/{path}")
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(PAGES[path])

    def row(self, name: str) -> Locator:
        """The row of a table that is about this."""
        head = self.page.get_by_role("rowheader", name=name, exact=True)
        return self.page.get_by_role("row").filter(has=head)

    async def press(self, name: str) -> None:
        """A button outside dialogs."""
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def confirm(self, name: str) -> None:
        """The dialog's own button; the dialog closes."""
        await self.dialog.get_by_role("button", name=name, exact=True).click()
        await expect(self.dialog).to_have_count(0)


async def admin_page(browser: Browser, stack: Stack, scheme: Scheme = "light") -> AdminPage:
    """An administrator's, signed in."""
    found = AdminPage(await new_page(browser, WIDE, scheme), stack)
    await found.sign_in()
    return found
