"""`make soak`: a floor at work for MINUTES (10), and an Inbox open all the while.

Ten agents and their customers act at random, as in a rush hour; one more page watches. Every minute
what each process holds is printed; at the end nothing may have grown with the number of calls, and
the page shows what a fresh one shows.
"""

import asyncio
import os
import random
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.browser.chromium import chromium, new_page
from tests.browser.inbox_page import at_page
from tests.browser.test_whole_page import SEEN
from tests.support.polling import eventually
from tests.support.residue import of_process, settled
from tests.support.world import World
from tests.telephony.test_two_hundred_calls import RushHour, quiet

MINUTES = float(os.environ.get("MINUTES", "10"))
EVERY = 0.6
"""Seconds between two callers: as many as ten agents can just take."""
WARM_SECONDS = 60.0
"""Until caches and pools are full: what is held then is what growth is counted from."""
PAGE_MB, PAGE_MB_AN_HOUR = 4.0, 6.0
SERVICE_MB, SERVICE_MB_AN_HOUR = 8.0, 12.0
"""For what is bounded and not full after a minute: the changes that a socket may resume after
(2 MB, full after some 600 calls), ends of calls and of parts (3 MB, 0.4 kB a call), SQLite's page
caches (2 MB for each of five connections, 1 kB a call). Ten minutes with 1,013 calls: 5 MB, four of
them in the first three minutes. What adds 10 kB to every call does not pass."""
SEED = 7


@dataclass(frozen=True)
class Held:
    """Megabytes of the page's heap and of each process, and files that the service has open."""

    page: float
    nodes: int
    service: float
    redis: float
    asterisk: float
    files: int

    def __str__(self) -> str:
        return (
            f"page {self.page:.1f} MB, {self.nodes} nodes; service {self.service:.0f} MB, "
            f"{self.files} files; Redis {self.redis:.0f} MB; Asterisk {self.asterisk:.0f} MB"
        )


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of its own."""
    async with chromium() as started:
        yield started


async def held(world: World, page: Page) -> Held:
    """What is held now, after the page's garbage was collected."""
    devtools = await page.context.new_cdp_session(page)
    for _ in range(3):
        await devtools.send("HeapProfiler.collectGarbage")
    heap = (await devtools.send("Runtime.getHeapUsage"))["usedSize"] / 1e6
    nodes = (await devtools.send("Memory.getDOMCounters"))["nodes"]
    await devtools.detach()
    megabytes = {name: resident(world.stack.pid(name)) for name in ("service", "redis", "asterisk")}
    files = of_process(world)["fd"]
    return Held(heap, nodes, files=files, **megabytes)


def resident(pid: int | None) -> float:
    """Resident memory of a process in MB (proc(5))."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1000


class Callers:
    """Customers who call one after the other; `count` of them so far."""

    def __init__(self, hour: RushHour) -> None:
        self._hour = hour
        self.count = 0

    async def call(self, until: float) -> None:
        """Go on until the time is over, by the loop's clock."""
        clock = asyncio.get_running_loop().time
        chance = random.Random(SEED)
        async with asyncio.TaskGroup() as calls:
            while clock() < until:
                self.count += 1
                calls.create_task(self._hour.customer(random.Random(SEED + self.count)))
                await asyncio.sleep(chance.uniform(0.5, 1.5) * EVERY)


async def shows_the_same(browser: Browser, old: Page, url: str) -> None:
    """The page that was open all the while shows what a fresh one shows."""
    fresh = await new_page(browser)
    await fresh.context.add_cookies(await old.context.cookies())  # type: ignore[arg-type]
    await fresh.goto(f"{url}/inbox")

    async def same() -> bool:
        one, other = await asyncio.gather(old.evaluate(SEEN), fresh.evaluate(SEEN))
        return bool(one == other and one["counts"])

    await eventually(same, within=20)
    await fresh.context.close()


@pytest.mark.timeout(MINUTES * 60 + 300)
async def test_soak(hasty_world: World, browser: Browser) -> None:
    # given ten agents, and one more at the page who only watches
    world = hasty_world
    admin = await world.person("admin")
    watcher = await at_page(browser, world, await world.person("ana"))
    hour = RushHour(world)
    await hour.hire(admin)
    clock = asyncio.get_running_loop().time
    began = clock()

    # when customers call for MINUTES
    work = [
        asyncio.create_task(hour.work(agent, random.Random(SEED + n)))
        for n, agent in enumerate(hour.agents)
    ]
    callers = Callers(hour)
    calling = asyncio.create_task(callers.call(began + MINUTES * 60))
    samples: list[Held] = []
    while not calling.done():
        await asyncio.wait([calling, *work], timeout=WARM_SECONDS, return_when="FIRST_COMPLETED")
        for task in work:
            if task.done():
                task.result()
        if not calling.done():
            samples.append(await held(world, watcher.page))
            minute = (clock() - began) / 60
            print(f"minute {minute:4.1f}, {callers.count:5} calls: {samples[-1]}", flush=True)
            await shows_the_same(browser, watcher.page, world.stack.url)
    await calling
    await quiet(hour)
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)

    # then nothing is left, nothing has grown with the calls, and the page is right
    left = await settled(world, within=20)
    assert (left.entries, left.open_in_sql) == ({}, 0)
    await shows_the_same(browser, watcher.page, world.stack.url)
    samples.append(await held(world, watcher.page))
    first, last = samples[0], samples[-1]
    print(f"\n{callers.count} calls in {MINUTES:g} minutes")
    print(f"after a minute: {first}\nat the end:     {last}")
    hours = MINUTES / 60
    assert last.page - first.page < PAGE_MB + PAGE_MB_AN_HOUR * hours
    assert last.service - first.service < SERVICE_MB + SERVICE_MB_AN_HOUR * hours
    assert last.files < first.files + 20
    for agent in hour.agents:
        await agent.go_home()
    await world.nothing_left()
    await hour.dismiss(admin)
