"""The wallboard, the reports and their CSV against real calls, timed by who plays them.

A stop-watch outside knows of each event only that it was between two looks at the clock: so every
duration has a least and a most, and each figure has to lie between them.
"""

import csv
import io
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import WIDE
from tests.browser.inbox_page import InboxPage
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.world import Caller, World

pytestmark = pytest.mark.slow
LEVEL = 8.0
"""Seconds within which a call is answered in time."""
OFFER = 9.0
LONG = 30.0
SHOWN = 1.0
"""Seconds that a clock of minutes and seconds hides."""


@dataclass(frozen=True)
class Instant:
    """Something happened between two looks at the clock."""

    after: float
    before: float


@dataclass(frozen=True)
class Took:
    """Seconds, at least and at most."""

    least: float = 0.0
    most: float = 0.0

    def __add__(self, other: "Took") -> "Took":
        return Took(self.least + other.least, self.most + other.most)

    def holds(self, seconds: float, hidden: float = 0.1) -> bool:
        """Whether this can be how long it took."""
        return self.least - hidden <= seconds <= self.most + hidden


def took(began: Instant, ended: Instant) -> Took:
    """From one to the other."""
    return Took(max(0.0, ended.after - began.before), ended.before - began.after)


def mean(some: list[Took]) -> Took:
    """The average."""
    whole = sum(some, Took())
    return Took(whole.least / len(some), whole.most / len(some))


async def timed(act: Awaitable[object]) -> Instant:
    """When it was done."""
    began = time.monotonic()
    await act
    return Instant(began, time.monotonic())


@dataclass(frozen=True)
class Call:
    """A customer who called, and when it was known that they wait."""

    caller: Caller
    talk: str
    came: Instant


async def call(world: World, state: str) -> Call:
    """A customer calls Billing."""
    began = time.monotonic()
    caller = await world.call("200")
    talk = (await world.conversation(caller, state, within=LONG))["id"]
    return Call(caller, talk, Instant(began, time.monotonic()))


async def gone(world: World, one: Call) -> Took:
    """They hang up before anybody answered; how long they waited."""
    began = time.monotonic()
    await one.caller.line.hang_up()
    await world.closed(one.talk, within=LONG)
    return took(one.came, Instant(began, time.monotonic()))


@dataclass(frozen=True)
class Part:
    """What an agent did with one call."""

    wait: Took
    talk: Took
    hold: Took
    wrap_up: Took


async def serve(world: World, ana: Agent, one: Call) -> Part:
    """She answers, puts them on hold for a moment, ends it, and writes."""
    await ana.offered(one.talk, within=LONG)
    answered = await timed(ana.accept(one.talk))
    await world.hear_each_other(ana, one.caller, within=LONG)
    held = await timed(ana.post(f"conversations/{one.talk}/hold"))
    await eventually(ana.line.hears_nothing, within=LONG)
    resumed = await timed(ana.post(f"conversations/{one.talk}/unhold"))
    await world.hear_each_other(ana, one.caller, within=LONG)
    ended = await timed(ana.end(one.talk))
    written = await timed(ana.wrap_up(one.talk, notes="timed"))
    spoke = took(answered, held) + took(resumed, ended)
    return Part(took(one.came, answered), spoke, took(held, resumed), took(ended, written))


@dataclass(frozen=True)
class Day:
    """What happened, as the stop-watch has it."""

    first: Part
    late: Part
    patient: Took
    """Of the caller who left after the offer was missed."""
    lunch: Took
    free: Took

    @property
    def figures(self) -> dict[str, tuple[str, Took]]:
        """Durations by the head of their column on the page, with their column in the CSV."""
        parts, waits = (self.first, self.late), [self.first.wait, self.late.wait]
        late, patient = self.late.wait, self.patient
        longest = Took(max(late.least, patient.least), max(late.most, patient.most))
        handling = mean([one.talk + one.hold + one.wrap_up for one in parts])
        return {
            "ASA": ("speed_of_answer_seconds", mean(waits)),
            "Longest wait": ("longest_wait_seconds", longest),
            "Handling time": ("handling_seconds", handling),
        }


@pytest.fixture
async def page(browser: Browser, own_world: World) -> AsyncIterator[Page]:
    """The supervisor's wallboard, where it is about noon: no day ends in the story."""
    hours = 12 - datetime.now(UTC).hour
    context = await browser.new_context(viewport=WIDE, timezone_id=f"Etc/GMT{-hours:+d}")
    found = await context.new_page()
    await InboxPage(found, own_world.stack).sign_in(own_world.supervisor)
    await found.goto(f"{own_world.stack.url}/wallboard")
    yield found
    await context.close()


def tile(page: Page, name: str) -> Any:
    """One of the large figures."""
    return page.get_by_role("region", name=name, exact=True)


def count(page: Page, name: str) -> Any:
    """How many agents are in a status."""
    return page.locator(".wallboard-agents div").filter(has=page.get_by_text(name, exact=True))


async def cells(page: Page, about: str, by: str, row: str) -> dict[str, str]:
    """One row of a report on the page, by the heads of its columns."""
    await page.get_by_label("About").select_option(about)
    await page.get_by_label("Grouped by").select_option(by)
    found = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=row, exact=True))
    await expect(found).to_have_count(1)
    heads = await page.get_by_role("columnheader").all_inner_texts()
    told = await found.locator("th, td").all_inner_texts()
    return dict(zip(heads, told, strict=True))


async def downloaded(page: Page, **of: str) -> dict[str, str]:
    """The row of the CSV behind the button in which these columns say this."""
    link = await page.get_by_role("link", name="Download CSV").get_attribute("href")
    answer = await page.request.get(f"{page.url.rpartition('/')[0]}{link}")
    assert answer.ok
    rows = csv.DictReader(io.StringIO((await answer.body()).decode("utf-8-sig")))
    return next(row for row in rows if all(row[name] == value for name, value in of.items()))


