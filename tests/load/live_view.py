"""`make live-view`: Live View with 2,000 open conversations and 500 events a second, on the real
service, with a page open.

Bots (tests/load/floor.py) open the conversations, tell turns, moods and steps, hand over and end,
over their HTTP API; a supervisor's page in Chromium shows all of it, with one conversation open
beside the list. What is printed, and how it is measured:

- *events*: each turn, each change of mood and step, each change of state. A bot tells five turns in
  one request, which are one message to the page.
- *lag*: four times a second the bot writes the time into the flow of the conversation that stands
  first, just before it sends its request; the page looks at the clock when that row was drawn.
- *frames*, *long tasks*: requestAnimationFrame and PerformanceObserver in the page.
- *messages*: what came through the page's socket.
- *CPU*: of processes, from /proc; of Chromium, by DevTools. Percent of one core.
- *loop*, *backlog*: the service's own `/metrics`.

In the end the page is read row by row, and has to show what the service's snapshot says.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page, expect

from app.bench.figures import MS, Spread
from app.bench.processor import CpuMeter
from app.bench.wire import Http
from tests.browser.chromium import chromium
from tests.browser.inbox_page import at_page
from tests.load.floor import Floor
from tests.support.people import Person
from tests.support.polling import eventually
from tests.support.world import World

OPEN = int(os.environ.get("OPEN", "2000"))
RATE = float(os.environ.get("RATE", "500"))
SECONDS = float(os.environ.get("RUN_SECONDS", "30"))
PROBE = "000 the probe"
EVERY = 0.25
"""Seconds between two looks at the lag."""
COUNT = """() => {
    window.__messages = 0;
    const Native = window.WebSocket;
    window.WebSocket = class extends Native {
        constructor(...given) {
            super(...given);
            this.addEventListener("message", () => { window.__messages += 1; });
        }
    };
}"""
WATCH = """() => {
    Object.assign(window, {__lags: [], __long: [], __frames: [], __messages: 0});
    new PerformanceObserver((list) => list.getEntries().forEach((e) => __long.push(e.duration)))
        .observe({type: "longtask", buffered: false});
    let last = performance.now(), shown = "";
    const frame = (now) => {
        __frames.push(now - last);
        last = now;
        const told = document.querySelector(".live .row .live-flow")?.textContent ?? "";
        const at = Number(told.split("at ")[1]);
        if (told !== shown && at) {
            shown = told;
            // what this frame shows is on the screen when the next task runs
            setTimeout(() => __lags.push(Date.now() - at));
        }
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
}"""
ROWS = """async () => {
    const list = document.querySelector(".live.scroller"), found = new Map();
    const text = (row, name) => row.querySelector(name)?.textContent ?? "";
    for (let top = 0; top <= list.scrollHeight; top += 400) {
        list.scrollTop = top;
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        for (const row of list.querySelectorAll("ul .row"))
            found.set(Number(row.closest("li").getAttribute("aria-posinset")),
                ["customer", "state", "flow", "skills"].map((n) => text(row, `.live-${n}`)));
    }
    list.scrollTop = 0;
    return [...found].sort((a, b) => a[0] - b[0]).map(([, row]) => row);
}"""
STATES = {"bot": "With the AI", "queued": "Waiting"}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of its own."""
    async with chromium() as started:
        yield started


async def a_bot(admin: Person) -> str:
    """The header of a bot with a key."""
    made = await admin.post("api-keys", {"name": "the floor's bot"})
    return f"Authorization: Bearer {made['key']}"


async def probing(floor: Floor, probe: str, until: float) -> None:
    """Write the time into the flow of the row that stands first, and a turn, again and again."""
    while time.monotonic() < until:
        await asyncio.sleep(EVERY)
        await floor.feel(probe, f"at {round(time.time() * 1000)}")
        await floor.say(probe)


async def metrics(person: Person) -> dict[str, float]:
    """The service's figures by name and labels."""
    return {
        name: float(value)
        for line in (await person.text("/metrics")).splitlines()
        if not line.startswith("#")
        for name, _, value in [line.rpartition(" ")]
    }


async def watching_backlog(person: Person, found: list[float]) -> None:
    """Look at the socket that lags most, until cancelled."""
    while True:
        await asyncio.sleep(EVERY)
        found.append((await metrics(person))["ringdesk_event_socket_backlog"])


def late(before: dict[str, float], after: dict[str, float]) -> dict[float, float]:
    """Part of the looks at the event loop that were at most so many seconds late."""
    name = "ringdesk_event_loop_lag_seconds"
    grown = {k: after[k] - before[k] for k in after if k.startswith(f"{name}_bucket")}
    total = after[f"{name}_count"] - before[f"{name}_count"]
    return {float(k.split('"')[1]): v / max(total, 1) for k, v in grown.items()}


async def chromium_seconds(devtools: CDPSession) -> float:
    """CPU seconds of all of Chromium's processes."""
    told = await devtools.send("SystemInfo.getProcessInfo")
    return float(sum(each["cpuTime"] for each in told["processInfo"]))


async def of_server(person: Person) -> list[list[str]]:
    """The rows as the service's snapshot has them."""
    return sorted(
        [
            each["customer"]["name"],
            STATES[each["state"]],
            " › ".join(filter(None, ((each["flow"] or {}).get(k) for k in ("name", "step")))),
            " · ".join(each["skills"]),
        ]
        for each in (await person.get("live"))["conversations"]
    )


async def shows_the_snapshot(page: Page, person: Person) -> None:
    """The page has, row by row, what the service has."""

    async def same() -> bool:
        rows: Any = await page.evaluate(ROWS)
        return bool(rows == await of_server(person))

    await eventually(same, within=60, every=0.5)


@pytest.mark.timeout(900)
async def test_live_view_under_load(own_world: World, browser: Browser) -> None:
    # given 2,000 conversations, and a supervisor at the page who has one of them open
    world, stack = own_world, own_world.stack
    admin = await world.person("admin")
    http = Http(stack.http)
    floor = Floor(http, await a_bot(admin), OPEN)
    began = time.monotonic()
    probe = await floor.open(PROBE)
    await floor.open_all()
    print(f"\n{OPEN} conversations opened by a bot in {time.monotonic() - began:.1f} s")
    page = (await at_page(browser, world, world.supervisor)).page
    await page.add_init_script(f"({COUNT})()")
    await page.goto(f"{stack.url}/live?sort=customer&up=1")
    await expect(page.get_by_text(f"{OPEN + 1} open")).to_be_visible(timeout=60_000)
    await page.locator(".live .row").first.click()
    await page.evaluate(WATCH)

    # when it goes on for SECONDS
    devtools = await browser.new_browser_cdp_session()
    floor.told.clear()
    backlogs: list[float] = []
    before = await metrics(admin)
    meter = CpuMeter.of({name: stack.pid(name) for name in ("service", "redis")})
    chromium_began, began = await chromium_seconds(devtools), time.monotonic()
    watcher = asyncio.create_task(watching_backlog(admin, backlogs))
    probes = asyncio.create_task(probing(floor, probe, began + SECONDS))
    floor.events = 0
    await floor.go_on(RATE, SECONDS)
    took, cpu = time.monotonic() - began, meter.used()
    cpu["Chromium"] = await chromium_seconds(devtools) - chromium_began
    messages = await page.evaluate("__messages")
    after = await metrics(admin)
    await probes
    watcher.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watcher
    lags, frames, long = [await page.evaluate(name) for name in ("__lags", "__frames", "__long")]

    # then the figures are told, and the page shows what the service has
    say(floor.events / took, messages / took, len(floor.told) / took, floor, lags, frames, long)
    say_of_service(cpu, took, late(before, after), backlogs)
    assert floor.refused == []
    await shows_the_snapshot(page, world.supervisor)
    said = page.locator(".transcript .said", has_text="sentence")
    print(f"rows equal to the snapshot: {OPEN + 1}; turns shown: {await said.count()}")
    await page.context.close()
    http.close()


def say(
    events: float,
    messages: float,
    requests: float,
    floor: Floor,
    lags: list[float],
    frames: list[float],
    long: list[float],
) -> None:
    """How the page kept up."""
    lag, frame = Spread.of(lags), Spread.of(frames)
    told = Spread.of(each * MS for each in floor.told)
    print(
        f"{events:.0f} events/s of {RATE:.0f} in {requests:.0f} requests/s; "
        f"{messages:.0f} messages/s to the page"
    )
    print(f"a request: p50 {told.p50:.1f} ms, p99 {told.p99:.0f} ms, longest {told.largest:.0f} ms")
    print(
        f"lag to the screen: p50 {lag.p50:.0f} ms, p99 {lag.p99:.0f} ms, longest "
        f"{lag.largest:.0f} ms ({lag.count} looks)"
    )
    print(
        f"frames: p50 {frame.p50:.0f} ms, p99 {frame.p99:.0f} ms; {len(long)} long tasks, "
        f"the longest {max(long, default=0):.0f} ms"
    )


def say_of_service(
    cpu: dict[str, float], took: float, loop: dict[float, float], backlogs: list[float]
) -> None:
    """How the service kept up."""
    used = ", ".join(f"{name} {seconds / took:.0%}" for name, seconds in cpu.items())
    shares = ", ".join(f"{loop[limit]:.1%} within {limit * MS:g} ms" for limit in (0.025, 0.1, 1.0))
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"CPU: {used} of a core (the machine's load: {load})")
    print(f"event loop: timers {shares}; socket backlog at most {max(backlogs, default=0):.0f}")
