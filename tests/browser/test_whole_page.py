"""What holds of the page as a whole, at the real service: keyboard, events, memory, length."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from app.domain.leg import LegState
from tests.browser import samples
from tests.browser.chromium import new_page
from tests.browser.fake_api import FakeApi
from tests.browser.inbox_page import DIALLING_MS, a_phone, at_page
from tests.support.polling import eventually
from tests.support.stack import PASSWORD
from tests.support.world import World

SEEN = """() => ({
    waiting: [...document.querySelectorAll(".inbox .row .row-name")].map((e) => e.textContent),
    counts: [...document.querySelectorAll(".inbox h2 .count")].map((e) => e.textContent),
    offered: [...document.querySelectorAll(".offer strong")].map((e) => e.textContent),
})"""


@pytest.mark.slow
async def test_the_keyboard_alone_does_a_whole_call(browser: Browser, world: World) -> None:
    ana = await world.person("ana")
    ana.phone = await a_phone(world)
    await ana.put("me/preferences", {"phone_number": ana.phone.name, "audio": "number"})
    page = await new_page(browser)
    await page.goto(world.stack.url)
    keys = page.keyboard

    # sign in; connect the leg; become available
    await expect(page.get_by_label("Email")).to_be_focused()
    await keys.type(ana.email)
    await keys.press("Tab")
    await keys.type(PASSWORD)
    await keys.press("Enter")
    leg = page.get_by_role("button", name=re.compile("^Agent leg: Disconnected"))
    await tab_to(page, leg)
    await keys.press("Enter")
    connected = page.get_by_role("button", name=re.compile("^Agent leg: Connected"))
    await expect(connected).to_be_visible(timeout=DIALLING_MS)
    await tab_to(page, page.get_by_role("button", name=re.compile("^Status:")))
    await keys.press("Enter")
    await tab_to(page, page.get_by_role("button", name=re.compile("^Available ")))
    await keys.press("Enter")
    await ana.is_("available")

    # take the call, hold and resume it, send a digit, write, end it
    caller = await world.call("200")
    await expect(page.locator(".offer")).to_be_visible()
    await keys.press("a")
    await world.hear_each_other(ana, caller)
    await keys.press("h")
    await eventually(ana.line.hears_nothing)
    await keys.press("h")
    await world.hear_each_other(ana, caller)
    await keys.press("k")
    await keys.press("7")
    await eventually(lambda: caller.line.digits == ["7"])
    await keys.press("k")
    await keys.press("n")
    await keys.type("all by keyboard")
    await keys.press("Escape")
    await keys.press("Control+e")
    await caller.line.ended()

    # and close the wrap-up
    await tab_to(page, page.get_by_label("Disposition"))
    await keys.type("Solved")
    talk = (await world.conversation(caller, "wrap_up"))["id"]
    await keys.press("Control+Enter")
    kept = (await world.closed(talk))["segments"][0]
    assert (kept["notes"], kept["disposition"]) == ("all by keyboard", "Solved")
    await page.context.close()


async def tab_to(page: Page, target: Any, most: int = 40) -> None:
    """Press Tab until the target has the focus."""
    await expect(target).to_be_visible()
    for _ in range(most):
        if await target.evaluate("e => e === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with Tab")


@pytest.mark.slow
async def test_the_page_never_shows_what_a_fresh_one_would_not(
    browser: Browser, world: World
) -> None:
    """`apply(snapshot, events) == fresh snapshot`, in the browser and on the real events."""
    ana = await world.at_work("ana")
    old = await at_page(browser, world, ana)
    callers = [await world.call("200") for _ in range(4)]
    for act in ("accept", "end", "wrap_up", "reject", "leave"):
        offer = str(await eventually(lambda: offered_or_mine(ana)))
        match act:
            case "accept":
                await ana.offered(offer)
                await ana.accept(offer)
            case "end":
                await ana.end(offer)
            case "wrap_up":
                await ana.wrap_up(offer)
            case "reject":
                await ana.offered(offer)
                await ana.reject(offer)
            case "leave":
                await callers[-1].line.hang_up()
        fresh = await new_page(browser)
        await fresh.context.add_cookies(await old.page.context.cookies())  # type: ignore[arg-type]
        await fresh.goto(f"{world.stack.url}/inbox")

        async def same(fresh: Page = fresh) -> bool:
            one, other = await old.page.evaluate(SEEN), await fresh.evaluate(SEEN)
            return bool(one == other and one["counts"])

        await eventually(same, within=10)
        await fresh.context.close()
    await old.page.context.close()


async def offered_or_mine(agent: Any) -> str | None:
    """The conversation that is with this agent now."""
    for each in (await agent.get("inbox"))["conversations"]:
        if each["offer"] or each["agent"] or each["state"] == "wrap_up":
            return str(each["id"])
    return None


async def test_ten_thousand_rows_are_smooth_and_few_in_the_document(
    browser: Browser, url: str, fake: FakeApi
) -> None:
    start = datetime.now(UTC) - timedelta(hours=3)
    for n in range(10_000):
        at = start + timedelta(seconds=n)
        fake.conversations[f"c{n:05}"] = samples.talk(f"c{n:05}", queued_at=at, created_at=at)
    page = await new_page(browser)
    await page.goto(url)
    await expect(page.locator("h2", has_text="Waiting")).to_contain_text("10000", timeout=30_000)
    assert await page.locator(".row").count() < 120
    # from top to bottom, the rows are there wherever one looks
    steps: dict[str, Any] = await page.evaluate(
        """async () => {
            const list = document.querySelector(".inbox");
            const frames = [];
            for (let n = 1; n <= 40; n += 1) {
                const from = performance.now();
                list.scrollTop = (list.scrollHeight * n) / 40;
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                frames.push(performance.now() - from);
            }
            frames.sort((a, b) => a - b);
            return {median: frames[20], rows: document.querySelectorAll(".row").length};
        }"""
    )
    assert steps["rows"] < 120
    assert steps["median"] < 100
    last = page.get_by_role("listitem").last
    assert await last.get_attribute("aria-posinset") == "10000"
    await page.context.close()


@pytest.mark.slow
async def test_a_minute_of_heavy_traffic_does_not_make_the_page_grow(
    browser: Browser, url: str, fake: FakeApi
) -> None:
    """30,000 events, as many as a busy floor makes in an hour; the heap is looked at after GC."""
    page = await new_page(browser)
    await page.goto(url)
    await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    devtools = await page.context.new_cdp_session(page)

    async def heap() -> float:
        for _ in range(3):
            await devtools.send("HeapProfiler.collectGarbage")
        used = await devtools.send("Runtime.getHeapUsage")
        return float(used["usedSize"]) / 1e6

    async def traffic(rounds: int) -> None:
        for n in range(rounds):
            for slot in range(25):
                await fake.change(samples.talk(f"t{slot}", version=n + 1))
            await fake.change(samples.offered("o", version=n + 1))
            await fake.change(samples.active("o", version=n + 1))
            await fake.change_me(leg=samples.leg(LegState.CONNECTED, f"talk {n}"))
            for slot in range(25):
                await fake.push("conversation.removed", {"id": f"t{slot}"})
                fake.conversations.pop(f"t{slot}")
            await fake.push("conversation.removed", {"id": "o"})
        await expect(page.get_by_text("Nobody is waiting.")).to_be_visible(timeout=60_000)

    await traffic(50)  # the browser compiles and caches what it needs
    sizes = [await heap()]
    for _ in range(3):
        await traffic(170)
        sizes.append(await heap())
    growth = [after - before for before, after in itertools.pairwise(sizes)]
    assert sum(growth) < 4, f"MB of heap: {sizes}"
    await page.context.close()