def seconds(clock: str) -> float:
    """`1:02:03` in seconds."""
    found = 0.0
    for part in clock.split(":"):
        found = found * 60 + float(part)
    return found


async def the_wallboard_says(page: Page, day: Day) -> None:
    """Both formulas, the rates, and the times; by skill, too."""
    level = tile(page, "Service level")
    await expect(level).to_contain_text("25.0 %", timeout=LONG * 1000)
    await expect(level).to_contain_text("answered within 8 s, 33 % with early abandons out")
    await expect(tile(page, "Abandon rate")).to_contain_text("50.0 %")
    await expect(tile(page, "Waiting now")).to_contain_text("0")
    names = {"Average speed of answer": "ASA", "Handling time": "Handling time"}
    for name, head in names.items():
        shown = await tile(page, name).locator(".tile-value").inner_text()
        _, real = day.figures[head]
        assert real.holds(seconds(shown), SHOWN), f"{name}: {shown}, {real}"
    billing = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Billing"))
    await expect(billing).to_contain_text("25.0 %")


async def the_report_says(page: Page, day: Day, told: dict[str, str], key: dict[str, str]) -> None:
    """One row of the page, and of its CSV."""
    whole = [told[name] for name in ("Offered", "Answered", "Abandoned", "Short abandons")]
    assert whole == ["4", "2", "2", "0"], told
    rates = [told[name] for name in ("Service level", "Early out", "Abandon rate")]
    assert rates == ["25.0 %", "33.3 %", "50.0 %"]
    file = await downloaded(page, **key)
    counts = ("offered", "answered", "answered_within", "abandoned", "abandoned_within")
    assert [file[name] for name in counts] == ["4", "2", "1", "2", "1"]
    assert [file[n] for n in ("service_level", "abandon_rate")] == ["0.25", "0.5"]
    assert file["service_level_early_out"] == "0.3333"
    for head, (column, real) in day.figures.items():
        assert real.holds(seconds(told[head]), SHOWN), f"{head}: {told[head]}, {real}"
        assert real.holds(float(file[column])), f"{column}: {file[column]}, {real}"


async def the_agents_row_says(page: Page, day: Day) -> None:
    """Offers, time by status and reason, talk, hold and wrap-up."""
    told = await cells(page, "agents", "all", "Ana")
    file = await downloaded(page, agent="Ana")
    for head, wanted in (("Offers", "3"), ("Accepted", "2"), ("Rejected", "0"), ("Missed", "1")):
        assert (told[head], file[head.lower()]) == (wanted, wanted)
    assert "Busy (Lunch)" in told["By status"]
    assert day.lunch.holds(float(file["busy: Lunch (seconds)"]))
    assert float(file["available (seconds)"]) >= day.free.least - 0.1
    for name, head in (("talk", "Talk"), ("hold", "Hold"), ("wrap_up", "Wrap-up")):
        real = getattr(day.first, name) + getattr(day.late, name)
        assert real.holds(seconds(told[head]), SHOWN), f"{head}: {told[head]}, {real}"
        assert real.holds(float(file[f"{name}_seconds"])), f"{name}: {file}, {real}"


async def test_four_calls_that_were_timed_are_what_the_pages_and_the_csv_say(
    own_world: World, page: Page
) -> None:
    # given 8 s as the service level, and every abandon counts
    world = own_world
    admin = await world.person("admin")
    values = {"service_level_seconds": LEVEL, "short_abandon_seconds": 0, "offer_seconds": OFFER}
    await admin.put("settings", values)
    began = time.monotonic()
    ana = await world.at_work("ana")
    available = Instant(began, time.monotonic())
    await expect(count(page, "Available")).to_contain_text("1")

    # when one call is answered in time
    first = await serve(world, ana, await call(world, "offered"))

    # and while she has lunch two wait, of whom one gives up soon
    lunch = await timed(ana.become("busy", reason="Lunch"))
    second = await call(world, "queued")
    impatient = await gone(world, await call(world, "queued"))
    await expect(tile(page, "Waiting now")).to_contain_text("1")
    await expect(count(page, "Busy")).to_contain_text("1")
    await eventually(lambda: time.monotonic() > second.came.before + LEVEL, within=LONG)
    await expect(tile(page, "Longest wait")).to_contain_text("over 8 s", timeout=LONG * 1000)
    back = await timed(ana.become("available"))
    late = await serve(world, ana, second)

    # and one rings at her phone until the offer is over, and hangs up
    missed = await call(world, "offered")
    await world.conversation(missed.caller, "queued", within=LONG)
    patient = await gone(world, missed)
    free = took(available, lunch) + Took(time.monotonic() - back.before, 0.0)

    # then it went as it was meant to
    assert first.wait.most < LEVEL < late.wait.least, "the machine was too slow for this story"
    assert impatient.most < LEVEL < patient.least
    day = Day(first, late, patient, took(lunch, back), free)

    # and the wallboard says so, the reports by skill, channel, entry and interval, and their CSV
    await the_wallboard_says(page, day)
    await page.get_by_role("link", name="Reports").click()
    for about, by, row, key in (
        ("queue", "skill", "Billing", {"name": "Billing"}),
        ("queue", "channel", "voice", {"name": "voice"}),
        ("queue", "entry", "200", {"name": "200"}),
        ("intervals", "day", "Total", {"offered": "4"}),
    ):
        await the_report_says(page, day, await cells(page, about, by, row), key)

    # and the agent's own row
    await the_agents_row_says(page, day)
