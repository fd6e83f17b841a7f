"""Debian's Chromium, kept from the network beyond this machine, and the page of one agent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"
EXECUTABLE = "/usr/bin/chromium"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns,Translate,OptimizationHints,MediaRouter,"
    "DialMediaRouteProvider",
    # Without it Chromium sends look-ups off the machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)

HEADSET = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    # Without it there are no candidates on loopback, where Asterisk of the tests listens.
    "--allow-loopback-in-peer-connection",
)
"""A microphone that needs nobody's leave, and WebRTC on loopback."""

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 600, "height": 900}


@asynccontextmanager
async def chromium(*more: str, executable: str = EXECUTABLE) -> AsyncIterator[Browser]:
    """A browser of its own; gone afterwards."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable,
            args=(*FLAGS, *more),
            ignore_default_args=["--headless"],
        )
        try:
            yield browser
        finally:
            await browser.close()


async def new_page(browser: Browser, size: ViewportSize = WIDE, scheme: Scheme = "light") -> Page:
    """A page with a cookie jar of its own, which fails its test on any error it logs."""
    context = await browser.new_context(viewport=size, color_scheme=scheme)
    return await context.new_page()


async def screenshot(page: Page, name: str) -> None:
    """Keep what the page shows now, for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")
